/** A reader that stumbles over a fault of the wire is not blamed for it, and one that fails by its own doing is. */
import { describe, expect, it } from 'vitest';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import type { Finding } from '../../../src/shared/model/findings.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import { VARIANTS } from '../../fixtures/case-variants.ts';
import { FRAMING_VARIANTS } from '../../fixtures/framing-variants.ts';
import { laneSetup } from '../../support/lanes.ts';
import { chatBody, chunk, namedBody } from '../../support/wire.ts';

const bytesOf = (body: string | Uint8Array): Uint8Array =>
  typeof body === 'string' ? new TextEncoder().encode(body) : body;

const findingsOf = (api: Api, body: string | Uint8Array): readonly Finding[] =>
  compareLanes(readAll(bytesOf(body), laneSetup(api))).findings;

const [head, tail] = [
  chatBody(chunk({ role: 'assistant', content: 'Hi' })),
  chatBody(chunk({ content: ' you' }), chunk({}, {}, { finish_reason: 'stop' }), '[DONE]'),
];
const piece = JSON.stringify(chunk({ content: 'lost' }));
const messages = namedBody(
  { type: 'message_start', message: { id: 'm', model: 'x', usage: { input_tokens: 1, output_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
);

/** Faults that end the clients of the API where they stand, whoever wrote them. */
const FAULTS: readonly (readonly [name: string, api: Api, body: string, says: RegExp])[] = [
  ['a doubled prefix', 'chat_completions', `${head}data: data: ${piece}\n\n${tail}`, /another "data:"/],
  ['a heartbeat as an empty event', 'chat_completions', `${head}data:\n\n${tail}`, /event 1 is empty/],
  ['a heartbeat as a word', 'chat_completions', `${head}data: ping\n\n${tail}`, /event 1/],
  ['a missing blank line', 'chat_completions', `${head}data: ${piece}\ndata: ${piece}\n\n${tail}`, /event 1/],
  ['a comment within the data', 'chat_completions', `${head}data: ${piece.slice(0, 9)}: ping\n\n${tail}`, /event 1/],
  ['an event cut by a proxy', 'chat_completions', `${head}data: ${piece.slice(0, 20)}\n\n${tail}`, /event 1/],
  ['a page as an event', 'chat_completions', `${head}data: <html>502 Bad Gateway</html>\n\n${tail}`, /event 1/],
  ['two values in an event', 'chat_completions', `${head}data: ${piece}${piece}\n\n${tail}`, /event 1/],
  ['an error of the provider', 'chat_completions', `${head}data: {"error":{"message":"full"}}\n\n`, /full/],
  [
    'a delta for a block that never started',
    'messages',
    `${messages}${namedBody({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{}' } }, { type: 'message_delta', delta: { stop_reason: 'tool_use' } }, { type: 'message_stop' })}`,
    /fault of the wire: a delta for block 1, which was not started;/,
  ],
  [
    'counts by the names of another API',
    'chat_completions',
    `${head}data: ${JSON.stringify({ ...(JSON.parse(piece) as object), choices: [], usage: { input_tokens: 1, output_tokens: 1 } })}\n\n${tail}`,
    /fault of the wire: the usage, 1 in, 1 out, stands in usage under the names input_tokens, output_tokens/,
  ],
  [
    'a message_delta without a usage',
    'messages',
    `${messages}${namedBody({ type: 'content_block_stop', index: 0 }, { type: 'message_delta', delta: { stop_reason: 'end_turn' } }, { type: 'message_stop' })}`,
    /fault of the wire: message_delta has no usage/,
  ],
  ['an event cut in Messages', 'messages', `${messages}event: content_block_delta\ndata: {"type":"con\n\n`, /event 2/],
];

describe.each(FAULTS)('%s', (_name, api, body, says) => {
  it.each(['legacy', 'simple'])('is said to be the wire’s where %s ends at it', (lane) => {
    const own = findingsOf(api, body).filter((finding) => finding.lane === lane);
    expect(own.map(({ kind }) => kind)).not.toContain('error-only-here');
    expect(own.filter(({ kind }) => kind === 'ended-at-wire-fault').map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(says),
    ]);
    // As one clause, and not with the page of help.
    for (const { expected = '' } of own) expect(expected).not.toMatch(/\. [A-Z]/);
  });
});

/** By the rules of the framing these are no events: a reader that parses them fails by its own doing. */
it.each([
  ['a retry time alone', `retry: 3000\n\n${tail}`],
  ['an id alone', `${head}id: 7\n\n${tail}`],
])('a reader that ends at %s has an error of its own', (_name, body) => {
  const kinds = findingsOf('chat_completions', body).map(({ lane, kind }) => `${lane} ${kind}`);
  expect(kinds).toEqual(expect.arrayContaining(['legacy error-only-here', 'simple error-only-here']));
});

/** A finding that only says that there is a difference, and not which. */
const VAGUE = /differs from the wire in its|does not keep the wire's (?!finish reason)/;

it.each([...VARIANTS, ...FRAMING_VARIANTS])('%s: each finding says what it is about', (_name, api, body) => {
  const findings = findingsOf(api, body);
  expect(findings.filter(({ sentence }) => VAGUE.test(sentence)).map(({ sentence }) => sentence)).toEqual([]);
});
