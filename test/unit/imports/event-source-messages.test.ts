/** Events with times in HTTP archives of other tools, beside a body or without one. */
import fc from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { recognize, type RecognizedStream } from '../../../src/main/core/imports/recognize.ts';
import { sampleBody } from '../../support/sample-bytes.ts';

const STARTED = Date.parse('2026-11-01T10:00:00.000Z');
const chunk = (content: string): string =>
  JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta: { content } }] });

interface Message {
  readonly time: unknown;
  readonly eventName?: unknown;
  readonly eventId?: unknown;
  readonly data: unknown;
}

function imported(text: string | undefined, messages: readonly Message[], startedDateTime?: string): RecognizedStream {
  const entry = {
    startedDateTime: startedDateTime ?? new Date(STARTED).toISOString(),
    request: { method: 'POST', url: 'https://a.example/v1/chat/completions', headers: [] },
    response: { status: 200, statusText: 'OK', headers: [], content: { mimeType: 'text/event-stream', text } },
    _eventSourceMessages: messages,
  };
  const { streams } = recognize('a.har', Buffer.from(JSON.stringify({ log: { version: '1.2', entries: [entry] } })));
  expect(streams).toHaveLength(1);
  return streams[0]!;
}

const at = (ms: number): number => (STARTED + ms) / 1e3;
const textOf = ({ reads }: RecognizedStream): string => Buffer.concat(reads.map(({ bytes }) => bytes)).toString();

describe('beside a body', () => {
  const body = `: hello\n\ndata: ${chunk('a')}\n\n: ping\n\ndata: ${chunk('b')}\n\ndata: [DONE]\n\n`;
  const messages = [chunk('a'), chunk('b'), '[DONE]'].map((data, n) => ({ time: at(100 * (n + 1)), data }));

  it('give it their times, and change no byte', () => {
    const stream = imported(body, messages);
    expect([stream.timed, stream.repaired, textOf(stream)]).toEqual([true, [], body]);
    const ms = stream.reads.map(({ tNs }) => Math.round(tNs / 1e6));
    expect(ms).toEqual([100, 200, 300]);
  });

  it.each([
    ['of other events', messages.map((message) => ({ ...message, data: 'x' }))],
    ['of fewer events', messages.slice(1)],
    ['out of order', messages.toReversed().map(({ time }, n) => ({ ...messages[n]!, time }))],
    ['before the request', messages.map((message) => ({ ...message, time: 1 }))],
    ['that are no numbers', messages.map((message) => ({ ...message, time: 'soon' }))],
    ['beyond all numbers', messages.map((message) => ({ ...message, time: 1e300 }))],
  ])('those %s are no times: the order alone is known', (_what, wrong) => {
    const stream = imported(body, wrong);
    expect([stream.timed, textOf(stream)]).toEqual([false, body]);
  });

  it('without the time of the request there are no times', () => {
    expect(imported(body, messages, 'yesterday').timed).toBe(false);
  });
});

describe('without a body', () => {
  it.each(['', undefined])('the stream is written anew, which is said (content %j)', (text) => {
    const stream = imported(text, [
      { time: at(50), eventName: 'message', eventId: '7', data: chunk('a') },
      { time: at(90), data: '[DONE]' },
    ]);
    expect(stream.timed).toBe(true);
    expect(stream.repaired[0]).toContain('written anew');
    expect(textOf(stream)).toBe(`id: 7\ndata: ${chunk('a')}\n\ndata: [DONE]\n\n`);
  });

  it('the events of any stream come back by name, id and data', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(fc.array(fc.record({ eventName: text, data: text }), { minLength: 1, maxLength: 8 }), (made) => {
        const messages = [
          ...made.map((one, n) => ({ ...one, time: at(n) })),
          { time: at(made.length), eventName: '', data: chunk('x') },
        ];
        const again = imported(undefined, messages);
        // Reading what was written gives the same events: their times fit.
        const second = imported(
          textOf(again),
          messages.map(({ data, ...rest }) => ({ ...rest, data: data.replaceAll(/\r\n?/g, '\n') })),
        );
        expect([again.timed, second.timed, textOf(second)]).toEqual([true, true, textOf(again)]);
      }),
    );
  });
});

it('what is no list of events is passed over', () => {
  const { bytes } = sampleBody('messages', 'plain-text');
  const text = Buffer.from(bytes).toString();
  for (const wrong of [null, 7, {}, [], [null], [{ time: 1 }]])
    expect(textOf(imported(text, wrong as unknown as readonly Message[]))).toBe(text);
});
