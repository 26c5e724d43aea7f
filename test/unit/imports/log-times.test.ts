/** Times that logs write before lines and in records are those of the reads, and of nothing else. */
import { expect, describe, it } from 'vitest';
import fc from '../../support/properties.ts';
import { clockOf, timeIn } from '../../../src/main/core/imports/log-times.ts';
import { linesOfPieces } from '../../../src/main/core/imports/log-lines.ts';
import { recognize, type RecognizedStream } from '../../../src/main/core/imports/recognize.ts';

const START = Date.UTC(2026, 10, 1, 23, 59, 59, 900);
const STEP_MS = 40;
const EVENTS = ['Hé', 'llo', '!'].map((content) =>
  JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta: { content } }] }),
);
const LINES = [...EVENTS.map((event) => `data: ${event}`), 'data: [DONE]'].flatMap((line) => [line, '']);
const STREAM = `${LINES.join('\n')}\n`;

const only = (text: string): RecognizedStream => {
  const { streams } = recognize('x', Buffer.from(text));
  expect(streams).toHaveLength(1);
  return streams[0]!;
};
const bodyOf = ({ reads }: RecognizedStream): string => Buffer.concat(reads.map(({ bytes }) => bytes)).toString();
/** An event and its blank line were written at one moment. */
const momentOf = (n: number): Date => new Date(START + (n >> 1) * STEP_MS);
const iso = (n: number): string => momentOf(n).toISOString();
const ns = (n: number): string => `${momentOf(n).getTime()}000000`;
const TIMES = [0, 40e6, 80e6, 120e6];

describe('each line has the time before it', () => {
  it.each<[string, (line: string, n: number) => string, boolean]>([
    ['ISO', (line, n) => `${iso(n)} ${line}`, true],
    ['ISO of nanoseconds, of Kubernetes', (line, n) => `${iso(n).replace('Z', '123456Z')} stdout F ${line}`, true],
    ['an offset', (line, n) => `${iso(n).replace('Z', '+00:00')} INFO ${line}`, true],
    [
      'a comma, without a zone',
      (line, n) => `${iso(n).replace('T', ' ').replace('.', ',').replace('Z', '')} INFO ${line}`,
      false,
    ],
    [
      'slashes, as Go logs',
      (line, n) => `${iso(n).replace('T', ' ').replace(/-/g, '/').replace('Z', '000')} ${line}`,
      false,
    ],
    ['a time of day, over midnight', (line, n) => `[${iso(n).slice(11, 23)}] ${line}`, false],
    ['syslog', (line, n) => `Nov ${iso(n).slice(8, 10)} ${iso(n).slice(11, 23)} host app[4]: ${line}`, false],
    ['seconds since 1970', (line, n) => `${(momentOf(n).getTime() / 1000).toFixed(3)} ${line}`, true],
    ['milliseconds since 1970', (line, n) => `${momentOf(n).getTime()}\t${line}`, true],
    ['a time before printed bytes', (line, n) => `${iso(n)} DEBUG b'${line.replace(/\\/g, '\\\\')}'`, true],
    ['a time and a JSON string', (line, n) => `time=${iso(n)} line=${JSON.stringify(line)}`, true],
  ])('%s', (_what, wrap, absolute) => {
    const stream = only(LINES.map(wrap).join('\n'));
    expect([stream.timed, stream.startUnknown]).toEqual([true, true]);
    expect(stream.reads.map(({ tNs }) => tNs)).toEqual(TIMES);
    expect(stream.startedAt).toBe(absolute ? START : undefined);
    expect(bodyOf(stream).replace('\\u00e9', 'é').trimEnd()).toBe(STREAM.trimEnd());
    expect(stream.repaired.join(' ')).toContain('When the request was sent is not in it');
  });
});

