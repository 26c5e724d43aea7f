/** What the original would have raised. The lane catches it and ends: the lane itself never throws. */
export class AdapterError extends Error {}

export function fail(message: string): never {
  throw new AdapterError(message);
}

/** A JSON object's fields; a field that is missing reads as null. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The fields of what must be there: reaching into anything else is an error. */
export function need(value: unknown, what: string): Fields {
  return fieldsOf(value) ?? fail(`${what} is ${value === null || value === undefined ? 'missing' : 'not an object'}.`);
}

export function text(value: unknown, what: string): string {
  return typeof value === 'string'
    ? value
    : fail(`${what} is ${value === null || value === undefined ? 'missing' : 'not text'}.`);
}

export function textOrNull(value: unknown, what: string): string | null {
  return value === null || value === undefined ? null : text(value, what);
}

/** Python's truth: false for null, false, 0, and what is empty. */
export function truthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && Boolean(value || Number.isNaN(value));
}

/** A token count that is added up; true counts as 1, as in Python. */
export function count(value: unknown, what: string): number {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number'
    ? value
    : fail(`${what} is ${value === null || value === undefined ? 'missing' : 'not a number'}.`);
}
