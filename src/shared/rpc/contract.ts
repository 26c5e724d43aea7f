/**
 * The one contract between the program's two halves. Every capability is a named method or stream here; a host is a
 * transport for it, never an API of its own. Parameters are checked on the server with the schema that stands here;
 * results are typed only, since the server is ours.
 */
import { z } from 'zod';
import { LISTED_FIELDS } from '../filter/fields.ts';
import { LONGEST_FILTER } from '../filter/read-filter.ts';
import type { EndpointId, TraceId } from '../model/ids.ts';
import { MAX_IMPORT } from '../model/import-limit.ts';
import type { Api, EventSummary } from '../model/stream.ts';
import { LONGEST_SEARCH, type SearchPart } from '../model/search.ts';
import type { AdapterOutcome, BlockId, ByLane, Emission, LaneId } from '../model/messages.ts';
import type { TraceItem } from '../model/items.ts';
import {
  adapterOptionsSchema,
  laneIdsSchema,
  type ImportFacts,
  type RequestHead,
  type TraceDetail,
  type TraceRow,
} from '../model/trace.ts';
import { EXPORT_PARTS, SECRET_CHOICES, type ExportManifest, type ExportPart } from '../model/export.ts';
import type { EndpointKind } from '../providers/kinds/kind.ts';
import type { PairResult } from '../pairing/pair.ts';
import type { Partner } from '../pairing/partners.ts';
import type { CompareResult, MatrixResult, TraceCompareResult } from '../compare/result.ts';
import { LONGEST_FILTER_NAME, MOST_FILTERS, RUN_GROUPINGS } from './agreed.ts';

/** A call with one answer. */
export interface Method<Params extends z.ZodType = z.ZodType, Result = unknown> {
  readonly type: 'method';
  readonly params: Params;
  /** It only reads: asked twice it does no harm, so a client may ask again over a new connection. */
  readonly repeatable: boolean;
  readonly result?: Result;
}
/** A call with many items. Items are numbered from 0; a stream that has `from` goes on at that number. */
export interface Stream<Params extends z.ZodType = z.ZodType, Item = unknown> {
  readonly type: 'stream';
  readonly params: Params;
  readonly item?: Item;
}
const command =
  <Result>() =>
  <Params extends z.ZodType>(params: Params): Method<Params, Result> => ({ type: 'method', params, repeatable: false });
const query =
  <Result>() =>
  <Params extends z.ZodType>(params: Params): Method<Params, Result> => ({ type: 'method', params, repeatable: true });
const stream =
  <Item>() =>
  <Params extends z.ZodType>(params: Params): Stream<Params, Item> => ({ type: 'stream', params });

const nothing = z.strictObject({});
const trace = z
  .string()
  .min(1)
  .max(100)
  .transform((text) => text as TraceId);
const endpoint = z
  .string()
  .min(1)
  .max(100)
  .transform((text) => text as EndpointId);
/** Whether there is such an API is asked of the providers by the service, which has a sentence for it. */
const api = z.string().min(1).max(100);
/** Who asks: a question of theirs that is not answered yet is given up for the next one. */
const asker = z.string().min(1).max(100).optional();
const seq = z.int().min(0);
/** A request by its fields, or as the text that was written: of a text each character is sent as it stands. */
const request = z.union([z.record(z.string(), z.unknown()), z.string().max(MAX_IMPORT)]);
/** Ids of changes to it that are switched off, see RequestChange. */
const without = z.array(z.string().max(200)).max(100).optional();
/** Another decoding than the trace was recorded with. */
const decoding = { options: adapterOptionsSchema.optional(), lanes: laneIdsSchema.optional() };

/** How long a run on an endpoint waits, in seconds; null waits for ever, and only says so. */
export const endpointLimitsSchema = z.strictObject({
  /** For the response's head. A local model may take minutes to load. */
  answer: z.number().min(1).max(3600).nullable().default(null),
  /** Without anything but keep-alive. */
  silence: z.number().min(1).max(3600).nullable().default(null),
});
export type EndpointLimits = z.infer<typeof endpointLimitsSchema>;

