import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { QUIRKS } from '../../../src/shared/adapters/agent-server/quirks.ts';

const ADAPTERS = new URL('../../../src/shared/adapters/', import.meta.url).pathname;

test('every quirk is named where the code acts on it, and no other is', () => {
  const named = globSync('{agent-server,legacy,simple}/*.ts', { cwd: ADAPTERS }).flatMap((file) => {
    const notes = readFileSync(join(ADAPTERS, file), 'utf8').matchAll(/quirk: ([a-z-]+(?:, [a-z-]+)*)/g);
    return [...notes].flatMap((match) => match[1]!.split(', '));
  });
  expect(new Set(named)).toEqual(new Set(Object.keys(QUIRKS)));
});
