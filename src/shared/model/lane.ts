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
export interface Lane<Id extends LaneId = LaneId> {
  readonly id: Id;
  /** What is emitted before anything was read. Called once, first. */
  begin(): readonly Emission<Id>[];
  take(framed: Framed): readonly Emission<Id>[];
  /** The body is over. Called once, last; nothing is emitted twice. */
  end(): readonly Emission<Id>[];
  outcome(): Extract<LaneOutcome, { readonly lane: Id }>;
}
