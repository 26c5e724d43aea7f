import { describe, expect, test, vi } from 'vitest';
import { bytesInUse } from '../../support/memory.ts';
import { MAX_EVENT_BYTES } from '../../../src/shared/framing/framer.ts';
import { SseFramer } from '../../../src/shared/framing/sse.ts';
import type { Framed } from '../../../src/shared/model/stream.ts';
import { bytesOf, frameAll, readsOf, withoutReads } from '../../support/framing.ts';

interface Row {
  readonly id: string;
  readonly says: string;
  readonly body: string | Uint8Array;
  /** What the standard dispatches. */
  readonly events: readonly (string | { name?: string; data: string; id?: string; retries?: readonly string[] })[];
  /** The other items, by type. */
  readonly remarks?: readonly string[];
}

const bytes = (...parts: (string | number)[]): Uint8Array =>
  new Uint8Array(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...bytesOf(part)])));

const ROWS: readonly Row[] = [
  {
    id: 'A1',
    says: 'LF, CRLF, CR and all three mixed end lines',
    body: 'data: a\n\ndata: b\r\n\r\ndata: c\r\rdata: d\r\n\ndata: e\n\r\n',
    events: ['a', 'b', 'c', 'd', 'e'],
  },
  { id: 'A2', says: 'CR and LF in two reads are one line end', body: 'data: a\r\ndata: b\r\n\r\n', events: ['a\nb'] },
  { id: 'A3', says: 'a byte order mark at the start is dropped', body: '\uFEFFdata: a\n\n', events: ['a'] },
  {
    id: 'A4',
    says: 'a second mark, or a later one, is part of the field name',
    body: '\uFEFF\uFEFFdata: a\ndata: b\n\n\uFEFFdata: c\n\n',
    events: ['b'],
    remarks: ['ignored', 'ignored'],
  },
  {
    id: 'A5',
    says: 'at most one space is removed',
    body: 'data:x\n\ndata: x\n\ndata:  x\n\n',
    events: ['x', 'x', ' x'],
  },
  { id: 'A6', says: 'data lines are joined with LF', body: 'data: a\ndata: b\ndata:\n\n', events: ['a\nb\n'] },
  {
    id: 'A7',
    says: 'data without a colon or a value is an event with empty data',
    body: 'data\n\ndata:\n\ndata:\ndata\n\n',
    events: ['', '', '\n'],
  },
  {
    id: 'A8',
    says: 'a name without data is no event by the standard, but a frame',
    body: 'event: ping\n\ndata: a\n\n',
    events: ['a'],
  },
  {
    id: 'A9',
    says: 'the name is reset after each event',
    body: 'event:\ndata: a\n\nevent: n\ndata: b\n\ndata: c\n\n',
    events: ['a', { name: 'n', data: 'b' }, 'c'],
  },
  {
    id: 'A10',
    says: 'comments give no event',
    body: `:\n: ping\n: OPENROUTER PROCESSING\n:${'x'.repeat(2048)}\n\ndata: a\n\n`,
    events: ['a'],
    remarks: ['comment', 'comment', 'comment', 'comment'],
  },
  {
    id: 'A11',
    says: 'id and retry are kept, an id with NUL is not',
    body: 'id: 7\nretry: 100\ndata: a\n\nid: a\0b\nretry: 2000x\nretry: 5\ndata: b\n\nid\nretry:\ndata: c\n\n',
    events: [
      { data: 'a', id: '7', retries: ['100'] },
      { data: 'b', retries: ['2000x', '5'] },
      { data: 'c', id: '', retries: [''] },
    ],
  },
  {
    id: 'A12',
    says: 'unknown fields and odd lines are ignored',
    body: 'foo: 1\nbar\n data: x\ndata: a\n\n',
    events: ['a'],
    remarks: ['ignored', 'ignored', 'ignored'],
  },
  {
    id: 'A13',
    says: 'an event without its blank line is not dispatched',
    body: 'data: a\n\ndata: b\n',
    events: ['a'],
    remarks: ['unfinished'],
  },
  {
    id: 'A14',
    says: 'nor one that ends in a line or a code point',
    body: bytes('data: a\n\ndata: ', 0xf0, 0x9f),
    events: ['a'],
    remarks: ['bad-utf8', 'unfinished'],
  },
  { id: 'A15', says: 'characters of all lengths survive any cut', body: 'data: äé€😀𝄞\n\n', events: ['äé€😀𝄞'] },
  {
    id: 'A16',
    says: 'bad UTF-8 is told, and reads as U+FFFD',
    body: bytes('data: a', 0x80, '\n\ndata: ', 0xc0, 0xaf, '\n\ndata: ', 0xed, 0xa0, 0x80, '\n\ndata: \uFFFD\n\n'),
    events: ['a\uFFFD', '\uFFFD\uFFFD', '\uFFFD\uFFFD\uFFFD', '\uFFFD'],
    remarks: ['bad-utf8', 'bad-utf8', 'bad-utf8'],
  },
  {
    id: 'A17',
    says: 'control characters in data are kept',
    body: 'data: a\0b\u0001\u007f\n\n',
    events: ['a\0b\u0001\u007f'],
  },
  {
    id: 'A22',
    says: 'ten events in one read are those of one in ten',
    body: 'data: x\n\n'.repeat(10),
    events: Array.from({ length: 10 }, () => 'x'),
  },
  {
    id: 'A24',
    says: 'what follows the terminator is framed, too',
    body: 'data: [DONE]\n\ndata: b\n\n',
    events: ['[DONE]', 'b'],
  },
  {
    id: 'A25',
    says: 'JSON lines are no events',
    body: '{"a":1}\n{"b":2}\n\n',
    events: [],
    remarks: ['ignored', 'ignored'],
  },
];

