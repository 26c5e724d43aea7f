/** What `lanes` and `compare` take: a stream from a file or standard input, its API, and how the adapters are set up. */
import { Option, type Command } from 'commander';
import { z } from 'zod';
import { allLanes, chosenLanes, lanesReading } from '../../../shared/lanes/registry.ts';
import type { LaneSetup } from '../../../shared/model/lane.ts';
import type { LaneId } from '../../../shared/model/messages.ts';
import { OTHER_API, type Api, type Framing } from '../../../shared/model/stream.ts';
import { foreignIn } from '../../../shared/providers/detect.ts';
import { PROVIDERS, providerOf, usualEndpoint } from '../../../shared/providers/registry.ts';
import { DEFAULT_OPTIONS, type AdapterOptions, type HttpHead } from '../../../shared/model/trace.ts';
import { joined } from '../../core/imports/body.ts';
import { ImportError } from '../../core/imports/imported.ts';
import { recognize, type RecognizedFile, type RecognizedStream } from '../../core/imports/recognize.ts';
import { inputName, readInput, readText } from './input.ts';
import { printable, UsageError } from './terminal.ts';

export interface StreamFlags {
  /** Absent: the stream's events tell it. */
  readonly api?: Api;
  readonly lanes?: string;
  readonly options?: string;
  readonly endpoint?: string;
  readonly request?: string;
  /** Which of several streams of a file, from 1. */
  readonly stream?: number;
}

/** Flags of a stream that was recognized. */
export type KnownFlags<Flags extends StreamFlags = StreamFlags> = Flags & {
  readonly api: Api;
  readonly framing: Framing;
  /** The request that the file has beside the answer. */
  readonly requestInFile?: unknown;
  /** The head of the answer, where the file has it. */
  readonly headInFile?: HttpHead;
};

export function addStreamFlags(command: Command): Command {
  return command
    .argument('<file>', 'a response body, or any file that `tracelane import` takes; - reads standard input')
    .addOption(
      new Option('--api <api>', 'the API whose format it follows; without it its events tell').choices([
        ...PROVIDERS.keys(),
      ]),
    )
    .option('--lanes <ids>', 'comma-separated lanes to run besides the wire; default: every lane that supports the API')
    .option(
      '--options <json>',
      'adapter options: use_assistant_message, put_inner_thoughts_in_kwarg, requires_approval_tools',
    )
    .option('--endpoint <json>', 'the endpoint: type, provider_name, model')
    .option('--stream <n>', 'which of several streams of the file', streamNumber)
    .option('--request <file>', 'the request’s JSON body, which some lanes and lint rules depend on');
}

export interface StreamFile<Flags extends StreamFlags> {
  readonly body: Uint8Array;
  readonly flags: KnownFlags<Flags>;
  /** What had to be changed to get at the stream, as sentences. */
  readonly repaired: readonly string[];
}

/** The stream of a file, whatever format it has. Throws UsageError, in sentences, where there is none, or where there are several. */
export function readStream<Flags extends StreamFlags>(file: string, flags: Flags): StreamFile<Flags> {
  const text = inputName(file);
  const bytes = readInput(file);
  const { streams } = asked(() => recognized(file, bytes, flags.api), `Cannot read ${text}`);
  const stream = streams[(flags.stream ?? 1) - 1];
  if (stream === undefined || (streams.length > 1 && flags.stream === undefined))
    throw new UsageError(
      `${text} holds ${streams.length} streams. Choose one with --stream:\n${streams.map(({ label, api }, at) => `  ${at + 1}  ${api}  ${printable(label)}`).join('\n')}`,
    );
  const { reads, repaired, request, response } = stream;
  const { api = stream.api } = flags;
  if (api === OTHER_API) throw new UsageError(`Cannot read ${text}: ${notDecoded(stream)}`);
  const known = {
    ...flags,
    api,
    framing: providerOf(api).framing,
    requestInFile: request?.body,
    ...(response && { headInFile: response }),
  };
  return { body: joined(reads), flags: known, repaired };
}

