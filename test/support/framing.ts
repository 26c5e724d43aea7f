/** Cuts bytes into reads and frames them: what the framing and lane tests share. */
import { createFramer } from '../../src/shared/framing/registry.ts';
import type { Framed, Framing, Read } from '../../src/shared/model/stream.ts';

const encoder = new TextEncoder();
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);

/** Reads of the sizes given, in order; the last size repeats, and no sizes mean one read. */
export function readsOf(bytes: Uint8Array, sizes: readonly number[] = []): Read[] {
  const reads: Read[] = [];
  let offset = 0;
  for (let n = 0; offset < bytes.length; n++) {
    const size = sizes[Math.min(n, sizes.length - 1)] ?? bytes.length;
    const end = Math.min(bytes.length, offset + Math.max(1, size));
    reads.push({ n, tNs: n * 1_000, offset, bytes: bytes.subarray(offset, end) });
    offset = end;
  }
  return reads;
}

export function frameAll(reads: readonly Read[], framing: Framing = 'sse'): Framed[] {
  const framer = createFramer(framing);
  return [...reads.flatMap((read) => framer.feed(read)), ...framer.end()];
}

/** What must not depend on the cut: everything but the read and its time. */
export function withoutReads(framed: readonly Framed[]): unknown[] {
  return framed.map((item) => {
    if (item.type !== 'frame') {
      const { read: _read, tNs: _tNs, ...rest } = item;
      return rest;
    }
    const { index, start, end, name, data, dispatches, notes, sse, headers } = item.frame;
    const facts = sse && {
      dataLines: sse.dataLines,
      id: sse.id,
      retries: sse.retries,
      afterMark: sse.afterMark,
      bareCr: sse.bareCr,
    };
    return { type: item.type, index, start, end, name, data, dispatches, notes, facts, headers };
  });
}
