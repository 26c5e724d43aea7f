/** JSON as Python holds it: integers are bigint and exact, floats are number, objects keep the order of the text. */
export type PyKey = string | bigint | number | boolean | null;
export type PyValue = null | boolean | bigint | number | string | PyValue[] | PyDict;
export type PyDict = Map<PyKey, PyValue>;

export const isDict = (value: unknown): value is PyDict => value instanceof Map;

/** `dict[key] = value`: a repeated key keeps its first place. */
export function setItem(dict: PyDict, key: PyKey, value: PyValue): void {
  dict.set(heldKey(dict, key) ?? key, value);
}

/** The key of the dict that equals this one, undefined when it has none: 1, 1.0 and True are one key, as in Python. */
export function heldKey(dict: PyDict, key: PyKey): PyKey | undefined {
  if (dict.has(key)) return key;
  if (typeof key === 'string' || key === null) return undefined;
  // Only a broken document has such keys, and few of them.
  const number = typeof key === 'boolean' ? Number(key) : key;
  return [...dict.keys()].find((held) => typeof held !== 'string' && held !== null && looselyEqual(held, number));
}

/** JavaScript's == between a bigint and a number is exact, as Python's between int and float is. */
function looselyEqual(a: bigint | number | boolean, b: bigint | number): boolean {
  // oxlint-disable-next-line eqeqeq
  return (typeof a === 'boolean' ? Number(a) : a) == b;
}

/** Parsed JSON of this side as Python would hold it. What already is Python's (a Map) is taken as it is. */
export function toPython(value: unknown): PyValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toPython);
  if (value instanceof Map) return value as PyDict;
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([key, item]) => [key, toPython(item)]));
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint' ? value : null;
}

/** The other way: integers become numbers, which rounds those beyond 2^53. */
export function toPlain(value: PyValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(toPlain);
  return isDict(value) ? Object.fromEntries([...value].map(([key, item]) => [String(key), toPlain(item)])) : value;
}
