/**
 * What stands beside this repository and not in it: recorded provider streams, vectors recorded from the original
 * adapters, and hand-made cases. Where one is absent the tests that need it are skipped, and each file says which and why.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';
import type { Api } from '../../src/shared/model/stream.ts';
import { APIS } from './apis.ts';

export interface SharedFolder {
  /** Undefined where it is not there. */
  readonly path: string | undefined;
  /** Why tests that need it are skipped then. */
  readonly missing: string;
}

function beside(name: string, what: string): SharedFolder {
  const path = fileURLToPath(new URL(`../../../shared/${name}/`, import.meta.url));
  return {
    path: existsSync(path) ? path : undefined,
    missing: `${what} are not beside this repository (no folder ../shared/${name})`,
  };
}

/** Files named `<provider>-<api>-<name>.sse`. */
export const CORPUS = beside('corpus/vercel-ai', 'the recorded provider streams');
/** Inputs and outcomes of the original adapters, one JSON document a line. */
export const VECTORS = beside('spec/vectors', 'the vectors of the original adapters');

/** Small streams with a fault each, `cases.json` listing them. */
export const CASES = beside('cases', 'the reported stream faults');

/** `describe` for tests that read a folder beside the repository. */
export function describeWith(needed: SharedFolder, name: string, body: (path: string) => void): void {
  const { path } = needed;
  if (path !== undefined) describe(name, () => body(path));
  else describe(name, () => skipped(needed, name, 'all of it'));
}

/** `test` for one that reads a folder beside the repository. */
export function testWith(needed: SharedFolder, name: string, body: (path: string) => void | Promise<void>): void {
  const { path } = needed;
  if (path !== undefined) test(name, () => body(path));
  else skipped(needed, name, name);
}

/** The report has the reason, and so has the output of the file, in which a report of many files lists no skipped test. */
function skipped({ missing }: SharedFolder, what: string, name: string): void {
  console.warn(`SKIPPED ${what}: ${missing}.`);
  test(name, ({ skip }) => skip(missing));
}

export interface CorpusFile {
  readonly name: string;
  readonly api: Api;
  readonly bytes: Uint8Array;
}

let saidSo = false;

/** The corpus's streams, of one API or of all. Without the corpus there are none, which the output of the test file says. */
export function corpusFiles(api?: Api): readonly CorpusFile[] {
  const { path, missing } = CORPUS;
  if (path === undefined) {
    if (!saidSo) console.warn(`SKIPPED every check of a recorded stream: ${missing}.`);
    saidSo = true;
    return [];
  }
  return readdirSync(path)
    .filter((name) => name.endsWith('.sse'))
    .map((name) => ({ name, api: apiOf(name) }))
    .filter((file) => api === undefined || file.api === api)
    .map((file) => ({ ...file, bytes: new Uint8Array(readFileSync(join(path, file.name))) }));
}

/** Throws for a name without an API: a stream that is read as another API's would prove nothing. */
export function apiOf(name: string): Api {
  const named = APIS.filter((api) => name.includes(`-${api}-`));
  if (named.length !== 1) throw new Error(`${name} names no API; a stream is named <provider>-<api>-<name>.sse.`);
  return named[0]!;
}
