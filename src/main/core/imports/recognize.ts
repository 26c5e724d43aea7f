/** What a file holds, whichever format it has: the one detector behind the window, `traces.import` and the command line. */
import { apiOfUrl, undetected } from '../../../shared/providers/detect.ts';
import type { RecordedTrace } from '../../../shared/bundle/recorded-trace.ts';
import { OTHER_API, type Api, type Framing } from '../../../shared/model/stream.ts';
import { PROVIDERS, unknownApi } from '../../../shared/providers/registry.ts';
import { bodyStream } from './body-stream.ts';
import { decodedBody, joined, untimed } from './body.ts';
import { IMPORT_FORMATS } from './formats/registry.ts';
import { bodyOnly, ImportError, type ImportedExchange } from './imported.ts';
import { withoutStream } from './no-stream.ts';
import { unpack } from './unpack.ts';

/** One stream of a file, ready to become a trace. */
export interface RecognizedStream extends Omit<ImportedExchange, 'repaired'> {
  /** What tells it from the others of its file: its address and its status, '' where the file has none. */
  readonly label: string;
  readonly api: Api;
  readonly framing: Framing;
  readonly format: { readonly id: string; readonly label: string };
  /** Events that carry JSON. */
  readonly events: number;
  readonly repaired: readonly string[];
}

export interface RecognizedFile {
  readonly streams: readonly RecognizedStream[];
  /** Exchanges that hold no stream of a known API. */
  readonly others: number;
}

/** `api`: for bytes that do not say it themselves. Throws an ImportError, with the fact and the next step, where there is no stream. */
export function recognize(name: string, bytes: Uint8Array, api: Api | null = null): RecognizedFile {
  const file = unpack(name, bytes);
  const format = IMPORT_FORMATS.find((one) => one.recognizes(file)) ?? null;
  const exchanges = format === null ? [bodyOnly(file.bytes)] : format.read(file);
  const streams = exchanges.flatMap((exchange) => {
    const found = streamOf(exchange, api, format);
    if (found === null) return [];
    // Our own files are compressed when they are made.
    return [found.recorded ? found : { ...found, repaired: [...file.repaired, ...found.repaired] }];
  });
  const known = format === null && streams.every((stream) => stream.api === OTHER_API) ? withoutStream(file) : null;
  if (known !== null) throw known;
  if (streams.length === 0) throw nothingIn(format?.label ?? null, exchanges);
  return { streams, others: exchanges.length - streams.length };
}

function streamOf(
  exchange: ImportedExchange,
  chosen: Api | null,
  format: { readonly id: string; readonly label: string } | null,
): RecognizedStream | null {
  if (exchange.recorded) return recordedStream(exchange, exchange.recorded, format!);
  const body = decodedBody(exchange);
  const bytes = joined(body.reads);
  // Browsers save archives without bodies; that an error had none is what there is to know of it.
  const refused = (exchange.response?.status ?? 0) >= 400;
  if (bytes.length === 0 && !refused) return null;
  const url = exchange.request?.head?.url ?? '';
  const stream = bodyStream(bytes, apiOfUrl(url) ?? chosen, refused);
  if (stream === null) return null;
  const changed = stream.repaired.length > 0;
  const { reads, clock } = stream.timed ?? {
    reads: changed ? untimed([{ tNs: 0, bytes: stream.bytes }]) : body.reads,
    clock: null,
  };
  const startedAt = exchange.startedAt ?? clock?.startedAt;
  return {
    ...exchange,
    label: labelOf(exchange),
    api: stream.api,
    framing: stream.framing,
    events: stream.events,
    format: format === null ? stream.format : { id: format.id, label: format.label },
    reads,
    timed: clock !== null || (body.timed && !changed),
    startUnknown: clock !== null || exchange.startUnknown === true,
    ...(startedAt !== undefined && { startedAt }),
    repaired: [...(exchange.repaired ?? []), ...body.repaired, ...stream.repaired],
  };
}

function labelOf({ request, response }: ImportedExchange): string {
  const { head } = request ?? {};
  return [head && `${head.method} ${head.url}`, response?.status].filter(Boolean).join(' ');
}

/** Throws an ImportError for an API that this version does not know. */
function recordedStream(
  exchange: ImportedExchange,
  { api, framing, title, metrics }: RecordedTrace,
  { id, label }: RecognizedStream['format'],
): RecognizedStream {
  if (api !== OTHER_API && !PROVIDERS.has(api)) throw new ImportError('unknown-api', unknownApi(api));
  return {
    ...exchange,
    label: title,
    api,
    framing,
    format: { id, label },
    events: metrics.events,
    repaired: exchange.repaired ?? [],
  };
}

function nothingIn(format: string | null, exchanges: readonly ImportedExchange[]): ImportError {
  if (format !== null && exchanges.length === 0)
    return new ImportError(
      'empty',
      `This is ${format}, but no exchange in it has an answer. Record it again with the answer's body.`,
    );
  const bytes = exchanges.length === 1 ? joined(decodedBody(exchanges[0]!).reads) : null;
  if (format !== null && (bytes === null || bytes.length === 0))
    return new ImportError(
      'no-stream',
      `This is ${format}, but none of its ${exchanges.length} exchanges holds the body of a stream. Save it with the bodies of the answers.`,
    );
  const { code, sentence } = undetected(bytes!);
  return new ImportError(code, `${format === null ? '' : `This is ${format}. `}${sentence}`);
}