export const endpointInputSchema = z.strictObject({
  /** Absent: a new endpoint. */
  id: endpoint.optional(),
  name: z.string().min(1).max(200),
  baseUrl: z.url({ protocol: /^https?$/ }).max(2000),
  /** A kind of server that a provider can be sent to. */
  type: z.string().min(1).max(100),
  provider_name: z.string().max(200),
  limits: endpointLimitsSchema.prefault({}),
  /** The capture proxy puts this endpoint's key on requests that carry the proxy's own; else clients bring their keys. */
  lendsKey: z.boolean().optional(),
});
export interface EndpointInfo {
  readonly id: EndpointId;
  readonly name: string;
  readonly baseUrl: string;
  readonly type: string;
  readonly provider_name: string;
  readonly limits: EndpointLimits;
  readonly lendsKey?: boolean;
  /** The built-in sample provider cannot be changed or removed. */
  readonly builtIn: boolean;
  /** Never the key itself. */
  readonly key: { readonly configured: boolean; readonly last4?: string };
}

/** What the window says of the providers. */
export interface ProvidersInfo {
  /** In the order in which they are offered. */
  readonly providers: readonly ProviderInfo[];
  readonly endpointKinds: readonly EndpointKindInfo[];
}

/** See ProviderDefinition. */
export interface ProviderInfo {
  readonly id: Api;
  readonly label: string;
  readonly chip: string;
  /** Ids of the kinds of server that speak it. */
  readonly endpointKinds: readonly string[];
  /** A request to start from, without a model. */
  readonly template: unknown;
}

export type EndpointKindInfo = Omit<EndpointKind, 'providerName'>;

/** A sample stream of the built-in provider, chosen by its model name. */
export interface SampleInfo {
  /** The model name that asks for it. */
  readonly model: string;
  readonly api: Api;
  readonly title: string;
  /** One sentence: what goes wrong, in numbers. */
  readonly sentence: string;
  /** The six of the first screen carry 1 to 6. */
  readonly number?: number;
  readonly request: unknown;
  readonly events: number;
  readonly bytes: number;
  readonly options: z.infer<typeof adapterOptionsSchema>;
  /**
   * The failure drawn: per lane, one mark for each stretch of events. `lost` ring, `altered` square in rose, `error`
   * triangle, others by what the wire said there. `at` is the place on the stream, 0 to 1 over its events.
   */
  readonly drawing: ByLane<
    readonly {
      readonly at: number;
      readonly mark: 'text' | 'reasoning' | 'tool' | 'meta' | 'lost' | 'altered' | 'error';
    }[]
  >;
  /** Lanes that differ from the wire in a cell of the columns, as differingLanes has it. */
  readonly differing: readonly LaneId[];
}

/** A lane that this program has. */
export interface LaneInfo {
  readonly id: LaneId;
  readonly label: string;
  /** One sentence: whose reading it is. */
  readonly description: string;
  /** The APIs whose streams it reads. */
  readonly apis: readonly Api[];
}

export interface AppInfo {
  readonly version: string;
  readonly host: 'electron' | 'headless' | 'memory';
  readonly platform: string;
  readonly dataDir: string;
  readonly sampleUrl: string;
  /** What a person types before the name of a command: `tracelane`, where that is installed; null in the packaged app, which has none. */
  readonly commandLine: string | null;
  /** The wire first. */
  readonly lanes: readonly LaneInfo[];
  /** Set when the store could not be opened as usual: the sentence to show, and whether reading works. */
  readonly storeProblem?: { readonly sentence: string; readonly readable: boolean };
  /** Absent while limits have deleted nothing since the program started. */
  readonly cleared?: Cleared;
}

/** What limits have deleted since the program started. */
export interface Cleared {
  readonly traces: number;
  /** The limits by which the last of them went. */
  readonly retention: Retention;
}

