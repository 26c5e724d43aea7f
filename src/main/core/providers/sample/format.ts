/** What an API is to the sample provider: how it checks a request, says an answer, and says that something is wrong. */
import { byteCount } from '../../../../shared/model/byte-count.ts';
import type { Api } from '../../../../shared/model/stream.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';

export type Json = Readonly<Record<string, unknown>>;

/** One frame of the stream, whole: with its closing blank line where the framing has one. */
export interface SampleFrame {
  readonly bytes: Uint8Array;
  /** A model pauses before it: something new begins. */
  readonly pause?: boolean;
}

export interface SampleAnswer {
  readonly frames: readonly SampleFrame[];
  /** The same answer as one JSON object: what a request without `stream` gets. */
  readonly body: Json;
}

/** An error as the provider's documentation names it. */
export interface ProviderError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  /** The request's field that is wrong. */
  readonly param?: string;
  readonly code?: string;
}

/** What can be wrong, whatever the provider calls it. */
export type ErrorKind = 'request' | 'key' | 'permission' | 'model' | 'path' | 'size' | 'rate' | 'server' | 'overloaded';

export interface Format {
  readonly api: Api;
  /** The media type of its streams. */
  readonly contentType: string;
  /** The path that asks for a model, as a client would write it. */
  path(model: string): string;
  /** Whether a path is one of this API. */
  isPath(path: string): boolean;
  /** The model that a request asks for. */
  modelOf(request: Json, path: string): string;
  /** Whether a request asks for a stream. */
  isStreamed(request: Json, path: string): boolean;
  /** The models that it tells, of the scenarios that name no API; absent: all. */
  readonly scenarios?: readonly string[];
  /** What keeps a silent connection open; null where the framing has nothing of the kind. */
  readonly keepAlive: SampleFrame | null;
  /** A frame that is whole and whose payload cannot be read. */
  readonly malformed: SampleFrame;
  /** What is wrong with a request; null when nothing is. `header` takes lower-case names. */
  check(body: Json, header: (name: string) => string | undefined): ProviderError | null;
  /** Pure: the same scenario and request give the same frames. */
  answer(scenario: Scenario, request: Json): SampleAnswer;
  /** An error as the provider would put it. */
  error(kind: ErrorKind, message: string): ProviderError;
  /** The body of an answer that is an error. */
  errorBody(error: ProviderError): Json;
  /** Frames that say an error in the stream, after the frames that were sent before. */
  errorFrames(error: ProviderError, before: readonly SampleFrame[]): readonly SampleFrame[];
  /** Head fields that its answers carry, beside the content type. */
  headers(random: Random): Readonly<Record<string, string>>;
  /** A whole request that asks for the scenario. */
  request(scenario: Scenario): Json;
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const encoder = new TextEncoder();

export const textFrame = (text: string): SampleFrame => ({ bytes: encoder.encode(text) });
/** An unnamed SSE frame, as Chat Completions sends it. */
export const dataFrame = (value: unknown): SampleFrame => textFrame(`data: ${JSON.stringify(value)}\n\n`);
/** An SSE frame named by its type, as Anthropic and the Responses API send it. */
export const namedFrame = (value: Json & { readonly type: string }): SampleFrame =>
  textFrame(`event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`);

/** What APIs have alike that stream SSE from one path and name model and streaming in the request. */
export const onPath = (path: string) =>
  ({
    contentType: 'text/event-stream; charset=utf-8',
    path: () => path,
    isPath: (asked) => asked === path,
    modelOf: (request) => String(request['model']),
    isStreamed: (request) => request['stream'] === true,
    keepAlive: textFrame(': keep-alive\n\n'),
    malformed: textFrame('data: {"id": oops}\n\n'),
  }) satisfies Partial<Format>;

/** The bytes of frames that leave together. */
export function joined(frames: readonly SampleFrame[]): Uint8Array {
  const bytes = new Uint8Array(byteCount(frames));
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame.bytes, at);
    at += frame.bytes.length;
  }
  return bytes;
}
