/** Reads of a trace to be exported, page by page: a million of them take many times the bytes that they have. */
import { isUtf8 } from 'node:buffer';
import { byteCount } from '../../../shared/model/byte-count.ts';
import { piecesOfRead } from '../../../shared/framing/pieces.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { KnownTrace, PagedTrace, Pages, TraceToExport } from './exported.ts';

/** Of what is in memory already. */
export function pagedTrace({ facts, reads, setup }: TraceToExport): PagedTrace {
  return { facts, setup, bytes: byteCount(reads), pages: () => pageOfAll(reads) };
}

async function* pageOfAll(reads: readonly Read[]): Pages {
  yield reads;
}

/** A trace as it is now, and its body. */
export async function knownTrace(
  trace: PagedTrace,
): Promise<{ readonly trace: KnownTrace; readonly body: Uint8Array }> {
  let body = new Uint8Array(trace.bytes);
  let [reads, bytes] = [0, 0];
  let firstNs: number | null = null;
  let lastNs: number | null = null;
  for await (const page of trace.pages())
    for (const read of page) {
      const end = bytes + read.bytes.length;
      if (end > body.length) body = grown(body, end);
      body.set(read.bytes, bytes);
      bytes = end;
      reads++;
      firstNs ??= read.tNs;
      lastNs = read.tNs;
    }
  body = body.subarray(0, bytes);
  const pages = (): Pages => smallPages(trace.pages(), reads);
  return { trace: { ...trace, bytes, pages, reads, firstNs, lastNs, isText: isUtf8(body) }, body };
}

function grown(bytes: Uint8Array, least: number): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(Math.max(2 * bytes.length, least));
  more.set(bytes);
  return more;
}

/** A page of the store has reads of so many bytes, which may be as many reads. */
const MOST_READS = 4096;

/** The first `most` reads. */
async function* smallPages(pages: Pages, most: number): Pages {
  let left = most;
  for await (const page of pages) {
    for (let at = 0; at < page.length && left > 0; at += MOST_READS) {
      const part = page.slice(at, at + Math.min(MOST_READS, left));
      left -= part.length;
      yield part;
    }
    if (left <= 0) return;
  }
}

/** The reads in parts, none of them long: a body may have come with a single read. */
export async function* partsOf(pages: Pages): AsyncGenerator<Read> {
  for await (const page of pages) for (const read of page) yield* piecesOfRead(read);
}

/** For what works on all of it at once. */
export async function wholeBody({ bytes, pages }: KnownTrace): Promise<Uint8Array> {
  const body = new Uint8Array(bytes);
  for await (const page of pages()) for (const read of page) body.set(read.bytes, read.offset);
  return body;
}

/** With all its reads. */
export async function wholeTrace({ facts, setup, pages }: PagedTrace): Promise<TraceToExport> {
  const reads: Read[] = [];
  for await (const page of pages()) for (const read of page) reads.push(read);
  return { facts, setup, reads };
}
