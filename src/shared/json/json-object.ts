/** Reading JSON of unknown shape: a field that is absent or of another type reads as null, never as an exception. */
import { levelsOf, parsedJson, textBelow } from '../text/json-text.ts';

/**
 * Levels of nesting in one event. Parsing goes deeper without harm, but what a lane emits travels to the window, where
 * structuredClone fails at about 1,640 levels and JSON.stringify at about 4,450.
 */
export const MAX_NESTING = 256;

export type JsonObject = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function objectOf(value: unknown): JsonObject | null {
  return isObject(value) ? value : null;
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects of a list; what is none is left out. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  const list = arrayOf(value);
  // Nearly every list is made of objects, and is asked for with each event.
  return list.every(isObject) ? list : list.filter(isObject);
}

export function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/**
 * Whether JSON nests deeper than MAX_NESTING within its outermost value. Each level takes two characters, so that short
 * events, which are nearly all, need no look.
 */
export const nestsTooDeep = (text: string): boolean =>
  text.length > 2 * MAX_NESTING && levelsOf(text) > MAX_NESTING + 1;

/** JSON that nests too deep, as a value that does not: what lies deeper is its text. Throws SyntaxError for what is no JSON otherwise. */
export const flatJson = (text: string): unknown => parsedJson(textBelow(text, MAX_NESTING + 1));

/** `text` as JSON; undefined when it is none, or nests too deep to travel as a value. */
export function parseJson(text: string): unknown {
  try {
    return nestsTooDeep(text) ? undefined : parsedJson(text);
  } catch {
    return undefined;
  }
}

/** Whether `text` is JSON, and none that nests too deep to be parsed. */
export function isJson(text: string): boolean {
  try {
    parsedJson(text);
    return true;
  } catch {
    return false;
  }
}
