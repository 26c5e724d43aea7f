/** The bundle: see shared/bundle/bundle.ts for what it is, and docs/bundle.md for what its lines say. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { byteCount } from '../../../../shared/model/byte-count.ts';
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
import { bodyOf, type ExportContent, type ExportFormat, type LeavingTrace } from '../exported.ts';

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
  make: (content) => gzipSync(Buffer.concat([...linesOf(content)])),
};

function* linesOf(content: ExportContent): Generator<Buffer> {
  yield line(manifestLine(content));
  for (const trace of content.traces) {
    yield line(traceLine(trace, content.version));
    for (const read of trace.reads) yield line(readLine(read, trace.withBytes));
    yield line(endLine(trace));
  }
}

const line = (value: ManifestLine | TraceLine | ReadLine | EndLine): Buffer =>
  Buffer.from(`${JSON.stringify(value)}\n`);

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

function endLine({ reads, withBytes }: LeavingTrace): EndLine {
  const bytes = byteCount(reads);
  return {
    type: 'end',
    reads: reads.length,
    bytes,
    ...(withBytes && { sha256: createHash('sha256').update(bodyOf(reads)).digest('hex') }),
  };
}
