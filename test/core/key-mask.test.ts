/** The key of a request in the answer to it: out of it however the answer is cut, at the same length, and nothing else changed. */
import fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { KeyMask } from '../../src/main/core/capture/key-mask.ts';

const KEY = 'sk-proj-0123456789-sk-proj-abcdef';
const GONE = '<redacted>'.padEnd(KEY.length, '*');

function masked(key: string, pieces: readonly string[]): string[] {
  const mask = KeyMask.for([key])!;
  return pieces.map((piece) => Buffer.from(mask.masked(Buffer.from(piece))).toString());
}

test.each([
  ['whole', [`a ${KEY} b`], `a ${GONE} b`],
  ['twice in a read', [`${KEY}${KEY}`], GONE + GONE],
  ['cut in two', [`a ${KEY.slice(0, 20)}`, `${KEY.slice(20)} b`], `a ${GONE} b`],
  ['byte by byte after its half', [`a ${KEY.slice(0, 16)}`, ...KEY.slice(16), ' b'], `a ${GONE} b`],
  ['half, then other text', [`a ${KEY.slice(0, 20)}`, ' b'], `a ${GONE.slice(0, 20)} b`],
])('is taken out when it comes %s', (_how, pieces, kept) => {
  expect(masked(KEY, pieces).join('')).toBe(kept);
});

test('is told from what only begins like it', () => {
  expect(masked(KEY, ['sk-proj-', 'none of ours'])).toEqual(['sk-proj-', 'none of ours']);
  expect(masked('short-ke', ['my short-ke.'])).toEqual(['my ********.']);
  expect(KeyMask.for(['none', 'test', '12345', 'abc1'])).toBeUndefined();
  expect(KeyMask.for([undefined])).toBeUndefined();
});

test('leaves the bytes of a read without it as they are, and those of one with it in their place', () => {
  const mask = KeyMask.for([KEY])!;
  const without = Buffer.from('data: {}\n\n');
  const within = Buffer.from(KEY);
  expect(mask.masked(without)).toBe(without);
  expect(mask.masked(within)).not.toBe(within);
  expect(within.toString()).toBe(KEY);
});

test('leaves no more than a short start of it, and all else, however the answer is cut', () => {
  const parts = fc.array(fc.constantFrom(KEY, KEY.slice(0, 9), 'é', ' ', 'sk-proj-', 'data: '), { maxLength: 12 });
  fc.assert(
    fc.property(parts, fc.array(fc.nat(60), { maxLength: 30 }), (texts, cuts) => {
      const body = Buffer.from(texts.join(''));
      const mask = KeyMask.for([KEY])!;
      const out: Uint8Array[] = [];
      let at = 0;
      for (const length of [...cuts, body.length]) {
        out.push(mask.masked(body.subarray(at, at + length)));
        at += length;
      }
      const kept = Buffer.concat(out);
      const without = Buffer.from(body.toString().replaceAll(KEY, GONE));
      expect(kept.length).toBe(body.length);
      expect([...kept].every((byte, i) => byte === without[i] || byte === body[i])).toBe(true);
      expect([kept.includes(KEY.slice(0, 16)), kept.includes(KEY.slice(16))]).toEqual([false, false]);
    }),
  );
});

