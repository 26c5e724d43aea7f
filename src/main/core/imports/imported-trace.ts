/** From a stream of a file to a trace: what a recording makes of it, before it is stored, or instead. */
import { createHash } from 'node:crypto';
import type { CaptureFacts } from '../../../shared/model/capture.ts';
import type { RecordedTrace } from '../../../shared/bundle/recorded-trace.ts';
import { objectOf, stringOf } from '../../../shared/json/json-object.ts';
import { chosenLanes } from '../../../shared/lanes/registry.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { Ending, HttpHead, ImportFacts } from '../../../shared/model/trace.ts';
import { providerOf, usualEndpoint } from '../../../shared/providers/registry.ts';
import { requestOf } from '../../../shared/providers/request-of.ts';
import { titleOf } from '../../../shared/providers/title.ts';
import type { Settings } from '../../../shared/rpc/contract.ts';
import { KeyMask } from '../capture/key-mask.ts';
import { Redaction, secretsIn } from '../capture/secrets.ts';
import { decodeSetup } from '../decoding/decode-setup.ts';
import { recordHere, type RecordStream } from '../decoding/record.ts';
import type { TraceToExport } from '../exports/exported.ts';
import { recordedTrace } from '../exports/recorded.ts';
import { newTrace } from '../recording/new-trace.ts';
import type { NewTrace, TraceResult } from '../store/store.ts';
import { joined } from './body.ts';
import type { RecognizedStream } from './recognize.ts';

/** What the traces are read with until somebody asks otherwise. */
export type ReadingDefaults = Pick<Settings, 'options' | 'lanes'>;

export interface ReadTrace {
  readonly trace: NewTrace;
  /** Secrets already replaced, as everywhere in it. */
  readonly head: (HttpHead & { readonly tNs: number }) | null;
  readonly reads: readonly Read[];
  readonly result: TraceResult;
}

/** A body without reads of its own is cut into pieces that can each be read without keeping others waiting. */
const READ_BYTES = 16 * 1024;
/** What is decoded in one turn. */
const READS_AT_ONCE = 16;

/** `streams`: how many the file has, since one alone is called as the file is. `record`: where it is decoded; here unless said. */
export async function importedTrace(
  file: string,
  stream: RecognizedStream,
  streams: number,
  defaults: ReadingDefaults,
  record = recordHere,
): Promise<ReadTrace> {
  const { format, repaired, recorded, response, timed, startUnknown } = stream;
  const imported: ImportFacts = { file, format, repaired, sha256: digestOf(stream) };
  const keys = keysOf(stream);
  const head = response ? new Redaction(...keys).responseHead(response) : null;
  const mask = KeyMask.for(keys);
  const whole = readsOf(stream);
  const reads = mask ? whole.map((read) => ({ ...read, bytes: mask.masked(read.bytes) })) : whole;
  if (recorded) return recordedAgain(recorded, { imported, head, reads }, record);
  const trace = traceOf(titleIn(file, stream, streams), stream, imported, defaults);
  const counted = await resultOf({ trace, reads, head }, record);
  const result = timed && startUnknown ? withoutStart(counted) : counted;
  const { model = null } = result;
  const title = trace.title || (model ?? 'Imported stream');
  return {
    trace: { ...trace, model, title, endpoint: { ...trace.endpoint, model: model ?? '' } },
    head,
    reads,
    result,
  };
}

/** By which an import that is repeated is known: of the body, and of our own traces of the message id, which is theirs alone. */
export function digestOf({ recorded, reads }: Pick<RecognizedStream, 'recorded' | 'reads'>): string {
  const digest = createHash('sha256');
  if (recorded) digest.update(`${recorded.messageId}\n`);
  return digest.update(joined(reads)).digest('hex');
}

/**
 * A trace of another Tracelane, under an id of its own here. A bad ending is a fact of that time; a good one and the numbers are reckoned from
 * the bytes, as here all are, unless there are none.
 */
