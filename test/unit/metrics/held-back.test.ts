/** C11: a note where the encoding of a body held its events back. */
import { expect, test } from 'vitest';
import { Recording } from '../../../src/main/core/decoding/recording.ts';
import { newTrace } from '../../../src/main/core/recording/new-trace.ts';
import { DEFAULT_OPTIONS, type Ending } from '../../../src/shared/model/trace.ts';
import { bytesOf } from '../../support/framing.ts';
import { chatBody, chunk } from '../../support/wire.ts';

const SECOND = 1e9;
const words = Array.from({ length: 40 }, (_, n) => chatBody(chunk({ content: `word ${n} ` })));
const last = chatBody(chunk({}, {}, { finish_reason: 'stop' }), '[DONE]');

interface Came {
  readonly atNs: number;
  readonly text: string;
}

function ended(came: readonly Came[], headers: Readonly<Record<string, string>>, timed = true): Ending {
  const recording = new Recording({
    trace: newTrace({
      title: 'A trace',
      source: 'capture',
      api: 'chat_completions',
      model: 'm',
      timed,
      endpoint: { type: 'openai', provider_name: 'openai', model: 'm' },
      options: DEFAULT_OPTIONS,
      lanes: ['wire'],
      request: {},
    }),
  });
  recording.begin();
  recording.head({ status: 200, statusText: 'OK', headers: Object.entries(headers) }, SECOND);
  let offset = 0;
  for (const [n, { atNs, text }] of came.entries()) {
    const bytes = bytesOf(text);
    recording.read({ n, offset, bytes, tNs: atNs });
    offset += bytes.length;
  }
  recording.end({ how: 'end' }, came.at(-1)!.atNs);
  return recording.result!.ending;
}

const GZIP = { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' };
const atOnce: readonly Came[] = [{ atNs: 13 * SECOND, text: words.join('') + last }];
const oneByOne: readonly Came[] = [...words, last].map((text, n) => ({ atNs: (2 + n) * SECOND, text }));
const fast: readonly Came[] = [0, 10, 20, 30].map((from) => ({
  atNs: 2 * SECOND + from * 1e6,
  text: words.slice(from, from + 10).join('') + (from === 30 ? last : ''),
}));
const inFour: readonly Came[] = fast.map(({ text }, n) => ({ atNs: (3 + 2 * n) * SECOND, text }));

test('C11 a body that is flushed once, at its end, is said to be buffered by compression', () => {
  expect(ended(atOnce, GZIP)).toMatchObject({
    state: 'complete',
    rule: expect.stringMatching(
      /42 of its 42 events came at once, after up to 12 seconds of silence: .*buffered by compression \(gzip\)/,
    ),
  });
});
test('C11 so is one that is flushed now and then', () => {
  expect(ended(inFour, GZIP).rule).toMatch(/came in 4 bursts, after up to 2 seconds of silence/);
});
test('C11 so is one that does not end as it should', () => {
  expect(
    ended(
      atOnce.map((one) => ({ ...one, text: words.join('') })),
      GZIP,
    ),
  ).toMatchObject({
    state: 'truncated',
    rule: expect.stringMatching(/buffered by compression/),
  });
});
test.each([
  ['each event as it is made', oneByOne, GZIP, true],
  ['a fast stream, some events at a time', fast, GZIP, true],
  ['at once, without an encoding', atOnce, { 'content-type': 'text/event-stream' }, true],
  ['at once, with the encoding that is none', atOnce, { ...GZIP, 'content-encoding': 'identity' }, true],
  ['a file, which has no times', atOnce, GZIP, false],
])('C11 nothing is said of %s', (_what, came, headers, timed) => {
  expect(ended(came, headers, timed).rule).not.toMatch(/compression/);
});
