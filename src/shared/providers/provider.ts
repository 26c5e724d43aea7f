/**
 * What a provider is to the rest of the program: one API, told by one definition. Whatever differs from API to API is
 * asked here, so that adding one is a folder and its line in registry.ts. What needs Node (sending a request, answering
 * one as a sample) has the same cut in src/main/core/providers.
 */
import type { z } from 'zod';
import type { JsonObject } from '../json/json-object.ts';
import type { JsonPlaces } from '../json/json-places.ts';
import type { LintRule } from '../lint/rule.ts';
import type { Api, Frame, Framing } from '../model/stream.ts';
import type { WireProtocol } from '../wire/protocol.ts';
import type { WireRecorder } from '../wire/recorder.ts';
import type { EndpointKind } from './kinds/kind.ts';

export interface ProviderDefinition {
  /** Its name in stored traces, in fixtures and on the command line: never changed once it is out. */
  readonly id: Api;
  /** Its full name on screen. */
  readonly label: string;
  /** Its name where there is room for one short word, in capitals. */
  readonly chip: string;
  /** The kinds of server that speak it, the usual one first: it stands for the server of an imported stream. */
  readonly endpointKinds: readonly [EndpointKind, ...EndpointKind[]];
  readonly framing: Framing;
  /**
   * Which streaming interface the agent server read it with, and its adapters do; null where it had none, so that the
   * provider has the wire lane alone, and lanes that say of themselves that they read it.
   */
  readonly agentServer: 'openai' | 'anthropic' | null;
  /**
   * Where frames are envelopes: the frame that one holds, with the same place. Anything that is no such envelope is given
   * back as it is. Absent: frames are what they are.
   */
  readonly unwrap?: (frame: Frame) => Frame;
  /** The same of the data's place in the body. */
  readonly unwrapPlaces?: (envelope: JsonPlaces) => JsonPlaces;
  /** What ends a stream, for sentences: `message_stop`. */
  readonly terminator: string;
  /** What the path of its addresses ends in: it tells the API of an exchange whose body says nothing, such as an error. */
  readonly path: RegExp;
  /** Whether an event ends a stream; absent where it takes more than one to tell. */
  readonly ends?: (event: FrameFacts) => boolean;
  /** The sign by which one frame tells its API; null when the frame could be of any. */
  readonly detect: (frame: FrameFacts) => ApiSign | null;
  /** Events of an answer that was not streamed, of the shape in which a stream would have brought it whole. Null for anything else. */
  readonly eventsOfAnswer?: (answer: JsonObject) => readonly JsonObject[] | null;
  /** An event as the server sent it, of one that an SDK spelled in another way; null where it is as it was sent. */
  readonly asSent?: (event: JsonObject) => JsonObject | null;
  /** Data of the frame that ends a stream and that SDKs keep to themselves, so that what programs print of a stream has none. */
  readonly hiddenEnd?: string;
  readonly request: RequestFormat;
  readonly usage: UsageFacts;
  /** What the wire lane reads its events with. */
  readonly wire: (recorder: WireRecorder) => WireProtocol;
  /** Lint rules of its own; those for any API hold beside them. */
  readonly rules: readonly LintRule[];
}

/** One frame that carries data, as detection sees it. */
export interface FrameFacts extends Pick<Frame, 'name' | 'data'> {
  /** `data` where it is a JSON object. */
  readonly json: JsonObject | null;
  /** The `type` that the JSON says, '' where it says none. */
  readonly type: string;
}

export interface ApiSign {
  /** The sign, as a sentence. */
  readonly why: string;
  /**
   * It fits other APIs as well, such as the shape of an error: it counts when no other frame says more. A stream that
   * failed at once may hold nothing else.
   */
  readonly weak?: boolean;
}

/** What the program knows of a request's JSON. Everything takes a request of any shape and never throws. */
export interface RequestFormat {
  /** The request of a stream whose request nobody knows: only what tells the APIs apart, since adapters read it for that. */
  readonly empty: JsonObject;
  /** A request to start from, whole but for the model where that is ''. */
  readonly template: (model: string) => JsonObject;
  /**
   * What the API asks of a request before it takes it. Fields that are not named are let through. Messages go on after
   * the field's name: `messages` + "must be …".
   */
  readonly schema: z.ZodType;
  /** The text of the last user turn; undefined where there is none. */
  readonly lastUserText: (request: unknown) => string | undefined;
  /** The tools that it offers, in order. */
  readonly tools: (request: unknown) => readonly OfferedTool[];
  /** Its top-level fields by what they hold; all others are parameters. */
  readonly fields: RequestFields;
  /**
   * Where a request names its model in its address: reads it from there; null where it stands in none. The request as users
   * write it and as traces keep it has a `model` all the same, which the sender takes out. Absent: the body names it.
   */
  readonly modelInUrl?: (url: string) => string | null;
  /** Whether it asks for a stream. Absent: where its `stream` is true. */
  readonly streams?: (url: string, request: unknown) => boolean;
}

export interface OfferedTool {
  /** Null for one without a name, such as a tool that the provider runs itself. */
  readonly name: string | null;
  readonly tool: unknown;
}

export interface RequestFields {
  /** Instructions that stand apart from the turns. */
  readonly system: readonly string[];
  /** The conversation. */
  readonly turns: readonly string[];
  readonly tools: readonly string[];
}

/** How the provider counts, where that is not plain: comparisons tell these cases from errors. */
export interface UsageFacts {
  /** Its input count leaves out what was read from or written to a cache. */
  readonly inputLeavesOutCache?: boolean;
  /** The event that carries the first of several cumulative counts; absent where all come with events of one type. */
  readonly firstCountIn?: string;
}