describe('each record has its time', () => {
  const records = (record: (line: string, n: number) => unknown): readonly unknown[] => LINES.map(record);
  const lines = (list: readonly unknown[]): string => list.map((one) => JSON.stringify(one)).join('\n');
  it.each<[string, string]>([
    ['Docker', lines(records((line, n) => ({ log: `${line}\n`, stream: 'stdout', time: iso(n) })))],
    ['the journal', lines(records((line, n) => ({ MESSAGE: line, __REALTIME_TIMESTAMP: ns(n).slice(0, 16) })))],
    ['pino', lines(records((line, n) => ({ level: 30, time: momentOf(n).getTime(), msg: line })))],
    [
      'CloudWatch',
      JSON.stringify({ events: records((message, n) => ({ timestamp: momentOf(n).getTime(), message })) }),
    ],
    ['Loki', JSON.stringify({ data: { result: [{ stream: {}, values: records((line, n) => [ns(n), line]) }] } })],
    [
      'Loki, newest first',
      JSON.stringify({
        data: {
          result: [
            { stream: {}, values: LINES.map((line, n) => [String(BigInt(ns(n)) + BigInt(n)), line]).toReversed() },
          ],
        },
      }).replaceAll(/00000\d"/g, '000000"'),
    ],
    [
      'Elasticsearch',
      JSON.stringify({ hits: { hits: records((message, n) => ({ _source: { '@timestamp': iso(n), message } })) } }),
    ],
    ['a time that lies deeper', lines(records((line, n) => ({ record: { time: { at: iso(n) } }, text: line })))],
    [
      'bytes of Node',
      lines(records((line, n) => ({ t: momentOf(n).getTime(), chunk: Buffer.from(`${line}\n`).toJSON() }))),
    ],
  ])('%s', (_what, text) => {
    const stream = only(text);
    expect(stream.timed).toBe(true);
    expect(stream.reads.map(({ tNs }) => tNs)).toEqual(TIMES);
    expect(stream.startedAt).toBe(START);
    expect(bodyOf(stream).trimEnd()).toBe(STREAM.trimEnd());
  });

  it.each<[string, (event: unknown, n: number) => string]>([
    ['records around events', (event, n) => JSON.stringify({ time: iso(n * 2), level: 'info', chunk: event })],
    ['records around events as text', (event, n) => JSON.stringify({ ts: iso(n * 2), raw: JSON.stringify(event) })],
    ['words before JSON', (event, n) => `${iso(n * 2)} INFO chunk ${JSON.stringify(event)}`],
    ['milliseconds since the start', (event, n) => JSON.stringify({ elapsed_ms: n * STEP_MS, event })],
  ])('%s', (_what, wrap) => {
    const stream = only(EVENTS.map((event, n) => wrap(JSON.parse(event), n)).join('\n'));
    expect(stream.reads.map(({ tNs }) => tNs)).toEqual(TIMES.slice(0, 3));
    expect([stream.timed, stream.events]).toEqual([true, 3]);
  });

  it('and not the time at which a provider made the answer', () => {
    const stream = only(
      EVENTS.map((event, n) =>
        JSON.stringify({ chunk: { ...(JSON.parse(event) as object), created: 1_700_000_000 + n } }),
      ).join('\n'),
    );
    expect(stream.timed).toBe(false);
  });
});

describe('times that tell nothing are none', () => {
  it.each<[string, (line: string, n: number) => string]>([
    ['one second for all', (line) => `10:00:00 ${line}`],
    ['numbers of lines', (line, n) => `${n} ${line}`],
    ['what passed since the line before', (line, n) => `00:00:0${n % 3} ${line}`],
    ['ports', (line, n) => `127.0.0.1:${50_000 + n} ${line}`],
  ])('%s', (_what, wrap) => {
    const stream = only(LINES.map(wrap).join('\n'));
    expect([stream.timed, stream.reads.map(({ tNs }) => tNs)]).toEqual([false, [0]]);
  });
});

it('reads what a clock wrote, to the nanosecond, and never falls', () => {
  const date = fc.date({
    min: new Date('2001-10-01T00:00:00Z'),
    max: new Date('2099-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(date, fc.nat({ max: 999_999 })), { minLength: 2, maxLength: 20 }), (moments) => {
      const all = moments
        .map(([moment, rest]) => BigInt(moment.getTime()) * 1_000_000n + BigInt(rest))
        .toSorted((a, b) => (a < b ? -1 : 1));
      const written = all.map((time) =>
        timeIn(
          `${new Date(Number(time / 1_000_000n)).toISOString().slice(0, 19)}.${String(time % 1_000_000_000n).padStart(9, '0')}Z x`,
        ),
      );
      expect(written.map((time) => time?.ns)).toEqual(all);
      const clock = clockOf(written);
      for (const [at, tNs] of (clock?.tNs ?? []).entries()) expect(tNs).toBeGreaterThanOrEqual(clock!.tNs[at - 1] ?? 0);
    }),
  );
});

it('gives each line the time of the piece in which it begins', () => {
  const times = ['2026-11-01T10:00:00Z', '2026-11-01T10:00:01Z', '2026-11-01T10:00:02Z'].map(timeIn);
  const piece = (text: string, n: number) => ({ text, time: times[n]! });
  expect(linesOfPieces([piece('a\nb', 0), piece('c\r\n', 1), piece('\r\nd', 2)], '')).toEqual([
    { text: 'a', time: times[0] },
    { text: 'bc', time: times[0] },
    { text: '', time: times[2] },
    { text: 'd', time: times[2] },
  ]);
});
