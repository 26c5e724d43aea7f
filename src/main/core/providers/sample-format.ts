/** What an API is to the sample provider: how it checks a request, says an answer, and says that something is wrong. */
import type { Api } from '../../../shared/model/stream.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../samples/scenario.ts';

export type Json = Readonly<Record<string, unknown>>;

/** One frame of the stream, with its closing blank line. */
export interface SampleFrame {
  readonly text: string;
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
  readonly path: string;
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

/** An unnamed frame, as Chat Completions sends it. */
export const dataFrame = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
/** A frame named by its type, as Anthropic and the Responses API send it. */
export const namedFrame = (value: Json & { readonly type: string }): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
