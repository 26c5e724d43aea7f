/** The run editor's check: it takes what JSON.parse takes, points at what is wrong, and says it in a sentence. */
import fc from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { checkRequest } from '../../../src/renderer/views/run/check-request.ts';
import { toolNames } from '../../../src/shared/providers/tool-names.ts';
import { APIS } from '../../support/apis.ts';
import { placeOf, readJson } from '../../../src/renderer/views/run/json-source.ts';
import { sampleFormatOf } from '../../../src/main/core/providers/registry.ts';
import { apisOf, SCENARIOS } from '../../../src/main/core/samples/scenarios.ts';

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('JSON as it is typed', () => {
  it('takes exactly what JSON.parse takes', () => {
    const nearly = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '"', '{', ']', '\\', '0', '-', '.', 'e', 'nul', '\n', '\u0001', "'", '/'),
      )
      .map(([text, at, put]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + put + text.slice(place + (at % 2));
      });
    fc.assert(
      fc.property(fc.oneof(nearly, fc.json(), fc.string()), (text) => {
        const source = readJson(text);
        expect(source.ok).toBe(parses(text));
        if (source.ok) expect(source.value).toEqual(JSON.parse(text));
        else expect(source.fault.from).toBeLessThanOrEqual(source.fault.to);
      }),
      { numRuns: 2000 },
    );
  });

  it('knows where every value stands', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const source = readJson(text);
        if (!source.ok) throw new Error(source.fault.sentence);
        const visit = (value: unknown, path: readonly (string | number)[]): void => {
          const { node, found } = placeOf(source.root, path);
          expect(found).toBe(true);
          expect(JSON.parse(text.slice(node.from, node.to))).toEqual(value);
          if (typeof value === 'object' && value !== null)
            for (const [key, inner] of Object.entries(value))
              visit(inner, [...path, Array.isArray(value) ? Number(key) : key]);
        };
        visit(source.value, []);
      }),
    );
  });

  it.each([
    ['{"a": 1,}', 'Remove the comma before }.', ','],
    ['{"a" 1}', 'A colon is missing after `a`.', '"a"'],
    ['{"a": 1 "b": 2}', 'A comma or } is missing before this.', '"'],
    ["{'a': 1}", 'JSON keys need double quotes, not single quotes.', "'"],
    ['{a: 1}', 'The key a needs double quotes: "a".', 'a'],
    ['{"a": True}', 'JSON writes true in lower case.', 'True'],
    ['{"a": None}', 'JSON writes null for None.', 'None'],
    ['{"a": [1, 2}', 'A comma or ] is missing before this.', '}'],
    ['{\n"a": {\n"b": 1', 'The { of line 2 is never closed.', '{'],
    ['{"a": "b}', 'This string has no closing quote.', '"b}'],
    ['{"a": 01}', '01 is not a valid JSON number.', '01'],
    ['{"a": }', '`a` has no value.', '"a"'],
    ['{} {}', 'The JSON is complete before this; remove what follows.', '{}'],
    ['{"a": 1} // b', 'The JSON is complete before this; remove what follows.', '// b'],
    ['', 'The request is empty.', ''],
  ])('says what is wrong with %s', (text, sentence, marked) => {
    const source = readJson(text);
    if (source.ok) throw new Error('taken');
    expect(source.fault.sentence).toBe(sentence);
    expect(text.slice(source.fault.from, source.fault.to)).toBe(marked);
  });

  it('warns of keys that stand twice, and of no number: each digit is sent as it stands', () => {
    const source = readJson('{"a": 1, "a": 12345678901234567890}');
    expect(source.ok && source.remarks.map(({ sentence }) => sentence)).toEqual([
      '`a` appears twice in one object; both are sent, and most servers take the last one.',
    ]);
  });

  it('stops at a nesting that would break the reader', () => {
    const source = readJson('['.repeat(100_000));
    expect(source.ok).toBe(false);
  });
});