describe('R17 a key is found', () => {
  /** A character as JSON, an address, JSON in JSON, a program and a page may write it. */
  const code = (char: string): number => char.charCodeAt(0);
  const spellings: readonly ((char: string) => string)[] = [
    (char) => (char === '"' || char === '\\' ? `\\${char}` : char),
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    (char) => `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
    (char) => `\\\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
    (char) => `%25${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    (char) => `\\x${code(char).toString(16)}`,
    (char) => `&#${code(char)};`,
    (char) => `&#x${code(char).toString(16)};`,
    (char) => `&#X${code(char).toString(16).toUpperCase()};`,
    (char) => (char === '/' ? '\\/' : char === '"' ? '\\\\\\"' : char === '\\' ? '\\\\\\\\' : char),
  ];
  const key = fc
    .string({ unit: fc.constantFrom(...'aZ09-_./+="\\%~&#;'), minLength: 8, maxLength: 60 })
    .filter((text) => new Set(text).size > 4 && !text.includes('\\\\'));

  function bodyOf(pieces: readonly Uint8Array[], keys: readonly string[]): string {
    const mask = KeyMask.for(keys)!;
    return Buffer.concat(pieces.map((piece) => mask.masked(piece))).toString();
  }

  test('with any of its characters escaped, cut anywhere, and all else is as it came', () => {
    fc.assert(
      fc.property(
        key,
        fc.array(fc.nat(spellings.length - 1), { minLength: 60, maxLength: 60 }),
        fc.array(fc.nat(40), { maxLength: 12 }),
        (own, how, cuts) => {
          const chars = [...own].map((char, i) => spellings[how[i]!]!(char));
          const spelled = chars.join('');
          const [before, after] = ['data: {"message":"not good: <', '>", "code":401}\n\n'];
          const body = Buffer.from(before + spelled + after);
          const pieces: Buffer[] = [];
          let at = 0;
          for (const length of [...cuts, body.length]) pieces.push(body.subarray(at, (at += length)));
          const kept = bodyOf(pieces, [own]);
          expect(kept.length).toBe(body.length);
          expect(kept.startsWith(before)).toBe(true);
          expect(kept.endsWith(after)).toBe(true);
          // Of a key that came in pieces, its beginning was told before the rest was there; and an escape that is cut leaves its digits.
          const ends = new Set(chars.map((_char, i) => before.length + chars.slice(0, i + 1).join('').length));
          const within = pieces.filter(({ byteOffset, length }) => {
            const end = byteOffset - body.byteOffset + length;
            return end > before.length && end < before.length + spelled.length && !ends.has(end);
          }).length;
          const left = [...decodedText(kept.slice(before.length, -after.length))].filter(
            (char) => !/[<>a-z*\\]/.test(char),
          );
          const most = cuts.length === 0 ? 0 : Math.min(16, Math.ceil(own.length / 2)) + cuts.length + 5 * within;
          expect(left.length).toBeLessThanOrEqual(most);
        },
      ),
      { numRuns: 1000 },
    );
  });

  const delta = (text: string): string =>
    `data: {"id":"c-1","object":"chunk","choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}}}]}\n\n`;

  test.each([
    ['in halves', [KEY.slice(0, 17), KEY.slice(17)]],
    ['in tokens', ['The key is sk', '-proj', '-0', '1234', '5678', '9-', 'sk-', 'proj-abc', 'def.']],
    ['character by character', [...KEY]],
    ['with an empty delta between', [KEY.slice(0, 10), '', KEY.slice(10)]],
    ['in arguments, which are JSON in JSON', [`{"token": "${KEY.slice(0, 12)}`, `${KEY.slice(12)}"}`]],
  ])('over the deltas of a block: %s', (_how, texts) => {
    const joined = (body: string): string =>
      body
        .split('\n\n')
        .slice(0, -1)
        .map(
          (event) =>
            (JSON.parse(event.slice(6)) as { choices: [{ delta: { content: string } }] }).choices[0].delta.content,
        )
        .join('');
    const body = texts.map(delta).join('');
    expect(joined(body)).toContain(KEY);
    const inOneRead = joined(bodyOf([Buffer.from(body)], [KEY]));
    expect(inOneRead).toBe(texts.join('').replace(KEY, GONE));
    const readByRead = joined(
      bodyOf(
        texts.map((text) => Buffer.from(delta(text))),
        [KEY],
      ),
    );
    expect(readByRead).not.toContain(KEY.slice(0, 17));
    expect(readByRead).not.toContain(KEY.slice(16));
  });

  test('over the deltas of one block among those of others', () => {
    const texts = [KEY.slice(0, 18), 'other words', 'more of them', KEY.slice(18)];
    const kept = bodyOf(
      texts.map((text) => Buffer.from(delta(text))),
      [KEY],
    );
    for (const piece of [KEY.slice(0, 17), KEY.slice(18)]) expect(kept).not.toContain(piece);
    for (const words of ['other words', 'more of them']) expect(kept).toContain(words);
  });

  test.each([
    ['Go', 'aGVsbG8&#43;d29ybGQ/c2VjcmV0=='],
    ['OWASP', 'aGVsbG8+d29ybGQ&#x2F;c2VjcmV0&#x3D;&#x3D;'],
  ])('in a page that is written by the rules of %s', (_whose, written) => {
    const kept = bodyOf([Buffer.from(`<p>Bad key ${written}</p>`)], ['aGVsbG8+d29ybGQ/c2VjcmV0==']);
    expect(kept).toBe(`<p>Bad key ${'<redacted>'.padEnd(written.length, '*')}</p>`);
  });

  test.each(['hex', 'HEX'])('L2 in %s, cut anywhere, and no other digits with it', (how) => {
    const hex = (text: string): string => {
      const digits = Buffer.from(text).toString('hex');
      return how === 'HEX' ? digits.toUpperCase() : digits;
    };
    const whole = `key 0x${hex(KEY)}, digest ${hex('sk-project')}`;
    expect(bodyOf([Buffer.from(whole)], [KEY])).toBe(whole.replace(hex(KEY), '<redacted>'.padEnd(2 * KEY.length, '*')));
    for (let cut = 1; cut < whole.length; cut++) {
      const kept = bodyOf([Buffer.from(whole.slice(0, cut)), Buffer.from(whole.slice(cut))], [KEY]);
      expect(kept).not.toContain(hex(KEY).slice(0, 17));
      expect(kept).not.toContain(hex(KEY).slice(16));
    }
  });

  test.each(['', 'u', 'us', 'user'])('in the base64 of Basic, behind the user “%s”', (user) => {
    const credentials = Buffer.from(`${user}:${KEY}`).toString('base64');
    const kept = bodyOf([Buffer.from(`you sent Basic ${credentials}.`)], [KEY]);
    const left = Buffer.from(/Basic ([\w+/]*)/.exec(kept)?.[1] ?? '', 'base64').toString('latin1');
    expect(kept).not.toContain(credentials.slice(8, -8));
    expect(left).not.toContain(KEY.slice(0, 4));
    // The key of a request that sent them so is its password.
    expect(bodyOf([Buffer.from(`your password is ${KEY}.`)], [credentials])).toBe(`your password is ${GONE}.`);
  });

  test('when it is short and no word', () => {
    expect(bodyOf([Buffer.from('Invalid key sk-1234.')], ['sk-1234'])).toBe('Invalid key *******.');
  });
});

test('costs no more than the body is long, whatever is in it', () => {
  const mask = KeyMask.for([KEY, 'aaaaaaaaaaaaaaaa', '\\\\key-with-backslashes'])!;
  for (const piece of ['\\', '%25', '"s"', 'a', '"sk-proj-0123', '\\u0073', '&', '&#115;', '&#000']) {
    const body = Buffer.from(piece.repeat(20_000));
    expect(mask.masked(body).length).toBe(body.length);
  }
});

/** As a reader of JSON and of addresses has it at last. */
function decodedText(text: string): string {
  let now = text;
  for (let level = 0; level < 3; level++)
    now = now
      .replaceAll(/\\+u([0-9a-f]{4})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replaceAll(/(?:%|\\x)([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replaceAll(/&#(\d+);/g, (_all, decimal: string) => String.fromCharCode(Number(decimal)))
      .replaceAll(/&#x([0-9a-f]+);/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return now;
}
