/** Files of each import format that are nearly whole: each is read or refused with a sentence, and what is read becomes a trace. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { ImportError } from '../../src/main/core/imports/imported.ts';
import { importedTrace } from '../../src/main/core/imports/imported-trace.ts';
import { recognize, type RecognizedFile } from '../../src/main/core/imports/recognize.ts';
import { EXPORT_PARTS } from '../../src/shared/model/export.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { exported, traceToExport } from '../support/exports.ts';
import { readsOf } from '../support/framing.ts';
import { sampleBody } from '../support/sample-bytes.ts';
import type { Fuzzer } from './fuzzer.ts';
import { mutated } from './mutate.ts';

const FOLDER = new URL('../fixtures/imports/', import.meta.url);
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const stream = new Uint8Array(sampleBody('messages', 'plain-text').bytes);
const streamText = Buffer.from(stream).toString();
const exchange = {
  request: { method: 'POST', url: 'https://a.example/v1/messages', headers: [] },
  response: { status: 200, headers: { 'content-type': 'text/event-stream' }, body: streamText },
};
const logged = (wrap: (line: string, at: number) => string): Uint8Array =>
  bytesOf(streamText.split('\n').map(wrap).join('\n'));

/** Beside the files of real tools in test/fixtures/imports. */
const MADE: Readonly<Record<string, Uint8Array>> = {
  'sse.sse': stream,
  'bundle.tracelane': await ownFile('bundle'),
  'own.har': await ownFile('har'),
  'fixture.jsonl': await ownFile('fixture'),
  'json-exchanges.json': bytesOf(JSON.stringify([exchange, exchange])),
  'request-only.txt': bytesOf(`curl 'https://a.example/v1/messages' --data-raw '{"model":"m"}'`),
  'bedrock.bin': new Uint8Array(sampleBody('bedrock', 'plain-text').bytes),
  'ollama.ndjson': new Uint8Array(sampleBody('ollama_chat', 'plain-text').bytes),
  'gemini.sse': new Uint8Array(sampleBody('gemini', 'plain-text').bytes),
  'packed.gz': gzipSync(stream),
  'docker.log': logged((line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout' })),
  'log.txt': logged((line, at) => `2026-11-01T10:00:00.${at}Z INFO ${line}`),
  'literals.txt': logged((line) => `DEBUG chunk=${JSON.stringify(line)}`),
  'journal.jsonl': logged((line, at) =>
    JSON.stringify({ MESSAGE: line, __REALTIME_TIMESTAMP: `${1_795_000_000_000_000 + at}` }),
  ),
  'table.csv': bytesOf(
    `time,message\n${streamText
      .split('\n')
      .map((line, at) => `${at},"${line.replaceAll('"', '""')}"`)
      .join('\n')}`,
  ),
  'base64.txt': bytesOf(Buffer.from(stream).toString('base64')),
  'hex.txt': bytesOf(Buffer.from(stream).toString('hex').replaceAll(/.{60}/g, '$&\n')),
  'cat-A.txt': bytesOf(streamText.replaceAll('\n', '$\n')),
  'page.html': bytesOf(`<!doctype html><pre>${streamText.replaceAll('"', '&quot;')}</pre>`),
  'issue.md': bytesOf(`Look:\n\n\`\`\`\n${streamText}\`\`\`\n`),
  'folded.txt': bytesOf(streamText.replaceAll(/.{60}(?=.)/g, '$&\n')),
  'utf16.txt': new Uint8Array(Buffer.from(`\uFEFF${streamText}`, 'utf16le')),
};

async function ownFile(format: 'bundle' | 'har' | 'fixture'): Promise<Uint8Array> {
  const trace = traceToExport('messages', readsOf(stream, [200]));
  const { bytes } = await exported([trace], { format, parts: EXPORT_PARTS, secrets: 'redact' }, '1');
  return new Uint8Array(bytes);
}

const seeds: ReadonlyMap<string, Uint8Array> = new Map([
  ...Object.entries(MADE),
  ...readdirSync(FOLDER).map((name) => [name, new Uint8Array(readFileSync(new URL(name, FOLDER)))] as const),
]);
const all = [...seeds.values()];

export const IMPORT_FUZZERS: readonly Fuzzer[] = [...seeds].map(([name, seed]) => ({
  id: `import:${name}`,
  round: (random) => {
    const input = mutated(seed, all, random);
    return { input, run: () => imported(name, input) };
  },
}));

async function imported(name: string, input: Uint8Array): Promise<string> {
  const file = read(name, input);
  if (typeof file === 'string') return `refused: ${file}`;
  for (const found of file.streams)
    await importedTrace(name, found, file.streams.length, { options: DEFAULT_OPTIONS, lanes: null });
  return file.streams.some(({ repaired }) => repaired.length > 0) ? 'read with repairs' : 'read';
}

function read(name: string, input: Uint8Array): RecognizedFile | string {
  try {
    return recognize(name, input);
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    if (!/^[A-Z“].*[.)]$/s.test(error.message))
      throw new Error(`This is no sentence: ${error.message}`, { cause: error });
    return error.code;
  }
}
