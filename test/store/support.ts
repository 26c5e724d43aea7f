/** Stores over real files in folders of their own, and reads to put into them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { recordHere } from '../../src/main/core/decoding/record.ts';
import { recoverTraces } from '../../src/main/core/recording/recover.ts';
import { Random } from '../../src/main/core/providers/sample/random.ts';
import { openStore, type StoreSetup } from '../../src/main/core/store/open-store.ts';
import type { Store } from '../../src/main/core/store/store.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import type { Read } from '../../src/shared/model/stream.ts';
import { bundledWorker } from '../support/bundled-worker.ts';
import { STORE_WORKER } from './traces.ts';

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

let worker = STORE_WORKER;

/** For a file that opens many stores. Call at its top. */
export async function openWithBundledWorker(): Promise<void> {
  worker = await bundledWorker('store-worker');
}

export async function open(dataDir: string, more: Partial<StoreSetup> = {}): Promise<Store> {
  const store = await openStore({ dataDir, worker, ...more });
  afterwards(() => store.close());
  return store;
}

/** As the program starts: what a stopped one left unfinished is ended. */
export async function start(dataDir: string): Promise<Store> {
  const store = await open(dataDir);
  await recoverTraces(store, recordHere);
  return store;
}

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
  return cut(
    bytes,
    Array.from({ length: Math.floor((bytes.length - 1) / size) }, () => size),
  );
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

/** Bytes that do not compress. */
export function noise(length: number, seed = 1): Buffer {
  const random = new Random(seed);
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = random.below(256);
  return bytes;
}

export function joined(reads: readonly Read[]): Uint8Array {
  return Buffer.concat(reads.map(({ bytes }) => bytes));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Resolves with the next value that `subscribe` gives for which `wanted` holds. */
export function next<T>(
  subscribe: (listener: (value: T) => void) => unknown,
  wanted: (value: T) => boolean = () => true,
): Promise<T> {
  return new Promise((resolve) => {
    subscribe((value) => {
      if (wanted(value)) resolve(value);
    });
  });
}