async function recordedAgain(
  recorded: RecordedTrace,
  { imported, head, reads }: Pick<ReadTrace, 'head' | 'reads'> & { readonly imported: ImportFacts },
  record: RecordStream,
): Promise<ReadTrace> {
  const redaction = new Redaction();
  const { request, requestHead, responseHead: _responseHead, id: _id, imported: _imported, ...rest } = recorded;
  const { ending, metrics, usage, finish, cost, capture, ...facts } = redaction.json(rest) as typeof rest;
  // The trace that it names is one of that store.
  const { again: _again, ...captured } = capture ?? {};
  const trace: NewTrace = {
    ...newTrace({
      ...facts,
      ...(capture && { capture: captured as CaptureFacts }),
      source: 'import',
      request: redaction.json(request) ?? providerOf(recorded.api).request.empty,
      imported,
      ...(requestHead && { requestHead: redaction.requestHead(requestHead) }),
    }),
    renamed: recorded.renamed,
    messageId: recorded.messageId,
    stepId: recorded.stepId,
  };
  const counted = await resultOf({ trace, reads, head }, record, {
    stopped: ending === undefined,
    endNs: metrics.totalNs,
  });
  const own = metrics.startUnknown ? withoutStart(counted) : counted;
  if (ending === undefined) return { trace, head, reads, result: own };
  const { cost: _cost, ...numbers } =
    reads.length > 0
      ? own
      : { ...own, metrics, model: recorded.model, ...(usage && { usage }), ...(finish && { finish }) };
  return {
    trace,
    head,
    reads,
    result: { ...numbers, ending: believed(ending, own.ending, reads), ...(cost !== undefined && { cost }) },
  };
}

const withoutStart = (result: TraceResult): TraceResult => ({
  ...result,
  metrics: { startUnknown: true, ...result.metrics },
});

/** A file may claim that cut bytes are complete. How else a stream ended, the bytes alone do not say. */
const believed = (claimed: Ending, own: Ending, reads: readonly Read[]): Ending =>
  claimed.state === 'complete' && own.state !== 'complete' && reads.length > 0 ? own : claimed;

function titleIn(name: string, { api, request, label }: RecognizedStream, streams: number): string {
  const file = name.trim();
  if (streams === 1 && file !== '') return file;
  const said = request?.body === undefined ? '' : titleOf(api, request.body, null);
  return said || [file, label].filter((part) => part !== '').join(' ');
}

function traceOf(
  title: string,
  stream: RecognizedStream,
  imported: ImportFacts,
  { options, lanes }: ReadingDefaults,
): NewTrace {
  const { api, framing, timed, request, startedAt } = stream;
  const redaction = new Redaction(...keysOf(stream));
  const { head, body } = request ?? {};
  const sent = body === undefined ? undefined : requestOf(api, head?.url ?? '', redaction.json(body));
  const trace = newTrace({
    title,
    source: 'import',
    api,
    model: stringOf(objectOf(sent)?.['model']),
    timed,
    endpoint: usualEndpoint(api),
    options,
    lanes: chosenLanes(api, lanes),
    request: sent ?? providerOf(api).request.empty,
    imported,
    framing,
    ...(head && { requestHead: redaction.requestHead(head) }),
  });
  return startedAt === undefined ? trace : { ...trace, startedAt };
}

/** Those that its request carried: its answer may repeat them. */
const keysOf = ({ request }: RecognizedStream): readonly string[] =>
  request?.head ? secretsIn(request.head.headers, request.head.url) : [];

function readsOf({ reads: given, timed, recorded }: RecognizedStream): readonly Read[] {
  const pieces =
    timed || recorded
      ? given
      : given.flatMap(({ bytes }) =>
          Array.from({ length: Math.ceil(bytes.length / READ_BYTES) }, (_, at) => ({
            tNs: 0,
            bytes: bytes.subarray(at * READ_BYTES, (at + 1) * READ_BYTES),
          })),
        );
  let offset = 0;
  return pieces.map(({ tNs, bytes }, n) => {
    const read = { n, tNs, offset, bytes };
    offset += bytes.length;
    return read;
  });
}

/** `stopped`: the stream went on elsewhere, beyond what the file has. `endNs`: when it ended, where that is known. */
function resultOf(
  { trace, reads, head }: Pick<ReadTrace, 'trace' | 'reads' | 'head'>,
  record: RecordStream,
  { stopped = false, endNs = null }: { readonly stopped?: boolean; readonly endNs?: number | null } = {},
): Promise<TraceResult> {
  return record({
    trace,
    head: head ? { head, tNs: head.tNs } : undefined,
    *pages() {
      for (let at = 0; at < reads.length; at += READS_AT_ONCE) yield reads.slice(at, at + READS_AT_ONCE);
    },
    end: stopped ? { how: 'stopped', reads: reads.length } : { how: 'end' },
    endNs,
  });
}

/** What an export or a check of the file takes of it. */
export function exportable({ trace, head, reads, result }: ReadTrace): TraceToExport {
  const { tNs = 0, ...responseHead } = head ?? {};
  const { endedAtNs: _endedAtNs, model = trace.model, ...end } = result;
  const whole = { ...trace, ...end, model, ...(head && { responseHead: responseHead as HttpHead }) };
  return { facts: recordedTrace(whole, tNs), reads, setup: decodeSetup(trace) };
}