/** A request as it would leave, but for its body, which `sentBody` makes of the text. */
export interface RequestPreview extends Required<Pick<RequestHead, 'changes'>> {
  readonly method: string;
  readonly url: string;
  readonly headers: RequestHead['headers'];
}

/** Traces that go by themselves, the oldest first; null: none do. Those with a star or a tag and those that run stay. */
export const retentionSchema = z.strictObject({
  /** Older ones go. */
  days: z.number().positive().max(36_500).nullable(),
  /** Of all traces, in millions: beyond it the oldest go. */
  megabytes: z.number().positive().max(1e9).nullable(),
});
export type Retention = z.infer<typeof retentionSchema>;

/** Settings kept beside the traces. Unknown keys are refused. */
export const settingsSchema = z.strictObject({
  theme: z.enum(['system', 'light', 'dark', 'contrast']),
  singleKeys: z.boolean(),
  announce: z.enum(['ending', 'progress']),
  options: adapterOptionsSchema,
  /** The lanes that read new traces, beside the wire; null: all that can. */
  lanes: laneIdsSchema.nullable(),
  /** Saved filters of the list, the last one saved first. */
  filters: z.array(z.string().min(1).max(LONGEST_FILTER)).max(MOST_FILTERS).readonly(),
  /** What saved filters are called, by their text; those without a name are called by that. */
  filterNames: z
    .record(z.string().min(1).max(LONGEST_FILTER), z.string().min(1).max(LONGEST_FILTER_NAME))
    .refine((names) => Object.keys(names).length <= MOST_FILTERS),
  retention: retentionSchema,
});
export type Settings = z.infer<typeof settingsSchema>;

/** One event with all there is to know of it: the inspector. */
export interface EventDetail {
  readonly event: EventSummary;
  /** The frame's bytes, base64; of a long frame only the beginning, EVENT_BYTES of it: `traces.bytes` has the rest. */
  readonly bytes: string;
  /** Bytes shown before and after it, for context: offset of the first byte of `around`. As long as `bytes` may be, and these. */
  readonly aroundStart: number;
  readonly around: string;
  /** The payload's JSON text, indented, from the bytes: numbers and duplicate keys as they came; null when it is no JSON. */
  readonly json: string | null;
  /** What each lane emitted because of it. */
  readonly emissions: readonly Emission[];
}

export interface ProviderTrace {
  readonly lane: LaneId;
  readonly stepId: string;
  readonly document: NonNullable<AdapterOutcome['provider_trace']>;
}

/** How much is kept, in bytes. */
export interface StoreSize {
  /** In the list. */
  readonly traces: number;
  /** What they take. */
  readonly bytes: number;
  /** Deleted traces that have not left the file yet. */
  readonly leaving: number;
  /** The trace file with its log, and what of it is free. */
  readonly file: number;
  readonly free: number;
  /** The file that searches are answered from. */
  readonly search: number;
}

/** Traces that limits would delete now. */
export interface Outdated {
  readonly traces: number;
  readonly bytes: number;
  /** When the first and the last of them began, milliseconds since 1970; null where there is none. */
  readonly from: number | null;
  readonly to: number | null;
  /** Traces that would go as well, but for their star or tag. */
  readonly spared: number;
}

/** A value of a field by which traces are filtered, and how many have it. */
export interface FieldValue {
  readonly value: string;
  readonly traces: number;
}

export interface RunGroup {
  /** What its traces have in common; null: they lack it. */
  readonly key: string | null;
  /** Of its newest trace. */
  readonly title: string;
  /** Its traces, newest first: the `nr` of the first, and of each other how much lower it is than the one before. */
  readonly steps: readonly number[];
}

export interface RunGroups {
  /** The one with the newest trace first. */
  readonly groups: readonly RunGroup[];
  /** Traces of further groups, where there are more than are given, in steps. */
  readonly older: readonly number[];
}

