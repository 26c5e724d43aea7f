import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ODDITIES } from '../../../src/shared/adapters/agent-server/quirks.ts';

const ADAPTERS = new URL('../../../src/shared/adapters/', import.meta.url).pathname;

test('every oddity is named where the code acts on it, and no other is', () => {
  const named = globSync('{seed,legacy,simple}/*.ts', { cwd: ADAPTERS }).flatMap((file) => {
    const notes = readFileSync(join(ADAPTERS, file), 'utf8').matchAll(/oddity: ([a-z-]+(?:, [a-z-]+)*)/g);
    return [...notes].flatMap((match) => match[1]!.split(', '));
  });
  expect(new Set(named)).toEqual(new Set(Object.keys(ODDITIES)));
});
