/**
 * What crosses from one process to the other: it is cloned as Electron clones it, and then must be plain JSON, since it goes
 * on through the browser's debugging protocol. Anything else that can be cloned is refused loudly, not bent.
 */
export function cloned(value: unknown): unknown {
  const copy: unknown = structuredClone(value);
  if (!isJson(copy)) throw new Error('The double carries text and plain JSON only.');
  return copy;
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return (
    typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson)
  );
}
