/**
 * Token counts in places where no API has them: in a choice, in a delta, in a field or an event of a gateway's own, under the
 * names of another API. They are told from other numbers by their names.
 */
import { numberOf, objectOf, type JsonObject } from '../json/json-object.ts';
import { costIn, counts, figures, type Counts, type Figures } from './usage.ts';

/** Names of counts, in lower case and without what joins their words. */
const NAMES: ReadonlyMap<string, keyof Counts> = new Map([
  ...(['prompttokens', 'inputtokens', 'prompttokencount', 'inputtokencount', 'promptevalcount'] as const).map(
    (name) => [name, 'input'] as const,
  ),
  ...(
    [
      'completiontokens',
      'outputtokens',
      'completiontokencount',
      'outputtokencount',
      'candidatestokencount',
      'generatedtokens',
      'evalcount',
    ] as const
  ).map((name) => [name, 'output'] as const),
  ...(['totaltokens', 'totaltokencount'] as const).map((name) => [name, 'total'] as const),
  ...(['cachedtokens', 'cachereadinputtokens', 'cachereadinputtokencount', 'cachedcontenttokencount'] as const).map(
    (name) => [name, 'cachedInput'] as const,
  ),
  ...(['cachecreationinputtokens', 'cachewriteinputtokens', 'cachewriteinputtokencount'] as const).map(
    (name) => [name, 'cacheWrite'] as const,
  ),
  ...(['reasoningtokens', 'thoughtstokencount'] as const).map((name) => [name, 'reasoning'] as const),
]);
/** The last name of a path to an object that is a usage by its name. */
const USAGE_NAME = /usage\w*$/i;
/** Levels of objects that are looked through for counts. */
const MAX_DEPTH = 3;

/** Which count a field of this name holds. */
export const countOf = (name: string): keyof Counts | undefined =>
  NAMES.get(name.replaceAll(/[_-]/g, '').toLowerCase());

const SIDES: ReadonlySet<keyof Counts | undefined> = new Set(['input', 'output']);
/** The names under which an object has counts, in its order; none where neither input nor output is among them. */
export function countNames(value: unknown): readonly string[] {
  const object = objectOf(value) ?? {};
  const names = Object.keys(object).filter((name) => countOf(name) !== undefined && numberOf(object[name]) !== null);
  return names.some((name) => SIDES.has(countOf(name))) ? names : [];
}

export interface FoundUsage {
  /** Where it stands within what was searched: its path, with `path` before it. */
  readonly path: string;
  readonly counts: Counts & Figures;
  readonly raw: unknown;
}

/** The first object with counts in a value, itself included; null when there is none. */
export function usageIn(path: string, value: unknown): FoundUsage | null {
  return search(path, value, 0);
}

function search(path: string, value: unknown, depth: number): FoundUsage | null {
  if (Array.isArray(value)) return value.length === 1 ? search(`${path}[]`, value[0], depth) : null;
  const object = objectOf(value);
  if (!object || depth > MAX_DEPTH) return null;
  const found = countsOf(object, USAGE_NAME.test(path) ? 1 : 2);
  if (found) return { path, counts: { ...found, ...figures({ cost: costIn(object) }) }, raw: value };
  for (const name in object) {
    const inner = search(`${path}.${name}`, object[name], depth + 1);
    if (inner) return inner;
  }
  return null;
}

/** The counts of an object that has at least so many; in one that is not called so, the output or the total is among them. */
function countsOf(object: JsonObject, least: 1 | 2): Counts | null {
  const said: Partial<Record<keyof Counts, number>> = {};
  for (const name in object) {
    const count = countOf(name);
    const number = count === undefined ? null : numberOf(object[name]);
    if (number !== null) said[count!] ??= number;
  }
  const { input, cachedInput, cacheWrite, output, reasoning, total } = said;
  if (Object.keys(said).length < least || (least > 1 && output === undefined && total === undefined)) return null;
  return counts({ input, cachedInput, cacheWrite, output, reasoning, total });
}
