/** How the rules of Chat Completions read a chunk: its choices, and the fragments of calls in them. */
import { numberOf, objectOf, objectsOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import type { LintCheck, LintEvent, Report } from '../../../lint/rule.ts';
import { drifts } from '../one-index.ts';

let lastData: JsonObject | null = null;
let lastChoices: readonly JsonObject[] = [];
let lastPlain = true;

/** Remembers those of the last event: most rules ask for them, one after another. */
export function choicesOf(data: JsonObject | null): readonly JsonObject[] {
  if (data === lastData) return lastChoices;
  lastData = data;
  lastChoices = objectsOf(data?.['choices']);
  lastPlain = true;
  for (const choice of lastChoices) lastPlain &&= isPlainChoice(choice);
  return lastChoices;
}

/** Whether a choice has nothing but a piece of text, as nearly all have. */
function isPlainChoice(choice: JsonObject): boolean {
  for (const name in choice)
    if (name !== 'index' && name !== 'delta' && name !== 'finish_reason' && name !== 'logprobs') return false;
  const delta = objectOf(choice['delta']);
  for (const name in delta) if (name !== 'content' && name !== 'role') return false;
  return true;
}

/** Whether the choices of an event have nothing but text. */
export function isPlainText(data: JsonObject): boolean {
  choicesOf(data);
  return lastPlain;
}

/** A check that has nothing to look for in choices of text alone. */
export const unlessPlain = (check: LintCheck): LintCheck => ({
  ...check,
  event(event, report) {
    choicesOf(event.data);
    if (!lastPlain) check.event?.(event, report);
  },
});

/** A check that looks at each choice of each chunk. */
export function eachChoice(look: LookAtChoice): LintCheck {
  return {
    event(event, report) {
      for (const choice of choicesOf(event.data)) look(choice, numberOf(choice['index']) ?? 0, event, report);
    },
  };
}

type LookAtChoice = (choice: JsonObject, index: number, event: LintEvent, report: Report) => void;

/** One that looks at the structure of each choice, not at its text. */
export const settled = (look: LookAtChoice): LintCheck => ({ settled: true, ...eachChoice(look) });
let lastChoice: JsonObject | null = null;
let lastCalls: readonly JsonObject[] = [];

/** Remembered likewise. */
export function callsIn(choice: JsonObject): readonly JsonObject[] {
  if (choice !== lastChoice) [lastChoice, lastCalls] = [choice, objectsOf(objectOf(choice['delta'])?.['tool_calls'])];
  return lastCalls;
}

let lastCall: JsonObject | null = null;
let lastKey = '';

/** Of a call by its choice and index. */
export function keyOf(call: JsonObject, choice: number): string {
  if (call !== lastCall) [lastCall, lastKey] = [call, `${choice}/${String(call['index'] ?? call['id'] ?? 'none')}`];
  return lastKey;
}

/** A check that looks at each fragment of a tool call. `key` names its choice and index; `place`: in the list of its delta. */
export function eachToolCall(
  look: (call: JsonObject, key: string, event: LintEvent, report: Report, place: number) => void,
): LintCheck {
  return unlessPlain(
    eachChoice((choice, index, event, report) => {
      // Without an index a fragment belongs to its id; the rule on missing indexes says so.
      for (const [place, call] of callsIn(choice).entries()) look(call, keyOf(call, index), event, report, place);
    }),
  );
}

/** Whether a value counts from 0. */
const isPlace = (index: unknown): boolean => typeof index === 'number' && Number.isInteger(index) && index >= 0;

/** What is wrong with the index of a thing, which is called `of` with its article, as a sentence; null where it counts from 0. */
export function indexFault(of: string, index: unknown): string | null {
  if (isPlace(index)) return null;
  if (index === undefined || index === null) return `${of.charAt(0).toUpperCase()}${of.slice(1)} has no index.`;
  return `The index of ${of} is ${JSON.stringify(index)}, which is no ${typeof index === 'number' ? 'place in a list' : 'number'}.`;
}

export const functionOf = (call: JsonObject): JsonObject | null => objectOf(call['function'] ?? call['custom']);
export const argumentsOf = (call: JsonObject): string => stringOf(functionOf(call)?.['arguments']) ?? '';
export const nameIn = (call: JsonObject): string | null => stringOf(functionOf(call)?.['name']);

/** The call that an index means, as far as it has come. */
export interface IndexedCall {
  id: string | null;
  name: string | null;
  text: string;
}

/** The fragments of one stream that go on with a call although their index is a new one. */
export class Drifting {
  readonly #seen = new Set<string>();
  /** The last call that began, of any choice. */
  #last: (IndexedCall & { readonly index: unknown; readonly choice: number }) | null = null;

  /** The call that a fragment goes on with at an index of its own; null for every other. Takes each fragment once. */
  take(call: JsonObject, choice: number): { readonly name: string; readonly index: unknown } | null {
    const last = this.#last?.choice === choice ? this.#last : null;
    const { index } = call;
    const text = argumentsOf(call);
    if (last !== null && last.index === index) {
      last.text += text;
      return null;
    }
    const key = `${choice}/${String(index)}`;
    const begins = isPlace(index) && !this.#seen.has(key);
    this.#seen.add(key);
    const fragment = { id: stringOf(call['id']) || null, name: nameIn(call) || null, text };
    const goesOn = begins && last !== null && drifts(last, fragment);
    if (begins && !goesOn) this.#last = { ...fragment, index, choice };
    else if (last) last.text += text;
    return goesOn ? { name: last.name!, index: last.index } : null;
  }
}

/** Plain reasoning text, by server; the wire lane reads the same. */
export const REASONING_FIELDS = ['reasoning_content', 'reasoning', 'reasoning_text'] as const;

/** A check that looks at events, but not at those in which the provider reported an error. */
export function ofAnswer(look: (event: LintEvent, report: Report) => void): LintCheck {
  let held: LintEvent | null = null;
  let failed = -1;
  const take = (report: Report): void => {
    if (held && held.frame.index !== failed) look(held, report);
    held = null;
  };
  return {
    event(event, report) {
      take(report);
      if (!event.data?.['error']) held = event;
    },
    hears: ['error'],
    message(said, event) {
      if (said.message_type === 'error' && event !== null) failed = event;
    },
    end: (_stream, report) => take(report),
  };
}

/** Whether a choice has results of Azure's asynchronous content filter in the place of a delta. */
export const isFilterResult = (choice: JsonObject): boolean =>
  Object.keys(choice).some((field) => field.startsWith('content_filter'));
