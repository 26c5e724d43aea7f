/** What a lane is to the rest of the program: one decoder over one wire, without clock or network. */
import type { Emission, LaneId, LaneOutcome } from './messages.ts';
import type { Api, Framed, Framing } from './stream.ts';
import type { AdapterEndpoint, AdapterOptions } from './trace.ts';

/** What a lane is told before the first byte. */
export interface LaneSetup {
  readonly api: Api;
  /** How the body is cut into the frames that the lane is given. */
  readonly framing: Framing;
  readonly endpoint: AdapterEndpoint;
  /** The request's JSON body. */
  readonly request: unknown;
  readonly options: AdapterOptions;
  /** The message id of this invocation, `message-<uuid4>`; the same for every reading of one trace, so that readings are equal. */
  readonly messageId: string;
  /** The date that messages carry, as ISO 8601. A lane has no clock of its own. */
  readonly now: () => string;
  /** Written into the provider trace; without one no provider trace is made. */
  readonly stepId?: string;
}

/**
 * A lane takes what the framer gives, in order, and returns what it emits for it. It never throws: a fault of the
 * stream is a message, a fault of the lane itself ends the lane with an error message while the others go on.
 */
export interface Lane {
  readonly id: LaneId;
  /** What is emitted before anything was read. Called once, first. */
  begin(): readonly Emission[];
  take(framed: Framed): readonly Emission[];
  /** The body is over. Called once, last; nothing is emitted twice. */
  end(): readonly Emission[];
  outcome(): LaneOutcome;
}

/** A lane as an entry of the registry: what it is called, what it can read, and how it is made. */
export interface LaneDefinition {
  /** Lower case letters, digits and hyphens: it stands in files, on the command line and in the store. */
  readonly id: LaneId;
  /** Its name on the screen. */
  readonly label: string;
  /** One sentence: whose reading it is. */
  readonly description: string;
  readonly supports: (api: Api) => boolean;
  /** A fresh lane over one stream. Never throws: a request that the lane refuses is an outcome. */
  readonly create: (setup: LaneSetup) => Lane;
  /** The adapter options that change what it emits; a table of options varies no others. */
  readonly options: readonly (keyof AdapterOptions)[];
  /** Where its outcome holds reasoning and text; absent for a lane whose runs cannot be kept as vectors. */
  readonly contentField?: 'reasoning_content' | 'content';
  /** Where it is meant to say something else than the wire; absent: nowhere. */
  readonly expects?: LaneExpectations;
}

/**
 * What a lane makes of the wire on purpose, under its options. A comparison expects this of it, so that a change that was
 * asked for is no finding.
 */
export interface LaneExpectations {
  /** Text outside of tool calls is emitted as reasoning, without tags that end thinking. */
  readonly textAsReasoning?: (setup: Pick<LaneSetup, 'api' | 'options'>) => boolean;
  /** The value under this key of any tool's arguments is emitted as reasoning; the arguments are whole with or without it. */
  readonly reasoningArgument?: string;
  /** The one tool whose arguments are emitted as answer text, the value under `argument`, instead of as a call; null: none. */
  readonly answerTool?: (
    setup: Pick<LaneSetup, 'api' | 'options'>,
  ) => { readonly tool: string; readonly argument: string } | null;
}
