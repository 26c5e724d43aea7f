/** Reading JSON of unknown shape: a field that is absent or of another type reads as null, never as an exception. */
import { parsedJson } from '../text/json-text.ts';

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
 * Whether a value parsed from `text` nests deeper than MAX_NESTING. Each level takes two characters, so that short
 * events, which are nearly all, are never walked.
 */
export function nestsTooDeep(value: unknown, text: string): boolean {
  if (text.length <= 2 * MAX_NESTING) return false;
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_NESTING) return true;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const child of Array.isArray(item) ? item : Object.values(item)) {
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return false;
}

/** `text` as JSON; undefined when it is none, or nests too deep to travel as a value. */
export function parseJson(text: string): unknown {
  try {
    const value = parsedJson(text);
    return nestsTooDeep(value, text) ? undefined : value;
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
