/** `traces.import`: a stream that somebody pasted or dropped becomes a trace like any other, but for its times: there are none. */
import { randomUUID } from 'node:crypto';
import { bareRequest } from '../../../shared/providers/bare-request.ts';
import { guessApi } from '../../../shared/providers/detect.ts';
import { DecodePass } from '../../../shared/lanes/decode-pass.ts';
import { decideEnding } from '../../../shared/metrics/ending.ts';
import { MetricsMeter } from '../../../shared/metrics/metrics.ts';
import { traceId } from '../../../shared/model/ids.ts';
import type { WireOutcome } from '../../../shared/model/messages.ts';
import type { Api, Read } from '../../../shared/model/stream.ts';
import type { AdapterOptions, Ending, Metrics } from '../../../shared/model/trace.ts';
import { ServiceError, type MethodService } from '../../../shared/rpc/services.ts';
import { TimeSlice } from '../decoding/time-slice.ts';
import { decodeSetup } from '../decoding/decode-setup.ts';
import type { NewTrace, Store, TraceResult } from '../store/store.ts';

export interface ImportSetup {
  readonly store: Pick<Store, 'createTrace' | 'appendReads' | 'finishTrace' | 'flush'>;
  /** What the trace is read with until somebody asks otherwise. */
  readonly options: () => Promise<AdapterOptions>;
}

/** A file has no reads; it is cut into pieces that can each be read without keeping others waiting. */
const READ_BYTES = 16 * 1024;
/** The store takes in what it is given at once, but only so much that is not written yet: 1 MB here. */
const READS_AT_ONCE = 64;
/** Of a body that is no stream, this much is looked at. */
const BODY_START_CHARS = 16 * 1024;

export function importTrace({ store, options }: ImportSetup): MethodService<'traces.import'> {
  return async ({ name, text, api: asked }) => {
    const body = new TextEncoder().encode(text);
    if (body.length === 0)
      throw new ServiceError(
        'empty',
        'There is nothing to import: the text is empty. Copy the answer as the server sent it, with its "data:" lines.',
      );
    const api = asked ?? guessApi(body);
    if (api === null)
      throw new ServiceError(
        'unknown-api',
        'None of the events says which API this stream follows. Choose the API and import it again; if it is no event stream, import what the server sent, with its "data:" lines.',
      );
    const trace = newTrace(name, api, await options());
    const reads = readsOf(body);
    const result = await resultOf(trace, reads, text);
    const { model = null } = result;
    await store.createTrace({
      ...trace,
      model,
      title: name.trim() || (model ?? 'Imported stream'),
      endpoint: { ...trace.endpoint, model: model ?? '' },
    });
    for (let at = 0; at < reads.length; at += READS_AT_ONCE) {
      store.appendReads(trace.id, reads.slice(at, at + READS_AT_ONCE));
      await store.flush();
    }
    await store.finishTrace(trace.id, result);
    return { id: trace.id };
  };
}

function newTrace(name: string, api: Api, options: AdapterOptions): NewTrace {
  const type = api === 'messages' ? 'anthropic' : 'openai';
  return {
    id: traceId(randomUUID()),
    title: name,
    renamed: false,
    starred: false,
    source: 'import',
    api,
    model: null,
    startedAt: Date.now(),
    metrics: new MetricsMeter().value(),
    timed: false,
    framing: 'sse',
    endpoint: { type, provider_name: type, model: '' },
    options,
    request: bareRequest(api),
    messageId: `message-${randomUUID()}`,
    stepId: `step-${randomUUID()}`,
  };
}

function readsOf(body: Uint8Array): readonly Read[] {
  const reads: Read[] = [];
  for (let offset = 0; offset < body.length; offset += READ_BYTES)
    reads.push({ n: reads.length, tNs: 0, offset, bytes: body.subarray(offset, offset + READ_BYTES) });
  return reads;
}

async function resultOf(trace: NewTrace, reads: readonly Read[], text: string): Promise<TraceResult> {
  const slices = new TimeSlice();
  const meter = new MetricsMeter();
  let events = 0;
  let wire: WireOutcome | undefined;
  let unfinished = false;
  const reading = new DecodePass({
    ...decodeSetup(trace),
    lanes: ['wire'],
    watch: ({ dataLines }) => void (events += dataLines > 0 ? 1 : 0),
  });
  const take = (items: ReturnType<DecodePass['feed']>): void => {
    for (const item of items) {
      meter.add(item);
      if (item.k === 'note' && item.type === 'unfinished') unfinished = true;
      if (item.k === 'outcome' && item.result.lane === 'wire') wire = item.result.outcome;
    }
  };
  take(reading.begin());
  for (const read of reads) {
    take(reading.feed(read));
    await slices.pause();
  }
  let ending: Ending | undefined;
  const facts = {
    head: null,
    end: { how: 'end' },
    bytes: reading.bytes,
    bodyStart: text.slice(0, BODY_START_CHARS),
  } as const;
  take(reading.end(0, (outcome) => (ending = decideEnding(trace.api, { ...facts, events, unfinished }, outcome))));
  const [finish] = wire!.finish;
  return {
    endedAtNs: 0,
    ending: ending!,
    metrics: withoutTimes(meter.value()),
    model: wire!.model,
    ...(wire!.usage && { usage: wire!.usage }),
    ...(finish && { finish: { unified: finish.unified, raw: finish.raw } }),
  };
}

/** What was never measured is not there: a zero would be a time. */
function withoutTimes({ events, reads, bytes, textChars }: Metrics): Metrics {
  return {
    firstByteNs: null,
    firstEventNs: null,
    firstReasoningNs: null,
    firstTextNs: null,
    firstToolNs: null,
    totalNs: null,
    events,
    reads,
    bytes,
    textChars,
    gaps: [],
  };
}
