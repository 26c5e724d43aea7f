/**
 * The wire lane's accumulated object against the providers' own SDKs: ChatCompletionStream, ResponseStream and Anthropic's
 * BetaMessageStream, each fed the same bytes through its own HTTP client, on our streams and on the whole corpus.
 */
import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/shared/model/stream.ts';
import { CORPUS, corpusFiles, describeWith } from '../../support/corpus.ts';
import { wireFixtures } from '../../support/fixtures.ts';
import { sdkChatCompletion, sdkMessage, sdkResponse } from '../../support/sdk.ts';
import { runWire } from '../../support/wire.ts';

const SDKS: readonly (readonly [Api, (bytes: Uint8Array) => Promise<unknown>])[] = [
  ['chat_completions', sdkChatCompletion],
  ['responses', sdkResponse],
  ['messages', sdkMessage],
];

/** What the helpers add for their own parsing of structured outputs; it is not on the wire. */
const HELPER_FIELDS = new Set(['parsed', 'output_parsed', 'parsed_arguments', 'parsed_output']);

type Json = null | string | number | boolean | Json[] | { [field: string]: Json };

function plain(value: unknown): Json {
  return JSON.parse(
    JSON.stringify(value, (field, inner: unknown) => (HELPER_FIELDS.has(field) ? undefined : inner)),
  ) as Json;
}

/**
 * The SDK's object with the content it loses put back, after a check that it did lose it: of a vendor's reasoning text
 * the openai helper keeps the last piece (or the null that followed), and Mistral's list of parts it turns into a string.
 */
function withLosses(theirs: Json, ours: Json, lost: string[], path = ''): Json {
  if (Array.isArray(theirs))
    return theirs.map((item, i) => withLosses(item, Array.isArray(ours) ? (ours[i] ?? null) : null, lost, path));
  if (theirs === null || typeof theirs !== 'object' || ours === null || typeof ours !== 'object' || Array.isArray(ours))
    return theirs;
  return Object.fromEntries(
    Object.entries(theirs).map(([field, value]) => {
      const own = ours[field];
      const lastPiece =
        field.startsWith('reasoning') &&
        typeof own === 'string' &&
        (value === null || (typeof value === 'string' && own.endsWith(value)));
      const parts = field === 'content' && typeof value === 'string' && value.includes('[object Object]');
      if (typeof own === 'string' && own !== value && (lastPiece || parts)) {
        lost.push(`${path}.${field}`);
        return [field, own];
      }
      return [field, withLosses(value, own ?? null, lost, `${path}.${field}`)];
    }),
  );
}

/** Streams of the corpus at which an SDK gives up, and its reason. The wire lane reads on. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'anthropic-messages-duplicate-message-start.sse': /Unexpected event order/,
  'anthropic-messages-spliced-message-start.sse': /Unexpected event order/,
  'github-copilot-responses-id-rotation.1.sse': /identity changed/,
  'mistral-chat_completions-incremental-tool-call.sse': /missing role/,
  'mistral-chat_completions-tool-call.sse': /invalid tool call index/,
  'openai-compatible-chat_completions-anthropic-fallback-tool-call.sse': /Cannot read properties of undefined/,
  'openai-responses-apply-patch-tool.1.sse': /Unhandled response stream event/,
  'openai-responses-error.1.sse': /exceeded your current quota/,
  'openai-responses-parallel-tool-call-wrapper.1.sse': /malformed server-sent event/,
};

for (const [api, sdk] of SDKS) {
  describe(`our ${api} streams`, () => {
    test.each(wireFixtures(api))('$name', async ({ bytes }) => {
      const ours = plain(runWire(api, bytes).outcome.accumulated);
      expect(ours).toEqual(withLosses(plain(await sdk(bytes)), ours, []));
    });
  });

  describeWith(CORPUS, `the corpus's ${api} streams`, () => {
    test.each(corpusFiles(api))('$name', async ({ name, bytes }) => {
      const { outcome } = runWire(api, bytes);
      const refused = REFUSED[name];
      if (refused) {
        await expect(sdk(bytes)).rejects.toThrow(refused);
        expect(outcome.accumulated).not.toBeNull();
        expect(outcome.blocks.length + outcome.errors.length).toBeGreaterThan(0);
        return;
      }
      const ours = plain(outcome.accumulated);
      const lost: string[] = [];
      expect(ours).toEqual(withLosses(plain(await sdk(bytes)), ours, lost));
      // Whatever the SDK lost is in a block, whole.
      const reasoning = outcome.blocks
        .filter(({ kind }) => kind === 'reasoning')
        .map(({ text }) => text)
        .join('');
      if (lost.some((field) => field.includes('reasoning')))
        expect(JSON.stringify(ours)).toContain(JSON.stringify(reasoning));
      expect(outcome.terminated).toBe(true);
    });
  });
}

test('the openai helper keeps the last piece of vendor reasoning; the wire lane has all of it', async () => {
  const bytes = wireFixtures().find(({ name }) => name === 'chat-parallel-tools.sse')!.bytes;
  const theirs = (await sdkChatCompletion(bytes)) as { choices: { message: { reasoning_content: string } }[] };
  expect(theirs.choices[0]?.message.reasoning_content).toBe('two calls.');
  expect(runWire('chat_completions', bytes).block('c0/reasoning_content').text).toBe('Two cities, two calls.');
});

/** While a shell's output streams, the helper makes up an outcome with exit code 0; nothing on the wire says so. */
const MADE_UP = /shell-(container|skills)/;

describe("a Response that is cut is the SDK's snapshot at that point", () => {
  const whole = corpusFiles('responses').filter(({ name }) => !REFUSED[name] && !MADE_UP.test(name));
  test.each([...wireFixtures('responses'), ...whole])('$name', async ({ bytes }) => {
    const ends = runWire('responses', bytes).frames.map(({ end }) => end);
    const cuts = ends.filter((_, i) => i > 0 && i % Math.ceil(ends.length / 8) === 0);
    for (const cut of cuts) {
      const head = bytes.subarray(0, cut);
      expect(plain(runWire('responses', head).outcome.accumulated)).toEqual(plain(await sdkResponse(head)));
    }
  });
});