const standard = (framed: readonly Framed[]): unknown[] =>
  framed.flatMap((item) =>
    item.type === 'frame' && item.frame.dispatches
      ? [{ name: item.frame.name, data: item.frame.data, id: item.frame.sse!.id, retries: item.frame.sse!.retries }]
      : [],
  );

describe('group A', () => {
  test.each(ROWS)('$id: $says, at every read size and every single cut', ({ body, events, remarks = [] }) => {
    const input = typeof body === 'string' ? bytesOf(body) : body;
    const whole = frameAll(readsOf(input));
    expect(standard(whole)).toEqual(
      events.map((event) => ({
        name: '',
        id: undefined,
        retries: undefined,
        ...(typeof event === 'string' ? { data: event } : event),
      })),
    );
    expect(whole.filter((item) => item.type !== 'frame').map((item) => item.type)).toEqual(remarks);
    const expected = withoutReads(whole);
    for (let size = 1; size <= Math.min(input.length, 40); size++)
      expect(withoutReads(frameAll(readsOf(input, [size])))).toEqual(expected);
    for (let cut = 1; cut < input.length; cut++)
      expect(withoutReads(frameAll(readsOf(input, [cut, input.length])))).toEqual(expected);
  });

  test('A2: a CR at the end of a read does not hold the event back', () => {
    const [read] = readsOf(bytesOf('data: a\r\r'));
    expect(standard(new SseFramer().feed(read!))).toHaveLength(1);
  });

  test.each([
    ['event: ping\n\n', ['ping']],
    ['event:\n\nid:\n\nretry: x\n\n', ['', '', '']],
    // Once an ID was given, a blank line alone may be an event for some client; without one it never is.
    ['id: 7\n\n\nid:\n\n\n', ['', '', '']],
    ['foo: 1\n\n: ping\n\n\n', []],
  ])('A8: what is no event by the standard, but has a field of it, is a frame: %j', (body, names) => {
    const frames = frameAll(readsOf(bytesOf(body))).flatMap((item) => (item.type === 'frame' ? [item.frame] : []));
    expect(frames.map(({ name, dispatches }) => ({ name, dispatches }))).toEqual(
      names.map((name) => ({ name, dispatches: false })),
    );
  });

  test.each([
    ['A18: an event of 16 MB in 1 KB reads is one frame', `data: "${'x'.repeat(16 * 1024 * 1024)}"\n\n`, 'frame'],
    ['A20: a line of 16 MB that never ends is one that is cut', 'x'.repeat(16 * 1024 * 1024), 'unfinished'],
  ])('%s, and each byte is copied a fixed number of times', (_name, body, type) => {
    const input = bytesOf(body);
    const reads = readsOf(input, [1024]);
    const set = vi.spyOn(Uint8Array.prototype, 'set');
    const framed = frameAll(reads);
    const copied = set.mock.calls.reduce((sum, [bytes]) => sum + bytes.length, 0);
    set.mockRestore();
    expect(framed.map((item) => item.type)).toEqual([type]);
    expect(framed[0]!.type === 'frame' ? framed[0]!.frame.end : (framed[0] as { end: number }).end).toBe(input.length);
    // What is held is copied once as it comes, and less than twice as its room doubles.
    expect(copied).toBeGreaterThan(0.9 * input.length);
    expect(copied).toBeLessThan(3 * input.length);
  });

  test('A18: of an event of 16 MB no more than three times its length is held, nor of what it is given as', async () => {
    const length = 16 * 1024 ** 2;
    const before = await bytesInUse();
    const framer = new SseFramer();
    const feed = (n: number, bytes: Uint8Array): readonly Framed[] =>
      framer.feed({ n, tNs: n, offset: n * 1024, bytes });
    for (let n = 0; n < length / 1024; n++) feed(n, bytesOf(n === 0 ? 'data: '.padEnd(1024, 'x') : 'x'.repeat(1024)));
    expect((await bytesInUse()) - before).toBeLessThan(3 * length);
    const framed = feed(length / 1024, bytesOf('\n\n'));
    expect((await bytesInUse()) - before).toBeLessThan(3 * length);
    expect(framed).toMatchObject([{ type: 'frame', frame: { end: length + 2 } }]);
  });

  test.each([
    ['A19: an event over the limit', (n: number) => (n === 0 ? 'data: ' : `data: ${'x'.repeat(1017)}\n`.repeat(64))],
    ['A20: a line without an end over the limit', () => 'x'.repeat(65_536)],
  ])(
    '%s of 64 MB ends the framing, once, wherever it is cut, and each byte is copied a fixed number of times',
    (_name, chunk) => {
      const set = vi.spyOn(Uint8Array.prototype, 'set');
      const framer = new SseFramer();
      const items: Framed[] = [...framer.feed({ n: 0, tNs: 0, offset: 0, bytes: bytesOf('data: a\n\n') })];
      for (let n = 0, offset = 9; offset < MAX_EVENT_BYTES + 1_000_000; n++) {
        const part = bytesOf(chunk(n));
        items.push(...framer.feed({ n: n + 1, tNs: 0, offset, bytes: part }));
        offset += part.length;
      }
      items.push(...framer.end());
      const copied = set.mock.calls.reduce((sum, [bytes]) => sum + bytes.length, 0);
      set.mockRestore();
      expect(copied).toBeLessThan(3 * MAX_EVENT_BYTES);
      expect(items.map((item) => item.type)).toEqual(['frame', 'limit']);
      expect(items[1]).toMatchObject({ start: 9, end: 9 + MAX_EVENT_BYTES });
    },
  );

  test('A12 A21: of lines without a colon each unit is looked at a fixed number of times', () => {
    const bytes = bytesOf('lorem ipsum\n'.repeat(10_000));
    const indexOf = vi.spyOn(String.prototype, 'indexOf');
    const ignored = frameAll(readsOf(bytes));
    const searched = indexOf.mock.calls.reduce((sum, [, from = 0], at) => {
      const found = indexOf.mock.results[at]!.value as number;
      return sum + (found < 0 ? (indexOf.mock.contexts[at] as string).length : found) - from;
    }, 0);
    indexOf.mockRestore();
    expect(ignored.filter(({ type }) => type === 'ignored')).toHaveLength(10_000);
    expect(searched).toBeLessThan(4 * bytes.length);
  });

  test('A21: blank lines alone are no event, whatever the reads', () => {
    expect(frameAll(readsOf(bytesOf('\n'.repeat(100_000))))).toEqual([]);
    expect(frameAll(readsOf(bytesOf('\n'.repeat(100_000)), [1]))).toEqual([]);
  });

  test('A21: a million reads of one byte give the events of one read', () => {
    const input = bytesOf(`data: ${'x'.repeat(91)}\n\n\n`.repeat(10_000));
    expect(input).toHaveLength(1_000_000);
    const framer = new SseFramer();
    let frames = 0;
    for (let n = 0; n < input.length; n++) {
      for (const item of framer.feed({ n, tNs: n, offset: n, bytes: input.subarray(n, n + 1) })) {
        expect(item).toMatchObject({
          type: 'frame',
          frame: { index: frames, end: frames * 100 + 99, read: frames * 100 + 98 },
        });
        frames++;
      }
    }
    expect([frames, framer.end()]).toEqual([10_000, []]);
  });

  test.each([
    ['a lone continuation', [0x80], '\uFFFD'],
    ['an overlong form', [0xc0, 0xaf], '\uFFFD\uFFFD'],
    ['a byte that is never one', [0xff], '\uFFFD'],
    ['half of a surrogate pair, as CESU-8 has it', [0xed, 0xa0, 0x80], '\uFFFD\uFFFD\uFFFD'],
    ['UTF-16', [0xff, 0xfe, 0x41, 0x00], '\uFFFD\uFFFDA\0'],
    ['a character that another line goes on with', [0xe2, 0x82], '\uFFFD'],
  ])('A16: %s is told with the place of its line, at every cut', (_name, bad, text) => {
    const input = bytes('data: a\n\ndata: b', ...bad, 'c\ndata: d\n\n');
    const place = { start: 9, end: 9 + 7 + bad.length + 1 };
    for (let cut = 1; cut <= input.length; cut++) {
      const framed = frameAll(readsOf(input, [cut, input.length]));
      expect(standard(framed)).toMatchObject([{ data: 'a' }, { data: `b${text}c\nd` }]);
      expect(framed.filter(({ type }) => type === 'bad-utf8')).toMatchObject([place]);
    }
  });

  test('A22: frames name the read that completed them', () => {
    const reads = readsOf(bytesOf('data: x\n\ndata: y\n\n'), [4]);
    const frames = frameAll(reads).flatMap((item) => (item.type === 'frame' ? [item.frame] : []));
    expect(frames.map(({ read, tNs, end }) => ({ read, tNs, end }))).toEqual([
      { read: 2, tNs: 2_000, end: 9 },
      { read: 4, tNs: 4_000, end: 18 },
    ]);
  });

  test.each(['[DONE]', '[DONE] ', ' [DONE]', '"[DONE]"', '[done]'])(
    'A23: %j is data like any other for the framing',
    (data) => {
      expect(standard(frameAll(readsOf(bytesOf(`data:${data.startsWith(' ') ? ' ' : ''}${data}\n\n`))))).toMatchObject([
        { data },
      ]);
    },
  );
});