describe('requests', () => {
  it.each(SCENARIOS.flatMap((scenario) => apisOf(scenario).map((api) => [scenario.model, api] as const)))(
    'takes the request of the sample %s over %s',
    (model, api) => {
      const scenario = SCENARIOS.find((one) => one.model === model)!;
      expect(checkRequest(JSON.stringify(sampleFormatOf(api).request(scenario), null, 2), api).problems).toEqual([]);
    },
  );

  it.each([
    [
      'chat_completions',
      '{}',
      [
        '1: `model` is missing; it must be the name of a model.',
        '1: `messages` is missing; it must be a list of messages.',
      ],
    ],
    ['chat_completions', '{"model": "m",\n"messages": []}', ['2: `messages` must have at least one message.']],
    [
      'chat_completions',
      '{"model": "m",\n"messages": [\n{"role": "robot", "content": "a"}]}',
      ['3: `messages[0].role` must be one of developer, system, user, assistant, tool, function.'],
    ],
    [
      'chat_completions',
      '{"model": "m", "messages": [{"role": "user"}]}',
      ['1: `messages[0].content` is missing; it must be a string or a list of parts.'],
    ],
    ['chat_completions', '{"model": "m", "messages": [{"role": "assistant", "tool_calls": [{"id": "c"}]}]}', []],
    [
      'chat_completions',
      '{"model": "m", "messages": [{"role": "tool", "content": "a"}]}',
      ['1: `messages[0].tool_call_id` is missing; it must be the id of the call that this answers.'],
    ],
    [
      'chat_completions',
      '{"model": "m", "messages": [{"role": "user", "content": 5}], "stream": false}',
      [
        '1: `messages[0].content` must be a string or a list of parts, each with a type.',
        '1: `stream` is false: the answer will not be a stream, and is recorded as it arrives.',
      ],
    ],
    [
      'chat_completions',
      '{"model": "m", "messages": [{"role": "user", "content": "a"}], "tools": [{"type": "function", "function": {}}]}',
      ['1: `tools[0].function.name` is missing; it must be the name of the function.'],
    ],
    ['responses', '{"model": "m"}', ['1: `input` is missing; it must be a string or a list of input items.']],
    [
      'responses',
      '{"model": "m", "input": "a", "tools": [{"type": "function"}, {"type": "web_search"}]}',
      ['1: `tools[0].name` is missing; it must be the name of the function.'],
    ],
    [
      'messages',
      '{"model": "m",\n"max_tokens": 0,\n"messages": [{"role": "system", "content": "a"}]}',
      [
        '2: `max_tokens` must be 1 or more.',
        '3: `messages[0].role` must be user or assistant; a system prompt belongs in `system`.',
      ],
    ],
    [
      'messages',
      '{"model": "m", "messages": [{"role": "user", "content": [{"text": "a"}]}]}',
      [
        '1: `max_tokens` is missing; it must be a whole number: the maximum number of tokens in the answer.',
        '1: `messages[0].content` must be a string or a list of parts, each with a type.',
      ],
    ],
    ['messages', '[]', ['1: A request is a JSON object: it starts with {.']],
  ] as const)('says what %s lacks in %s', (api, text, said) => {
    expect(checkRequest(text, api).problems.map(({ line, sentence }) => `${line}: ${sentence}`)).toEqual(said);
  });

  it('never throws, whatever the JSON', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.constantFrom('chat_completions', 'responses', 'messages'),
        (text, api) => void checkRequest(text, api),
      ),
    );
  });

  it.each(APIS)('finds the tools of a request of %s, once each', (api) => {
    expect(
      toolNames(api, {
        tools: [
          { type: 'function', function: { name: 'a' } },
          { type: 'custom', custom: { name: 'b' } },
          { name: 'c' },
          { name: 'a' },
          5,
        ],
      }),
    ).toEqual(['a', 'b', 'c']);
    expect(toolNames(api, { tools: 'none' })).toEqual([]);
  });
});