/** A document of a trace that has what was searched. */
export interface SearchHit {
  readonly row: TraceRow;
  readonly part: SearchPart;
  /** Who says it, in one or two words: a role, the name of a tool. */
  readonly label: string;
  /** In one line, with what is around it. */
  readonly excerpt: string;
  /** Stretches of the excerpt that were searched, in UTF-16 code units. */
  readonly marks: readonly (readonly [start: number, end: number])[];
  /** The wire block whose text it is, and where it stands there, in UTF-16 code units; null: no block's. */
  readonly block: BlockId | null;
  readonly offset: number;
  /** The first event of the block, or the event that said it; null: none did. */
  readonly event: number | null;
}

export interface SearchBatch {
  readonly hits: readonly SearchHit[];
  /** It is the last. */
  readonly done: boolean;
  /** Some traces are not searched yet: more may be found in a while. */
  readonly behind: boolean;
}

/** A page of the list. */
export interface ListedTraces {
  readonly rows: readonly TraceRow[];
  /** The place of the first of them in the list, from 0. */
  readonly at: number;
  /** By which the pages beside it are asked for, the `nr` of the row at that end; null: there is none. */
  readonly previous: string | null;
  readonly next: string | null;
  readonly total: number;
}

export type ListChange =
  | { readonly type: 'upsert'; readonly row: TraceRow }
  | { readonly type: 'delete'; readonly id: TraceId; readonly nr: number };

/** A stream that a file holds. */
export interface RecognizedStreamInfo extends Pick<ImportFacts, 'format' | 'repaired'> {
  /** What tells it from the others of its file; '' where the file says nothing of it. */
  readonly label: string;
  readonly api: Api;
  /** Frames with data. */
  readonly events: number;
  /** Of the body as it is stored. */
  readonly bytes: number;
  /** Whether its reads have times. */
  readonly timed: boolean;
}

export interface ImportedTrace extends RecognizedStreamInfo {
  readonly id: TraceId;
  /** It was there already, from an earlier import of the same bytes. */
  readonly existing: boolean;
}

/** A format in which traces can be exported. */
export interface ExportFormatInfo {
  readonly id: string;
  readonly label: string;
  /** One sentence: what such a file is for. */
  readonly description: string;
  /** One sentence: what of a trace is not in it. */
  readonly loses: string;
  /** The parts that it has a place for. */
  readonly parts: Readonly<Partial<Record<ExportPart, 'needed' | 'optional'>>>;
  /** Why these traces cannot be exported so, as a sentence; null where they can. */
  readonly refusal: string | null;
  /** What it needs and was not chosen, as a sentence; null where all is there. */
  readonly missing: string | null;
}

/** What an export would hold, before it is made. */
export interface ExportPreview {
  /** Of the file. */
  readonly name: string;
  readonly manifest: ExportManifest;
  /** All formats, in the order in which they are offered. */
  readonly formats: readonly ExportFormatInfo[];
}

/** The traces of one file and what of them leaves. */
const exportChoice = {
  ids: z.array(trace).min(1).max(10_000),
  /** Id of a format. */
  format: z.string().min(1).max(100),
  parts: z.array(z.enum(EXPORT_PARTS)).default([...EXPORT_PARTS]),
  secrets: z.enum(SECRET_CHOICES).default('redact'),
  /** Of the one trace, where it is exported as it is shown. */
  ...decoding,
};

export interface ImportProgress {
  /** The work that is done, of all of it: 0 to 1. */
  readonly share: number;
}

/** As text, or the bytes of a file in base64. `api`: for bytes that do not say it themselves. */
const importSource = {
  name: z.string().max(500),
  text: z.string().max(MAX_IMPORT).optional(),
  base64: z
    .string()
    .max(Math.ceil(MAX_IMPORT / 3) * 4)
    .optional(),
  api: api.optional(),
};
/** By which a file that is being recognized, or imported, can be watched and given up; whoever asks makes it up. */
const ticket = z.string().min(1).max(64);
const ONE_SOURCE = 'one of text, base64 and held';
const oneSource = ({
  text,
  base64,
  held,
}: {
  readonly text?: string | undefined;
  readonly base64?: string | undefined;
  readonly held?: string | undefined;
}): boolean => [text, base64, held].filter((one) => one !== undefined).length === 1;

