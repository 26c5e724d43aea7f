import { describe, expect, test } from 'vitest';
import { runVectors } from '../../../src/main/hosts/cli/vectors.ts';
import { CORPUS, testWith, VECTORS } from '../../support/corpus.ts';

function failures(path: string, corpus?: string): { failed: string[]; passed: number } {
  const failed: string[] = [];
  const { passed } = runVectors([path], corpus, (line) => failed.push(line));
  return { failed, passed };
}

describe('the adapter lanes', () => {
  test('do what our own vectors, written from the text, say', () => {
    const { failed, passed } = failures(new URL('../../fixtures/vectors', import.meta.url).pathname);
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(70);
  });

  testWith(VECTORS, 'do what the original did, run by run', (path) => {
    const { failed, passed } = failures(path, CORPUS.path);
    expect(failed.slice(0, 5)).toEqual([]);
    expect(passed).toBeGreaterThan(6_000);
  });
});
