/** Stores over real files in folders of their own, and traces to put into them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { openStore, type StoreSetup } from '../../src/main/core/store/open-store.ts';
import type { NewTrace, Store, TraceResult } from '../../src/main/core/store/store.ts';
import { endpointId, traceId, type TraceId } from '../../src/shared/model/ids.ts';
import type { Read } from '../../src/shared/model/stream.ts';
import { DEFAULT_OPTIONS, type Metrics } from '../../src/shared/model/trace.ts';

export const STORE_WORKER = new URL('../../src/main/store-worker.ts', import.meta.url);

export const NO_METRICS: Metrics = {
  firstByteNs: null, firstEventNs: null, firstReasoningNs: null, firstTextNs: null, firstToolNs: null, totalNs: null,
  events: 0, reads: 0, bytes: 0, textChars: 0, gaps: [],
};

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

/** Done after the test, the last one first. */
export function afterwards(clean: () => unknown): void {
  cleanups.push(clean);
}

/** A folder that goes with the test. The store makes `data` in it itself. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tracelane-store-'));
  afterwards(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'data');
}

export async function open(dataDir: string, more: Partial<StoreSetup> = {}): Promise<Store> {
  const store = await openStore({ dataDir, worker: STORE_WORKER, ...more });
  afterwards(() => store.close());
  return store;
}

let numbered = 0;

export function newTrace(more: Partial<NewTrace> = {}): NewTrace {
  numbered++;
  return {
    id: traceId(`trace-${numbered}`),
    title: `Trace ${numbered}`,
    renamed: false,
    starred: false,
    source: 'run',
    api: 'chat_completions',
    model: 'a-model',
    startedAt: 1_800_000_000_000 + numbered,
    metrics: NO_METRICS,
    timed: true,
    framing: 'sse',
    endpointId: endpointId('an-endpoint'),
    endpoint: { type: 'openai', provider_name: 'openai', model: 'a-model' },
    options: DEFAULT_OPTIONS,
    request: { model: 'a-model', messages: [{ role: 'user', content: 'Say something.' }] },
    requestHead: { method: 'POST', url: 'http://127.0.0.1:1/v1/chat/completions', headers: [['content-type', 'application/json']] },
    messageId: 'message-00000000-0000-4000-8000-000000000000',
    stepId: 'step-1',
    ...more,
  };
}

export const COMPLETE: TraceResult = {
  endedAtNs: 5_000_000,
  ending: { state: 'complete', rule: 'The terminator arrived.' },
  metrics: NO_METRICS,
};

/** Reads of the given bytes, cut where `sizes` say, the last one with what is left; 1 ms apart unless `times` say. */
export function cut(bytes: Uint8Array, sizes: readonly number[], times: readonly number[] = []): Read[] {
  const reads: Read[] = [];
  let offset = 0;
  for (const size of [...sizes, bytes.length]) {
    const n = reads.length;
    const piece = bytes.subarray(offset, offset + size);
    if (n >= sizes.length && piece.length === 0) break;
    reads.push({ n, tNs: times[n] ?? (n + 1) * 1_000_000, offset, bytes: piece });
    offset += piece.length;
  }
  return reads;
}

/** Equal reads of one size, up to the end of the bytes. */
export function cutEvenly(bytes: Uint8Array, size: number): Read[] {
  return cut(bytes, Array.from({ length: Math.floor((bytes.length - 1) / size) }, () => size));
}

/** All reads of a trace, page by page, as plain values that compare. */
export async function allReads(store: Pick<Store, 'reads'>, id: TraceId, maxBytes?: number): Promise<Read[]> {
  const all: Read[] = [];
  for (;;) {
    const page = await store.reads(id, all.length, maxBytes);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

export function plain(reads: readonly Read[]): unknown[] {
  return reads.map(({ n, tNs, offset, bytes }) => [n, tNs, offset, Buffer.from(bytes).toString('latin1')]);
}

export function joined(reads: readonly Read[]): Uint8Array {
  return Buffer.concat(reads.map(({ bytes }) => bytes));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Resolves with the next value that `subscribe` gives for which `wanted` holds. */
export function next<T>(subscribe: (listener: (value: T) => void) => unknown, wanted: (value: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    subscribe((value) => {
      if (wanted(value)) resolve(value);
    });
  });
}