function recognized(file: string, bytes: Uint8Array, api: Api | undefined): RecognizedFile {
  try {
    return recognize(file, bytes, api ?? null);
  } catch (error) {
    throw error instanceof ImportError && error.code === 'unknown-api' ? new Error(nameApi(error.message)) : error;
  }
}

function notDecoded({ reads, framing }: RecognizedStream): string {
  const foreign = foreignIn(joined(reads), framing);
  return foreign === null
    ? nameApi('None of the events says which API this stream follows.')
    : `Its events are of ${foreign}, which Tracelane does not decode.`;
}

const nameApi = (sentence: string): string =>
  `${sentence} Name the API with --api: ${[...PROVIDERS.keys()].join(', ')}.`;

/** `put_inner_thoughts_in_kwargs` is the server's own spelling of it, as recorded runs have it. */
const optionsSchema = z
  .strictObject({
    use_assistant_message: z.boolean().optional(),
    put_inner_thoughts_in_kwarg: z.boolean().optional(),
    put_inner_thoughts_in_kwargs: z.boolean().optional(),
    requires_approval_tools: z.array(z.string()).nullish(),
  })
  .transform((given): AdapterOptions => ({
    use_assistant_message: given.use_assistant_message ?? DEFAULT_OPTIONS.use_assistant_message,
    put_inner_thoughts_in_kwarg:
      given.put_inner_thoughts_in_kwarg ??
      given.put_inner_thoughts_in_kwargs ??
      DEFAULT_OPTIONS.put_inner_thoughts_in_kwarg,
    requires_approval_tools: given.requires_approval_tools ?? DEFAULT_OPTIONS.requires_approval_tools,
  }));

const endpointSchema = z.strictObject({
  type: z.string().optional(),
  provider_name: z.string().optional(),
  model: z.string().optional(),
});

/** The setup that flags ask for. Without a request, one that has only what tells the APIs apart. */
export function setupOf({ api, framing, options, endpoint, request, requestInFile }: KnownFlags): LaneSetup {
  return {
    api,
    framing,
    endpoint: { ...usualEndpoint(api), ...defined(parsed('--endpoint', endpoint, endpointSchema)) },
    request: request === undefined ? (requestInFile ?? providerOf(api).request.empty) : requestOf(request),
    options: parsed('--options', options, optionsSchema) ?? DEFAULT_OPTIONS,
    messageId: `message-${crypto.randomUUID()}`,
    now: () => new Date().toISOString(),
  };
}

/** The lanes that flags ask for, the wire first. Throws UsageError for one that is not there, or does not read the API. */
export function lanesOf({ api, lanes }: Pick<KnownFlags, 'api' | 'lanes'>): readonly LaneId[] {
  if (lanes === undefined) return lanesReading(api);
  const asked = lanes.split(',').map((id) => id.trim());
  const able = lanesReading(api);
  for (const id of asked) {
    if (able.includes(id)) continue;
    const known = allLanes().some((lane) => lane.id === id);
    throw new UsageError(
      `--lanes: ${known ? `the lane ${id} does not read ${api}` : `there is no lane ${JSON.stringify(id)}`}. Choose from: ${able.join(', ')}.`,
    );
  }
  return chosenLanes(api, asked);
}

const defined = <Fields extends object>(
  fields: Fields | undefined,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } =>
  Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };

function streamNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`--stream takes the number of a stream, from 1, not ${JSON.stringify(text)}.`);
}

function requestOf(file: string): unknown {
  const text = readText(file);
  return asked(() => JSON.parse(text) as unknown, `${inputName(file)} is not JSON`);
}

function parsed<Schema extends z.ZodType>(
  flag: string,
  text: string | undefined,
  schema: Schema,
): z.output<Schema> | undefined {
  if (text === undefined) return undefined;
  const value = asked(() => JSON.parse(text) as unknown, `${flag} is not JSON`);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UsageError(`${flag}: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`);
}

function asked<Value>(read: () => Value, sentence: string): Value {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`${sentence}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
