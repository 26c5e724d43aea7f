/** Our own bundles: see shared/bundle/bundle.ts. Nothing of them is guessed, and a damaged one is refused as a whole. */
import { createHash } from 'node:crypto';
import {
  BUNDLE_FORMAT,
  BUNDLE_VERSION,
  endLineSchema,
  manifestLineSchema,
  readLineSchema,
  traceLineSchema,
  type ReadLine,
} from '../../../../shared/bundle/bundle.ts';
import type { RecordedTrace } from '../../../../shared/bundle/recorded-trace.ts';
import { jsonOf } from '../http-head.ts';
import { ImportError, utf8, type ImportedExchange, type ImportedRead, type ImportFormat } from '../imported.ts';

/** The first line is asked for its two first fields alone. */
const START = new RegExp(`^\\s*\\{\\s*"type"\\s*:\\s*"manifest"\\s*,\\s*"format"\\s*:\\s*"${BUNDLE_FORMAT}"`);

export const bundle: ImportFormat = {
  id: 'bundle',
  label: 'a bundle of Tracelane',
  recognizes: ({ text }) => START.test(text.slice(0, 256)),
  read: ({ text }) => {
    const lines = new Lines(text);
    checkVersion(lines);
    const manifest = lines.next(manifestLineSchema);
    const found: ImportedExchange[] = [];
    while (!lines.over) found.push(traceIn(lines));
    if (found.length !== manifest.traces.length)
      throw damaged(`It should hold ${manifest.traces.length} traces, and holds ${found.length}.`);
    return found;
  },
};

interface Checked<Value> {
  safeParse(value: unknown): { readonly success: true; readonly data: Value } | { readonly success: false };
}

class Lines {
  readonly #text: string;
  #at = 0;
  #number = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get over(): boolean {
    return this.#text.slice(this.#at, this.#at + 64).trim() === '';
  }

  /** The next line, which is left where it is. */
  peek(): unknown {
    return jsonOf(this.#text.slice(this.#at, this.#end()));
  }

  next<Value>(schema: Checked<Value>): Value {
    const line = schema.safeParse(this.peek());
    this.#number++;
    if (!line.success) throw damaged(`Line ${this.#number} is not what a bundle has there.`);
    this.#at = this.#end() + 1;
    return line.data;
  }

  #end(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end;
  }
}

const damaged = (fact: string): ImportError =>
  new ImportError('damaged', `The bundle is cut or damaged. ${fact} Export it again.`);

/** A newer version may mean something else by its lines: it is asked for before they are checked. */
function checkVersion(lines: Lines): void {
  const version = (lines.peek() as { readonly version?: unknown } | undefined)?.version;
  if (typeof version === 'number' && version > BUNDLE_VERSION)
    throw new ImportError(
      'newer-version',
      `The bundle has version ${version}, and this Tracelane reads versions up to ${BUNDLE_VERSION}. Update Tracelane, or export the trace as a HAR file.`,
    );
}

const isRead = (line: unknown): boolean => (line as { readonly type?: unknown } | undefined)?.type === 'read';

function traceIn(lines: Lines): ImportedExchange {
  const { trace } = lines.next(traceLineSchema);
  const reads: ReadLine[] = [];
  while (isRead(lines.peek())) reads.push(lines.next(readLineSchema));
  const end = lines.next(endLineSchema);
  if (end.reads !== reads.length)
    throw damaged(`“${trace.title}” should have ${end.reads} reads, and has ${reads.length}.`);
  // Lengths alone are no body: what is known of the trace is all there is.
  if (end.sha256 === undefined) return recordedExchange(trace, []);
  const own = reads.map((read): ImportedRead => ({ tNs: read.tNs, bytes: bytesIn(read) }));
  const digest = createHash('sha256');
  for (const { bytes } of own) digest.update(bytes);
  if (digest.digest('hex') !== end.sha256)
    throw damaged(`The bytes of “${trace.title}” are not those that it was made of.`);
  return recordedExchange(trace, own);
}

function bytesIn(read: ReadLine): Uint8Array {
  if ('text' in read) return utf8(read.text);
  if ('base64' in read) return new Uint8Array(Buffer.from(read.base64, 'base64'));
  throw damaged('A read has no bytes.');
}

/** A trace that was recorded by Tracelane, as an exchange of a file. */
export function recordedExchange(recorded: RecordedTrace, reads: readonly ImportedRead[]): ImportedExchange {
  const { request, requestHead, responseHead, timed, startedAt } = recorded;
  return {
    recorded,
    reads,
    timed,
    startedAt,
    ...((request !== undefined || requestHead) && {
      request: { ...(requestHead && { head: requestHead }), ...(request !== undefined && { body: request }) },
    }),
    ...(responseHead && { response: responseHead }),
    repaired:
      reads.length === 0 && recorded.metrics.bytes > 0
        ? ['The bytes of the response were left out when this was exported; its numbers are those of the recording.']
        : [],
  };
}
