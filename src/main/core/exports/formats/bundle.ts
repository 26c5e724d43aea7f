/** The bundle: see shared/bundle/bundle.ts for what it is, and docs/bundle.md for what its lines say. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import {
  BUNDLE_FORMAT,
  BUNDLE_VERSION,
  type EndLine,
  type ManifestLine,
  type ReadLine,
  type TraceLine,
} from '../../../../shared/bundle/bundle.ts';
import type { Read } from '../../../../shared/model/stream.ts';
import { exactText } from '../../../../shared/text/base64.ts';
import type { ExportContent, ExportFormat, FilePieces, LeavingTrace } from '../exported.ts';
import { gathered } from '../gathered.ts';

export const bundle: ExportFormat = {
  id: 'bundle',
  label: 'Tracelane bundle',
  description: 'Opens in another Tracelane as it is here, to the byte and the nanosecond.',
  loses: 'Everything is in it.',
  mediaType: 'application/gzip',
  parts: { request: 'optional', heads: 'optional', bytes: 'optional' },
  several: true,
  extension: () => '.tracelane.jsonl.gz',
  refusal: () => null,
  make: (content) => gzipped(gathered(linesOf(content))),
};

async function* gzipped(pieces: AsyncIterable<Uint8Array>): FilePieces {
  const gzip = createGzip();
  const fed = pipeline(Readable.from(pieces), gzip);
  // What stops it stops the reading below.
  fed.catch(() => undefined);
  for await (const piece of gzip) yield piece as Uint8Array;
  await fed;
}

async function* linesOf(content: ExportContent): AsyncGenerator<string> {
  yield line(manifestLine(content));
  for (const trace of content.traces) {
    yield line(traceLine(trace, content.version));
    const sha256 = createHash('sha256');
    for await (const page of trace.pages())
      for (const read of page) {
        sha256.update(read.bytes);
        yield line(readLine(read, trace.withBytes));
      }
    yield line(endLine(trace, sha256.digest('hex')));
  }
}

const line = (value: ManifestLine | TraceLine | ReadLine | EndLine): string => `${JSON.stringify(value)}\n`;

/** `type` and `format` come first: a file is known by them. */
function manifestLine({ manifest, version, madeAt }: ExportContent): ManifestLine {
  return {
    type: 'manifest',
    format: BUNDLE_FORMAT,
    version: BUNDLE_VERSION,
    madeAt: new Date(madeAt).toISOString(),
    madeBy: { name: 'Tracelane', version },
    ...manifest,
  };
}

function traceLine({ facts }: LeavingTrace, version: string): TraceLine {
  return { type: 'trace', trace: facts, laneVersions: Object.fromEntries(facts.lanes.map((id) => [id, version])) };
}

function readLine({ tNs, bytes }: Read, withBytes: boolean): ReadLine {
  if (!withBytes) return { type: 'read', tNs, length: bytes.length };
  const text = exactText(bytes);
  return text === null
    ? { type: 'read', tNs, base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64') }
    : { type: 'read', tNs, text };
}

const endLine = ({ reads, bytes, withBytes }: LeavingTrace, sha256: string): EndLine => ({
  type: 'end',
  reads,
  bytes,
  ...(withBytes && { sha256 }),
});
