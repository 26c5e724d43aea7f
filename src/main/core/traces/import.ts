/**
 * `traces.import`: a stream that somebody pasted, or dropped as a file, becomes a trace like any other, by a recording without times. It
 * is read as a whole before it is stored, so that the list never shows a part of it.
 */
import { detectApi, undetected, type Undetected } from '../../../shared/providers/detect.ts';
import type { ProviderDefinition } from '../../../shared/providers/provider.ts';
import { PROVIDERS, unknownApi, usualEndpoint } from '../../../shared/providers/registry.ts';
import { WIRE } from '../../../shared/model/messages.ts';
import type { Api, Read } from '../../../shared/model/stream.ts';
import { chosenLanes } from '../../../shared/lanes/registry.ts';
import type { ParamsOf, Settings } from '../../../shared/rpc/contract.ts';
import { ServiceError, type MethodService } from '../../../shared/rpc/services.ts';
import { TimeSlice } from '../decoding/time-slice.ts';
import { newTrace } from '../recording/new-trace.ts';
import { Recording } from '../recording/recording.ts';
import type { NewTrace, Store, TraceResult } from '../store/store.ts';

export interface ImportSetup {
  readonly store: Pick<Store, 'createTrace' | 'appendReads' | 'finishTrace' | 'flush'>;
  /** What the trace is read with until somebody asks otherwise. */
  readonly defaults: () => Promise<Pick<Settings, 'options' | 'lanes'>>;
}

/** A file has no reads; it is cut into pieces that can each be read without keeping others waiting. */
const READ_BYTES = 16 * 1024;
/** The store takes in what it is given at once, but only so much that is not written yet: 1 MB here. */
const READS_AT_ONCE = 64;

export function importTrace({ store, defaults }: ImportSetup): MethodService<'traces.import'> {
  return async (given) => {
    const body = bodyOf(given);
    if (body.length === 0)
      throw new ServiceError(
        'empty',
        'There is nothing to import: it is empty. Import the response exactly as the server sent it.',
      );
    const provider = providerFor(body, given.api);
    const { name } = given;
    const trace = traceFor(name, provider, await defaults());
    const reads = readsOf(body);
    const result = await resultOf(trace, reads);
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

function bodyOf({ text, base64 = '' }: ParamsOf<'traces.import'>): Uint8Array {
  if (text !== undefined) return new TextEncoder().encode(text);
  const body = new Uint8Array(Buffer.from(base64, 'base64'));
  // Buffer passes over what is no base64.
  if (Math.ceil(body.length / 3) * 4 !== base64.length)
    throw new ServiceError('invalid', 'The bytes to import are not in base64, with its padding.');
  return body;
}

const NEXT_STEP: Readonly<Record<Undetected['code'], string>> = {
  binary: 'Import the response exactly as the server sent it, decompressed.',
  'other-messages': 'Choose the API and import it again if it is one of those after all.',
  'unknown-api':
    'Choose the API and import it again; if it is not a stream, import the response exactly as the server sent it instead.',
};

/** Throws ServiceError where nothing says the API, or what is there can be a stream of none. */
function providerFor(body: Uint8Array, asked: Api | undefined): ProviderDefinition {
  const detected = detectApi(body)?.api;
  if (detected === undefined) {
    const { code, sentence } = undetected(body);
    if (asked === undefined || code === 'binary') throw new ServiceError(code, `${sentence} ${NEXT_STEP[code]}`);
  }
  const api = asked ?? detected!;
  const provider = PROVIDERS.get(api);
  if (!provider) throw new ServiceError('unknown-api', unknownApi(api));
  return provider;
}

function traceFor(
  name: string,
  { id: api, request }: ProviderDefinition,
  { options, lanes }: Pick<Settings, 'options' | 'lanes'>,
): NewTrace {
  return newTrace({
    title: name,
    source: 'import',
    api,
    model: null,
    timed: false,
    endpoint: usualEndpoint(api),
    options,
    lanes: chosenLanes(api, lanes),
    request: request.empty,
  });
}

function readsOf(body: Uint8Array): readonly Read[] {
  const reads: Read[] = [];
  for (let offset = 0; offset < body.length; offset += READ_BYTES)
    reads.push({ n: reads.length, tNs: 0, offset, bytes: body.subarray(offset, offset + READ_BYTES) });
  return reads;
}

async function resultOf(trace: NewTrace, reads: readonly Read[]): Promise<TraceResult> {
  const slices = new TimeSlice();
  const recording = new Recording({ trace, lanes: [WIRE] });
  recording.begin();
  for (const read of reads) {
    recording.read(read);
    await slices.pause();
  }
  recording.end({ how: 'end' }, 0);
  return recording.result!;
}
