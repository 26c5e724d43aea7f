/** Our own small streams of test/fixtures/wire: they stand in where the corpus is not there, and reach what it lacks. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Api } from '../../src/shared/model/stream.ts';
import { corpusFiles, type CorpusFile } from './corpus.ts';

const folder = new URL('../fixtures/wire/', import.meta.url);

export function wireFixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, folder)));
}

export function wireFixtures(api?: Api): readonly CorpusFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sse'))
    .map((name): CorpusFile => ({
      name,
      api: name.startsWith('chat') ? 'chat_completions' : name.startsWith('responses') ? 'responses' : 'messages',
      bytes: wireFixture(name),
    }))
    .filter((file) => api === undefined || file.api === api);
}

/** Our own streams, and the corpus's where it is there. */
export function allStreams(api?: Api): readonly CorpusFile[] {
  return [...wireFixtures(api), ...corpusFiles(api)];
}
