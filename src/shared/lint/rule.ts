/** What a rule of the protocol lint is. Adding one is an entry in the list of its provider, or of any-api.ts. */
import { objectOf, stringOf, type JsonObject } from '../json/json-object.ts';
import type { FramingFaults } from '../framing/faults.ts';
import type { BlockId, WireMessage, WireOutcome } from '../model/messages.ts';
import type { Api, Frame, FramingNote } from '../model/stream.ts';
import type { Ending } from '../model/trace.ts';

/** `strict` judges by the provider's own documentation; `lenient` lets pass what compatible servers commonly do without harm. */
export const LINT_PROFILES = ['strict', 'lenient'] as const;
export type LintProfile = (typeof LINT_PROFILES)[number];
/** The worst first. */
export const LINT_SEVERITIES = ['error', 'warning', 'info'] as const;
export type LintSeverity = (typeof LINT_SEVERITIES)[number];

/** Sorts the worst first. */
export const bySeverity = (a: Pick<LintRemark, 'severity'>, b: Pick<LintRemark, 'severity'>): number =>
  LINT_SEVERITIES.indexOf(a.severity) - LINT_SEVERITIES.indexOf(b.severity);

export interface LintRemark {
  readonly rule: string;
  readonly severity: LintSeverity;
  /** Where it shows first; null for the stream as a whole. */
  readonly event: number | null;
  readonly bytes: readonly [start: number, end: number] | null;
  /** How many times it shows. */
  readonly count: number;
  /** The fact with its numbers. */
  readonly fact: string;
  /** The same, what clients make of it, and the next step. */
  readonly sentence: string;
}

/** One frame that carries data, its JSON object where it is one, and its type by the data, else by the name. */
export interface LintEvent {
  readonly frame: Frame;
  readonly data: JsonObject | null;
  readonly type: string;
}

/**
 * Reports at an event, by its frame or its index, at bytes between events, or at the stream as a whole with null. Of what
 * has the same `subject`, the first is told and the others are counted: a server that breaks a rule breaks it with every
 * event. The fact is one sentence. `told`: how often it shows, where the fact says so itself.
 */
export type Report = (at: Frame | ByteRange | number | null, fact: string, subject?: string, told?: number) => void;

/** Bytes of the body, end exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A tool that the request offers. */
export interface Offered {
  readonly name: string;
  /** Arguments that its schema requires. */
  readonly required: readonly string[];
}

/** What a rule may know beside the stream. */
export interface LintContext {
  /** What ends a stream of this API, for sentences. */
  readonly terminator: string;
  /** What is wrong with the framing; an event that has such a fault needs no other word for it. */
  readonly faults: FramingFaults;
  /** How the stream ended; null where that is not known. */
  readonly ending: Ending | null;
  /** Undefined where the request is not known. */
  readonly offered: readonly Offered[] | undefined;
}

/** The stream as a whole, once it is over. */
export interface LintStream {
  readonly outcome: WireOutcome;
  /** An event is the data that ends streams of OpenAI, see isDone. */
  readonly hasDone: boolean;
  /** All events are. */
  readonly isOnlyDone: boolean;
  /** The last event; null where there is none. */
  readonly last: LintEvent | null;
  /** One frame, by its number. */
  readonly frameAt: (event: number) => Frame | undefined;
  /** The event that brought a character of a block's text, by its offset in UTF-16 code units. */
  readonly eventAt: (block: BlockId, offset: number) => number | null;
}

/** The state of one rule over one stream. */
export interface LintCheck {
  event?(event: LintEvent, report: Report): void;
  /**
   * `event` looks at the structure of events and not at their text: of those that repeat the one before but for their text
   * (see alike.ts) the second tells it all. It counts nothing, keeps no event that is not the first of its kind, and what
   * it remembers depends on events alone. Once it was silent on the second, it is shown no more of them.
   */
  readonly settled?: true;
  /** The types of messages that it looks at; absent: all of them. Most messages are pieces of text, which few rules look at. */
  readonly hears?: readonly WireMessage['message_type'][];
  /** What the wire lane read, after the event that said it; null before the first. */
  message?(message: WireMessage, event: number | null, report: Report): void;
  /** Bytes that are in no frame. Events and notes come in the order of the bytes. */
  note?(note: FramingNote, report: Report): void;
  end?(stream: LintStream, report: Report): void;
}

/** A body of an API. For a framing that is no text: a message a line, its name, a space and its payload. */
export interface LintExample {
  /** Absent: the API that is offered first, in which the examples of general rules are written. */
  readonly api?: Api;
  readonly body: string;
  /** What text does not show: its bytes are Latin-1, or one bit of its first message is changed. */
  readonly bytes?: 'latin-1' | 'damaged';
  /** What the request offers, where the rule depends on it. */
  readonly offered?: readonly Offered[];
}

export interface LintRule {
  readonly id: string;
  readonly strict: LintSeverity;
  /** null: the lenient profile says nothing of it. */
  readonly lenient: LintSeverity | null;
  /** What it is about and why it matters, for the page of help. */
  readonly help: string;
  /** What clients make of it, then the next step: follows each fact. Absent where the facts themselves say it. */
  readonly advice?: string;
  /** A body that breaks the rule, and the nearest one that does not. */
  readonly example: LintExample;
  readonly counterexample: LintExample;
  /** Other rules that the example breaks as well, because one thing follows from the other. */
  readonly comesWith?: readonly string[];
  /** Whether it looks at what comes after [DONE], which nobody reads. */
  readonly pastEnd?: true;
  /** A fresh check for one stream. */
  readonly check: (context: LintContext) => LintCheck;
}

/** An example and its counterexample, where those of one rule differ from API to API. */
export type Examples = Pick<LintRule, 'example' | 'counterexample'> & Partial<Pick<LintRule, 'comesWith'>>;

export function lintEvent(frame: Frame): LintEvent {
  const data = frame.payload.ok ? objectOf(frame.payload.value) : null;
  return { frame, data, type: stringOf(data?.['type']) ?? frame.name };
}

/** The data that ends a stream of OpenAI and of those that follow it. */
export const isDone = (data: string): boolean => data === '[DONE]';

/** The type of a JSON value, with its article. */
export const kindOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'string'
        ? 'a text'
        : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
