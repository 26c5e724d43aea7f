/** What a rule of the protocol lint is. Adding one is an entry in the list of its provider, or of any-api.ts. */
import { objectOf, stringOf, type JsonObject } from '../json/json-object.ts';
import type { FramingFaults } from '../framing/faults.ts';
import type { WireOutcome } from '../model/messages.ts';
import type { Frame, FramingNote } from '../model/stream.ts';
import type { Ending } from '../model/trace.ts';

/** `strict` judges by the provider's own documentation; `lenient` lets pass what compatible servers commonly do without harm. */
export const LINT_PROFILES = ['strict', 'lenient'] as const;
export type LintProfile = (typeof LINT_PROFILES)[number];
export type LintSeverity = LintRemark['severity'];

export interface LintRemark {
  readonly rule: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly event: number | null;
  readonly bytes: readonly [start: number, end: number] | null;
  readonly sentence: string;
}

/** One frame that carries data, its JSON object where it is one, and its type by the data, else by the name. */
export interface LintEvent {
  readonly frame: Frame;
  readonly data: JsonObject | null;
  readonly type: string;
}

/** Reports at an event, by its frame or its index, at bytes between events, or at the stream as a whole with null. */
export type Report = (at: Frame | ByteRange | number | null, sentence: string) => void;

/** Bytes of the body, end exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What a rule may know beside the stream. */
export interface LintContext {
  /** What is wrong with the framing; an event that has such a fault needs no other word for it. */
  readonly faults: FramingFaults;
  /** How the stream ended; null where that is not known. */
  readonly ending: Ending | null;
  /** Names of the tools that the request offers; undefined where the request is not known. */
  readonly offered: readonly string[] | undefined;
}

/** The state of one rule over one stream. */
export interface LintCheck {
  event?(event: LintEvent, report: Report): void;
  /** Bytes that are in no frame. Events and notes come in the order of the bytes. */
  note?(note: FramingNote, report: Report): void;
  end?(outcome: WireOutcome, report: Report): void;
}

export interface LintRule {
  readonly id: string;
  readonly strict: LintSeverity;
  /** null: the lenient profile says nothing of it. */
  readonly lenient: LintSeverity | null;
  /** What it is about and why it matters, for the help page. */
  readonly help: string;
  /** A body that breaks the rule, and the nearest one that does not. */
  readonly example?: string;
  readonly counterexample?: string;
  /** A fresh check for one stream. */
  readonly check: (context: LintContext) => LintCheck;
}

export function lintEvent(frame: Frame): LintEvent {
  const data = frame.payload.ok ? objectOf(frame.payload.value) : null;
  return { frame, data, type: stringOf(data?.['type']) ?? frame.name };
}

/** The data that ends a stream of OpenAI and of those that follow it. */
export const isDone = (data: string): boolean => data === '[DONE]';
