/** Exports a trace of many reads, which are made as they are asked for, and says how many bytes the file has. */
import { parentPort, workerData } from 'node:worker_threads';
import { makeExport } from '../../../src/main/core/exports/make.ts';
import { EXPORT_PARTS } from '../../../src/shared/model/export.ts';
import type { Read } from '../../../src/shared/model/stream.ts';
import { traceToExport } from '../../support/exports.ts';

const { format, reads } = workerData as { readonly format: string; readonly reads: number };
const PAGE = 1000;

const EVENT = new TextEncoder().encode('data: {"id":"c","choices":[{"index":0,"delta":{"content":"word "}}]}\n\n');

async function* pages(): AsyncGenerator<readonly Read[]> {
  for (let from = 0; from < reads; from += PAGE)
    yield Array.from({ length: Math.min(PAGE, reads - from) }, (_, at) => ({
      n: from + at,
      tNs: (from + at) * 1_000,
      offset: (from + at) * EVENT.length,
      bytes: EVENT.slice(),
    }));
}

const { facts, setup } = traceToExport('chat_completions', [], {
  request: { model: 'm', messages: [{ role: 'user', content: 'Say it often.' }] },
  requestHead: { method: 'POST', url: 'http://127.0.0.1:1/v1/chat/completions', headers: [] },
});
const trace = { facts, setup, bytes: reads * EVENT.length, pages };
const file = await makeExport([trace], { format, parts: EXPORT_PARTS, secrets: 'redact' }, '1');
let bytes = 0;
for await (const piece of file.pieces) bytes += piece.length;
parentPort!.postMessage({ reads: file.manifest.traces[0]!.reads, bytes }, []);
