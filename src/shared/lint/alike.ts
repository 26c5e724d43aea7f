/** Which events repeat the one before them but for their text, as nearly all of a long answer do. */
import type { JsonObject } from '../json/json-object.ts';
import type { LintEvent } from './rule.ts';

/**
 * Fields whose words no rule on structure looks at, if they have any. The padding of OpenAI and the time of each line of Ollama have
 * no words, and are two of them.
 */
const TEXTS: ReadonlySet<string> = new Set([
  'content',
  'created_at',
  'delta',
  'obfuscation',
  'partial_json',
  'reasoning',
  'reasoning_content',
  'text',
  'thinking',
]);
/** Counts the events themselves. */
const COUNTER = 'sequence_number';

/** Whether two events have the same name, fields and values but for the words in fields of text and the number of the event. */
export function areAlike(a: LintEvent, b: LintEvent): boolean {
  return (
    a.data !== null &&
    b.data !== null &&
    a.type === b.type &&
    a.frame.name === b.frame.name &&
    a.frame.dispatches === b.frame.dispatches &&
    (a.frame.sse === undefined) === (b.frame.sse === undefined) &&
    sameFields(a.data, b.data)
  );
}

function sameFields(a: JsonObject, b: JsonObject): boolean {
  let fields = 0;
  for (const name in a) {
    if (!sameValue(name, a[name], b[name])) return false;
    fields++;
  }
  for (const _ in b) fields--;
  return fields === 0;
}

function sameValue(name: string, a: unknown, b: unknown): boolean {
  if (a === b) return a !== undefined;
  if (typeof a === 'string' && typeof b === 'string') return a !== '' && b !== '' && TEXTS.has(name);
  if (typeof a === 'number' && typeof b === 'number')
    return name === COUNTER && Number.isFinite(a) && Number.isFinite(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (!Array.isArray(a)) return !Array.isArray(b) && sameFields(a as JsonObject, b as JsonObject);
  return (
    Array.isArray(b) &&
    a.length === b.length &&
    a.every((entry, at) => sameValue('', entry, (b as readonly unknown[])[at]))
  );
}