/** Where the capture proxy listens, and what it forwards to. */
export interface CaptureInfo {
  /** Without a path: `http://127.0.0.1:4141/`; null where it does not listen. */
  readonly url: string | null;
  /** Why it does not. */
  readonly problem?: string;
  /** Why it listens on another port than usual. */
  readonly remark?: string;
  /** Behind the address, in the order in which they are looked for. */
  readonly routes: readonly CaptureRoute[];
  /** What clients use as their API key on routes that lend one; absent where none does. */
  readonly clientKey?: string;
}

export interface CaptureRoute {
  readonly name: string;
  readonly baseUrl: string;
  /** The id of a kind of server. */
  readonly kind: string;
  readonly endpoint?: EndpointId;
  readonly lendsKey: boolean;
}

/** What was kept of one session. */
export interface CapturedSession {
  readonly exchanges: number;
  /** Of the answers' bodies. */
  readonly bytes: number;
  /** Exchanges of which something could not be kept. */
  readonly incomplete: number;
  /** Hosts whose connections the program ended before they were encrypted, and how many those were. */
  readonly distrusted: readonly (readonly [host: string, connections: number])[];
  readonly dataDir: string;
}

/** What a program needs to use the capture proxy as its HTTPS_PROXY. */
export interface HttpsProxy {
  /** With the user and the password that are for this program alone. */
  readonly url: string;
  /** What it must trust, in PEM. */
  readonly certificate: string;
}

