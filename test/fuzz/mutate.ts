/** Bytes that are nearly what they were. */
import type { Random } from '../../src/main/core/providers/sample/random.ts';

/** What the formats are made of, so that what is put in may mean something. */
const PIECES = [
  ...'{}[]()"\'\\:,;|<>-~'.split(''),
  '\n',
  '\r\n',
  '\n\n',
  '\r',
  '\0',
  '\x1b[0m',
  '\ufeff',
  '\u2028',
  '😀',
  'data: ',
  'event: ',
  'data: [DONE]\n\n',
  ': ping\n\n',
  'null',
  '-1',
  '1e400',
  '99999999999',
  '"__proto__":',
  '"choices":[{"delta":{"content":"x"}}]',
  '{"type":"ping"}',
  'HTTP/1.1 200 OK\r\n\r\n',
  "b'",
  '\\x',
  '\\u00',
  '5\r\n',
  '12:',
  '- ',
  '&a *a',
];

/** `seeds`: what parts may be taken from. */
export function mutated(seed: Uint8Array, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const bent = random.chance(0.4) ? bentJson(seed, random) : null;
  if (bent !== null) return bent;
  let bytes = Buffer.from(seed);
  const changes = random.pick([0, 1, 1, 2, 4, 16]);
  for (let change = 0; change < changes; change++) bytes = Buffer.from(changed(bytes, seeds, random));
  return new Uint8Array(bytes);
}

const ODD: readonly unknown[] = [
  null,
  0,
  -1,
  1e300,
  true,
  '',
  'data: x',
  '\0',
  'x'.repeat(2000),
  [],
  {},
  [[]],
  [null],
  { a: {} },
];

/** A JSON document, or the lines of one, with some values of another kind; null where it is none. A file stays readable so. */
function bentJson(seed: Uint8Array, random: Random): Uint8Array | null {
  const text = Buffer.from(seed).toString();
  const parse = (part: string): unknown => JSON.parse(part) as unknown;
  const bend = (value: unknown): unknown => {
    if (random.chance(0.02)) return random.pick(ODD);
    if (Array.isArray(value)) return value.map(bend);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, field]) => (random.chance(0.01) ? [] : [[name, bend(field)]])),
    );
  };
  try {
    const parts = /^\s*[[{]/.test(text)
      ? isWhole(text)
        ? [text]
        : text.split('\n').filter((line) => line !== '')
      : [];
    if (parts.length === 0) return null;
    return new Uint8Array(Buffer.from(parts.map((part) => JSON.stringify(bend(parse(part)))).join('\n')));
  } catch {
    return null;
  }
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function changed(bytes: Buffer, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.below(random.pick([4, 40, 2000])));
  const [before, within, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (random.below(7)) {
    case 0:
      return Buffer.concat([before, within.map((byte) => byte ^ (1 << random.below(8))), after]);
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, within, within, after]);
    case 3:
      return before;
    case 4: {
      const other = Buffer.from(random.pick(seeds));
      const from = random.below(other.length + 1);
      return Buffer.concat([before, other.subarray(from, from + random.below(400)), after]);
    }
    case 5:
      return Buffer.concat([
        before,
        Buffer.from(random.pick(PIECES).repeat(random.pick([1, 1, 2, 300]))),
        within,
        after,
      ]);
    default:
      return Buffer.concat([before, Buffer.from(random.pick(PIECES)), after]);
  }
}

/** Reads of the bytes, of sizes that the random numbers give. */
export function randomSizes(random: Random): readonly number[] {
  return Array.from({ length: 1 + random.below(8) }, () => 1 + random.below(random.pick([2, 20, 500])));
}
