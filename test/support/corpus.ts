/**
 * The corpus of recorded provider streams and the specification's vectors stand beside the repository, not in it. Tests
 * that need them say loudly when they are not there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from '../../src/shared/model/stream.ts';

const shared = new URL('../../../shared/', import.meta.url).pathname;
const folder = (name: string): string | undefined => (existsSync(join(shared, name)) ? join(shared, name) : undefined);

/** Folder of `<provider>-<api>-<name>.sse` files; undefined where it is not there. */
export const CORPUS_DIR = folder('corpus/vercel-ai');
/** Folder with adapters.md and `vectors/`; undefined where it is not there. */
export const SPEC_DIR = folder('spec');

if (!CORPUS_DIR)
  console.warn(
    'SKIPPED: the corpus is not beside this repository, so that nothing is checked against recorded streams.',
  );

export interface CorpusFile {
  readonly name: string;
  readonly api: Api;
  readonly bytes: Uint8Array;
}

/** The corpus's streams, of one API or of all; none without the corpus. */
export function corpusFiles(api?: Api): readonly CorpusFile[] {
  if (!CORPUS_DIR) return [];
  return readdirSync(CORPUS_DIR)
    .filter((name) => name.endsWith('.sse'))
    .map((name) => ({ name, api: apiOf(name) }))
    .filter((file) => api === undefined || file.api === api)
    .map((file) => ({ ...file, bytes: new Uint8Array(readFileSync(join(CORPUS_DIR, file.name))) }));
}

function apiOf(name: string): Api {
  if (name.includes('-chat_completions-')) return 'chat_completions';
  return name.includes('-responses-') ? 'responses' : 'messages';
}