export const contract = {
  'app.info': query<AppInfo>()(nothing),
  /** The whole of it again whenever it changed: a store that stopped taking writes, or takes them again. */
  'app.changes': stream<AppInfo>()(nothing),
  'settings.get': query<Settings>()(nothing),
  'settings.set': command<Settings>()(settingsSchema.partial()),

  'store.size': query<StoreSize>()(nothing),
  /** What these limits would delete now. Nothing is deleted. */
  'store.outdated': query<Outdated>()(z.strictObject({ retention: retentionSchema })),

  'providers.list': query<ProvidersInfo>()(nothing),

  'endpoints.list': query<readonly EndpointInfo[]>()(nothing),
  'endpoints.save': command<EndpointInfo>()(endpointInputSchema),
  'endpoints.remove': command<null>()(z.strictObject({ id: endpoint })),
  /** Empty text removes the key. The key never comes back. */
  'endpoints.setKey': command<EndpointInfo>()(z.strictObject({ id: endpoint, key: z.string().max(10_000) })),
  'samples.list': query<readonly SampleInfo[]>()(nothing),

  /** Sends a request and records it. Resolves once the trace exists, before the answer. */
  'runs.start': command<{ readonly id: TraceId }>()(
    z.strictObject({
      endpoint,
      api,
      request,
      without,
      options: adapterOptionsSchema,
      /** Absent: as the settings say. */
      lanes: laneIdsSchema.optional(),
      source: z.enum(['run', 'sample']).default('run'),
    }),
  ),
  /** What would be sent, and what of it is not as it was written. Nothing is sent, and no secret is in it. */
  'runs.preview': query<RequestPreview>()(z.strictObject({ endpoint, api, request, without })),
  'runs.cancel': command<null>()(z.strictObject({ id: trace })),

  'capture.info': query<CaptureInfo>()(nothing),
  /**
   * Routes of their own for one program, under an address that is only theirs. They go with the session, which ends when its
   * program has.
   */
  'capture.openSession': command<{
    readonly session: string;
    readonly url: string;
    /** Where `https` asks for it. */
    readonly https?: HttpsProxy;
  }>()(
    z.strictObject({
      routes: z
        .array(
          z.strictObject({
            name: z.string().min(1).max(100),
            baseUrl: z.url({ protocol: /^https?$/ }).max(2000),
            /** The id of a kind of server, where it is known. */
            kind: z.string().max(100).optional(),
          }),
        )
        .max(100),
      /** The program uses the proxy as its HTTPS_PROXY: its connections to these hosts and to the endpoints' are read. */
      https: z
        .strictObject({
          hosts: z
            .array(
              z.strictObject({
                /** With a port where it is not 443; `*` stands for any one label. */
                host: z.string().min(1).max(300),
                kind: z.string().max(100).optional(),
              }),
            )
            .max(200),
          /** The server that is asked in place of each of them. */
          to: z
            .url({ protocol: /^https?$/ })
            .max(2000)
            .optional(),
        })
        .optional(),
    }),
  ),
  /** Resolves once all that belongs to it is stored, or cannot be. */
  'capture.closeSession': command<CapturedSession>()(z.strictObject({ session: z.string().min(1).max(100) })),

  /**
   * Newest first, in pages; `total` counts all that fit the filter. A change of the filter begins without a place. Refused
   * with `bad-filter` and a sentence where a part of the filter cannot be read.
   */
  'traces.list': query<ListedTraces>()(
    z.strictObject({
      /** As `readFilter` reads it. */
      filter: z.string().optional(),
      limit: z.int().min(1).max(500).default(100),
      // Where the page is, one of these at most; the first unless said.
      /** Behind the page that had this `next`. */
      after: z.string().max(200).optional(),
      /** In front of the page that had this `previous`. */
      before: z.string().max(200).optional(),
      /** From this place of the list on, counted from 0; the last page where the list ends before. */
      at: seq.optional(),
      /** With the trace of this `nr` in its middle, or what stands where it would. */
      around: seq.optional(),
      asker,
    }),
  ),
  /** All traces of the list by what they have in common. */
  'traces.groups': query<RunGroups>()(
    z.strictObject({ by: z.enum(RUN_GROUPINGS), filter: z.string().optional(), asker }),
  ),
  /** Rows of the list by their `nr`, in any order; without those that are not in it. */
  'traces.rows': query<readonly TraceRow[]>()(z.strictObject({ nrs: z.array(seq).min(1).max(500) })),
  /**
   * Documents that have all the words, or the one text in quotation marks, in capitals or not, newest trace first. Batches may
   * be empty: they say how far it is.
   */
  'traces.search': stream<SearchBatch>()(
    z.strictObject({ text: z.string().min(1).max(LONGEST_SEARCH), limit: z.int().min(1).max(200).default(60) }),
  ),
  /** The event that brought a character of a wire block's text; null where there is none. */
  'traces.eventOf': query<{ readonly event: number | null }>()(
    z.strictObject({ id: trace, block: z.string().min(1).max(1000), offset: seq }),
  ),
  /** The values that traces have in a field, the commonest first, at most 500. */
  'traces.values': query<readonly FieldValue[]>()(z.strictObject({ field: z.enum(LISTED_FIELDS) })),
  'traces.changes': stream<ListChange>()(nothing),
  'traces.get': query<TraceDetail>()(z.strictObject({ id: trace })),
  /** Captured exchanges that may be the other side of this one's gateway, the likeliest first; see `compare.pair`. */
  'traces.partners': query<readonly Partner[]>()(z.strictObject({ id: trace })),
  'traces.rename': command<TraceRow>()(z.strictObject({ id: trace, title: z.string().max(500) })),
  'traces.star': command<null>()(z.strictObject({ ids: z.array(trace).min(1).max(1000), starred: z.boolean() })),
  /** Gives tags and takes them, capitals aside. */
  'traces.tag': command<null>()(
    z.strictObject({
      ids: z.array(trace).min(1).max(1000),
      add: z.array(z.string().trim().min(1).max(100)).max(100).optional(),
      remove: z.array(z.string().max(1000)).max(1000).optional(),
    }),
  ),
  /** Hidden at once, gone for good some time after; `traces.restore` takes it back until then. */
  'traces.delete': command<null>()(z.strictObject({ ids: z.array(trace).min(1).max(1000) })),
  'traces.restore': command<null>()(z.strictObject({ ids: z.array(trace).min(1).max(1000) })),
  /** The streams of a pasted text or of a file, before they are opened. `held`: by which an import has the file for a while. */
  'imports.recognize': query<{
    readonly streams: readonly RecognizedStreamInfo[];
    readonly others: number;
    readonly held: string;
  }>()(z.strictObject({ ...importSource, ticket: ticket.optional() }).refine(oneSource, ONE_SOURCE)),
  /** Gives up a file that is being recognized, or what is left of an import: whoever asked is told so. */
  'imports.cancel': command<null>()(z.strictObject({ ticket })),
  /** How far the import under this ticket has come, each time that it came further; it may begin later, and whoever asked for it knows its end. */
  'imports.progress': stream<ImportProgress>()(z.strictObject({ ticket })),
  /**
   * Makes a trace of each stream, or of those that `streams` names by their places. The same bytes make no second trace, unless `again` asks for it.
   */
  'traces.import': command<{ readonly traces: readonly ImportedTrace[]; readonly others: number }>()(
    z
      .strictObject({
        ...importSource,
        ticket: ticket.optional(),
        /** Refused with the code NOT_HELD when it is gone. */
        held: z.string().max(100).optional(),
        streams: z.array(seq).max(10_000).optional(),
        again: z.boolean().default(false),
      })
      .refine(oneSource, ONE_SOURCE),
  ),

  /** The items of a trace, from the store first, then live; another decoding reads it otherwise than it was recorded. */
  'traces.items': stream<TraceItem>()(z.strictObject({ id: trace, from: seq.default(0), ...decoding })),
  'traces.event': query<EventDetail>()(z.strictObject({ id: trace, index: seq, ...decoding })),
  /** What the agent server would have written of each adapter's run (docs/adapters.md, 9), as it was recorded. */
  'traces.providerTraces': query<readonly ProviderTrace[]>()(z.strictObject({ id: trace })),
  /** Stored bytes of the body, base64; `end` is exclusive and cut at the body's end. */
  'traces.bytes': query<{ readonly start: number; readonly bytes: string; readonly total: number }>()(
    z.strictObject({ id: trace, start: seq, end: seq }),
  ),

  'compare.lanes': query<CompareResult>()(z.strictObject({ id: trace, ...decoding })),
  'compare.traces': query<TraceCompareResult>()(z.strictObject({ a: trace, b: trace })),
  /** As the two sides of one exchange, in either order: which hop held it, and what the gateway made of it. */
  'compare.pair': query<PairResult>()(z.strictObject({ a: trace, b: trace })),
  'compare.matrix': query<MatrixResult>()(z.strictObject({ id: trace, lanes: laneIdsSchema.optional() })),
  /** One self-contained HTML file that works offline. */
  'compare.html': query<{ readonly name: string; readonly html: string }>()(z.strictObject({ id: trace, ...decoding })),

  /** What would leave, and which secrets would not; never refused for what the traces are. */
  'exports.preview': query<ExportPreview>()(z.strictObject(exportChoice)),
  /** The file, in base64. */
  'exports.make': query<{ readonly name: string; readonly mediaType: string; readonly base64: string }>()(
    z.strictObject(exportChoice),
  ),
} as const satisfies Record<string, Method | Stream>;

export type Contract = typeof contract;
export type MethodName = { [K in keyof Contract]: Contract[K]['type'] extends 'method' ? K : never }[keyof Contract];
export type StreamName = Exclude<keyof Contract, MethodName>;
/** What a caller gives: defaults may be left out. */
export type ParamsOf<Name extends keyof Contract> = z.input<Contract[Name]['params']>;
/** What the server gets. */
export type CheckedParamsOf<Name extends keyof Contract> = z.output<Contract[Name]['params']>;
export type ResultOf<Name extends MethodName> = Contract[Name] extends Method<z.ZodType, infer Result> ? Result : never;
export type ItemOf<Name extends StreamName> = Contract[Name] extends Stream<z.ZodType, infer Item> ? Item : never;
