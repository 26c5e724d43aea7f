/**
 * `imports.recognize` and `traces.import`: what somebody pasted, dropped or named becomes traces like any other, each by a recording
 * of what its file has. A stream is read as a whole before it is stored, so that the list never shows a part of it.
 */
import { createHash } from 'node:crypto';
import { objectOf, stringOf } from '../../../shared/json/json-object.ts';
import { chosenLanes } from '../../../shared/lanes/registry.ts';
import { WIRE } from '../../../shared/model/messages.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { ImportFacts } from '../../../shared/model/trace.ts';
import { PROVIDERS, providerOf, unknownApi, usualEndpoint } from '../../../shared/providers/registry.ts';
import { requestOf } from '../../../shared/providers/request-of.ts';
import { titleOf } from '../../../shared/providers/title.ts';
import type { ImportedTrace, ParamsOf, RecognizedStreamInfo, Settings } from '../../../shared/rpc/contract.ts';
import { ServiceError, type MethodService } from '../../../shared/rpc/services.ts';
import { Redaction } from '../capture/secrets.ts';
import { TimeSlice } from '../decoding/time-slice.ts';
import { newTrace } from '../recording/new-trace.ts';
import { Recording } from '../recording/recording.ts';
import type { NewTrace, Store, TraceResult } from '../store/store.ts';
import { joined } from './body.ts';
import { ImportError } from './imported.ts';
import { recognize, type RecognizedFile, type RecognizedStream } from './recognize.ts';

export interface ImportSetup {
  readonly store: Pick<Store, 'createTrace' | 'setHead' | 'appendReads' | 'finishTrace' | 'flush' | 'importedBefore'>;
  /** What the traces are read with until somebody asks otherwise. */
  readonly defaults: () => Promise<Pick<Settings, 'options' | 'lanes'>>;
}

/** A body without reads of its own is cut into pieces that can each be read without keeping others waiting. */
const READ_BYTES = 16 * 1024;
/** The store takes in what it is given at once, but only so much that is not written yet: 1 MB here. */
const READS_AT_ONCE = 64;

type Source = ParamsOf<'imports.recognize'>;

export function recognizeFile(): MethodService<'imports.recognize'> {
  return (given) => {
    const { streams, others } = recognized(given);
    return { streams: streams.map(infoOf), others };
  };
}

export function importFile({ store, defaults }: ImportSetup): MethodService<'traces.import'> {
  return async ({ streams: asked, again, ...given }) => {
    const { streams, others } = recognized(given);
    const chosen = asked === undefined ? streams : streams.filter((_stream, at) => asked.includes(at));
    const traces: ImportedTrace[] = [];
    for (const stream of chosen) {
      const facts = factsOf(given.name, stream);
      const before = again ? null : await store.importedBefore(facts.sha256, stream.api);
      const id =
        before ?? (await stored(store, titleIn(given.name, stream, streams.length), stream, facts, await defaults()));
      traces.push({ ...infoOf(stream), id, existing: before !== null });
    }
    return { traces, others };
  };
}

function recognized({ name, text, base64 = '', api }: Source): RecognizedFile {
  if (api !== undefined && !PROVIDERS.has(api)) throw new ServiceError('unknown-api', unknownApi(api));
  const bytes = text === undefined ? fromBase64(base64) : new TextEncoder().encode(text);
  try {
    return recognize(name, bytes, api ?? null);
  } catch (error) {
    throw error instanceof ImportError ? new ServiceError(error.code, error.message) : error;
  }
}

function fromBase64(base64: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  // Buffer passes over what is no base64.
  if (Math.ceil(bytes.length / 3) * 4 !== base64.length)
    throw new ServiceError('invalid', 'The bytes to import are not in base64, with its padding.');
  return bytes;
}

function infoOf({ label, api, format, events, timed, repaired, reads }: RecognizedStream): RecognizedStreamInfo {
  return {
    label,
    api,
    format,
    events,
    timed,
    repaired,
    bytes: reads.reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
}

function factsOf(file: string, { format, repaired, reads }: RecognizedStream): ImportFacts {
  const sha256 = createHash('sha256').update(joined(reads)).digest('hex');
  return { file, format, repaired, sha256 };
}

function titleIn(name: string, { api, request, label }: RecognizedStream, streams: number): string {
  const file = name.trim();
  if (streams === 1 && file !== '') return file;
  const said = request?.body === undefined ? '' : titleOf(api, request.body, null);
  return said || [file, label].filter((part) => part !== '').join(' ');
}

async function stored(
  store: ImportSetup['store'],
  title: string,
  stream: RecognizedStream,
  imported: ImportFacts,
  defaults: Pick<Settings, 'options' | 'lanes'>,
): Promise<NewTrace['id']> {
  const trace = traceOf(title, stream, imported, defaults);
  const reads = readsOf(stream);
  const head = stream.response && {
    ...stream.response,
    headers: new Redaction(undefined).headers(stream.response.headers),
  };
  const result = await resultOf(trace, reads, head);
  const { model = null } = result;
  await store.createTrace({
    ...trace,
    model,
    title: title || (model ?? 'Imported stream'),
    endpoint: { ...trace.endpoint, model: model ?? '' },
  });
  if (head) {
    const { tNs, ...rest } = head;
    store.setHead(trace.id, rest, tNs);
  }
  for (let at = 0; at < reads.length; at += READS_AT_ONCE) {
    store.appendReads(trace.id, reads.slice(at, at + READS_AT_ONCE));
    await store.flush();
  }
  await store.finishTrace(trace.id, result);
  return trace.id;
}

function traceOf(
  title: string,
  { api, framing, timed, request, startedAt }: RecognizedStream,
  imported: ImportFacts,
  { options, lanes }: Pick<Settings, 'options' | 'lanes'>,
): NewTrace {
  const redaction = new Redaction(undefined);
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
    ...(head && {
      requestHead: { ...head, url: addressIn(redaction, head.url), headers: redaction.headers(head.headers) },
    }),
  });
  return startedAt === undefined ? trace : { ...trace, startedAt };
}

/** A file may hold anything as an address. */
const addressIn = (redaction: Redaction, url: string): string =>
  URL.canParse(url) ? redaction.url(url) : redaction.text(url);

function readsOf({ reads: given, timed }: RecognizedStream): readonly Read[] {
  const pieces = timed
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

async function resultOf(
  trace: NewTrace,
  reads: readonly Read[],
  head: RecognizedStream['response'],
): Promise<TraceResult> {
  const slices = new TimeSlice();
  const recording = new Recording({ trace, lanes: [WIRE] });
  recording.begin();
  if (head) recording.head(head, head.tNs);
  for (const read of reads) {
    recording.read(read);
    await slices.pause();
  }
  recording.end({ how: 'end' }, recording.lastNs);
  return recording.result!;
}
