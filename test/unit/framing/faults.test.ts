/** Faults of the framing: each by its name, the same for any cut of the bytes, and none where nothing is wrong. */
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { exampleApi } from '../../../src/shared/compare/lint.ts';
import type { FramingFaults } from '../../../src/shared/framing/faults.ts';
import { FRAMING_RULES } from '../../../src/shared/lint/framing-rules.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import { faultFinderOf } from '../../../src/shared/providers/faults-of.ts';
import { framerOf } from '../../../src/shared/providers/framer-of.ts';
import { providerOf } from '../../../src/shared/providers/registry.ts';
import { corpusFiles } from '../../support/corpus.ts';
import { bytesOf, readsOf } from '../../support/framing.ts';
import { exampleBytes } from '../../support/lint-example.ts';
import { sampleBody } from '../../support/sample-bytes.ts';
import { chatBody, chunk } from '../../support/wire.ts';

function faultsIn(
  body: string | Uint8Array,
  api: Api = 'chat_completions',
  sizes: readonly number[] = [],
): FramingFaults {
  const bytes = typeof body === 'string' ? bytesOf(body) : body;
  const framer = framerOf(api, providerOf(api).framing);
  const finder = faultFinderOf(api);
  for (const read of readsOf(bytes, sizes)) for (const one of framer.feed(read)) finder.take(one);
  for (const one of framer.end()) finder.take(one);
  return finder.end();
}

const idsIn = (body: string | Uint8Array, api?: Api): readonly string[] => faultsIn(body, api).all.map(({ id }) => id);

test.each(FRAMING_RULES.map((one) => [one.id, one] as const))(
  '%s, and nothing else',
  (id, { example, counterexample }) => {
    expect(idsIn(exampleBytes(example), exampleApi(example))).toEqual([id]);
    expect(idsIn(exampleBytes(counterexample), exampleApi(counterexample))).toEqual([]);
  },
);

test('faults that only other framings have, or other bytes than text', () => {
  const answer = chatBody(chunk({ content: 'Hi' }), '[DONE]');
  const latin = Uint8Array.from([...bytesOf('data: {"a":"'), 0xe4, ...bytesOf(`"}\n\n${answer}`)]);
  expect(faultsIn(latin).all).toMatchObject([{ id: 'not-utf8', start: 0, end: 15 }]);
  expect(faultsIn(`${answer}${answer}`, 'ollama_chat').all).toMatchObject([
    { id: 'other-framing', event: 0, count: 4, sentence: expect.stringContaining('Event 0 is a line of server-sent') },
  ]);
  const { bytes } = sampleBody('bedrock', 'plain-text');
  expect(idsIn(bytes, 'bedrock')).toEqual([]);
  expect(idsIn(bytes.with(200, bytes[200]! ^ 1), 'bedrock')).toEqual(['message-damaged']);
});

/** Streams that were recorded for a fault. */
const RECORDED = {
  'openai-compatible-chat_completions-anthropic-fallback-tool-call.sse': ['terminator-open'],
  'openai-responses-parallel-tool-call-wrapper.1.sse': ['event-cut'],
};

test.each(corpusFiles().map((file) => [file.name, file] as const))('%s has none', (name, { api, bytes }) => {
  expect(idsIn(bytes, api)).toEqual(RECORDED[name as keyof typeof RECORDED] ?? []);
});

describe('any cut of the bytes', () => {
  const bodies = FRAMING_RULES.map(({ example }) => example.body);
  const pieces = [
    ...bodies.join('\n\n').split(/(?<=\n)/),
    'data: ',
    ': ping',
    '\n',
    '\r\n',
    '\r',
    '1f\r\n',
    '{"a":',
    '\uFEFF',
    '<html>',
    '[DONE]',
    'x',
  ];
  const body = fc.oneof(
    fc.constantFrom(...bodies),
    fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((all) => all.join('')),
  );

  test('gives the same faults', () => {
    fc.assert(
      fc.property(body, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }), (text, sizes) => {
        const { ofEvent: _whole, ...whole } = faultsIn(text);
        const { ofEvent: _cut, ...cut } = faultsIn(text, undefined, sizes);
        expect(cut).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });
});

test('bytes of any kind give faults, and never an exception', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('chat_completions', 'ollama_chat', 'bedrock'),
      (bytes, api) => {
        for (const { sentence, start, end, count } of faultsIn(bytes, api).all) {
          expect(sentence).toMatch(/[.!?]$/);
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(bytes.length);
          expect(count).toBeGreaterThan(0);
        }
      },
    ),
  );
});
