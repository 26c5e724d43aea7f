import { describe, expect, it } from 'vitest';
import { laneLines } from '../../../src/main/hosts/cli/lanes.ts';
import { comparisonHtml } from '../../../src/shared/compare/html.ts';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import { findingMarkdown } from '../../../src/shared/compare/markdown.ts';
import { lanesReading } from '../../../src/shared/lanes/registry.ts';
import { optionsMatrix } from '../../../src/shared/compare/matrix.ts';
import { requestDiff } from '../../../src/shared/compare/request-diff.ts';
import { chatBody, chunk, laneSetup } from '../../support/wire.ts';

const HOSTILE = '</pre><script>alert(1)</script><img src=x onerror=alert(1)>````\u202e';
const bytes = new TextEncoder().encode(chatBody(chunk({ content: HOSTILE }), '[DONE]'));
const setup = {
  ...laneSetup('chat_completions'),
  request: { messages: [], tools: [{ type: 'function', function: { name: 'f' } }] },
};

describe('exports of hostile content', () => {
  const result = compareLanes(readAll(bytes, setup));

  it('are one HTML file without scripts, tags of the content or anything to load', () => {
    const html = comparisonHtml(result, { title: HOSTILE, api: 'chat_completions', model: HOSTILE, body: bytes });
    expect(html).not.toMatch(/<script|<img|\u202e|<link|src="|url\(|https?:/i);
    expect(html).toContain('&#60;script&#62;alert(1)');
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('64 61 74 61 3a');
  });

  it('are Markdown that the content cannot close', () => {
    const lost = result.findings.find(({ kind }) => kind === 'text-lost')!;
    const markdown = findingMarkdown(lost, bytes.subarray(...lost.bytes!));
    expect(markdown).toMatch(/^`{5}text$/m);
    expect(markdown.split('\n')[0]).not.toMatch(/[^\\]</);
  });
});

it('gives every combination of options that matters', () => {
  const { rows } = optionsMatrix(bytes, setup, lanesReading(setup.api));
  expect(rows.map(({ lane }) => lane)).toEqual([...Array.from({ length: 8 }, () => 'legacy'), 'simple', 'simple']);
  expect(rows[0]!.verdict.text).toMatchObject({ equal: false });
  expect(rows.at(-1)!.verdict.text).toEqual({ equal: true, text: 'equal' });
  expect(rows[0]!.worst).toBe('critical');
});

it('aligns two requests by what they say', () => {
  const user = (content: string): object => ({ role: 'user', content });
  const a = {
    model: 'a',
    messages: [user('one'), user('two'), user('three')],
    tools: [{ type: 'function', function: { name: 'f', parameters: {} } }],
    temperature: 1,
  };
  const b = {
    model: 'b',
    messages: [user('one'), user('2'), user('three'), user('four')],
    tools: [{ function: { parameters: {}, name: 'f' }, type: 'function' }, { function: { name: 'g' } }],
  };
  const changes = requestDiff({ api: 'chat_completions', request: a }, { api: 'chat_completions', request: b }).map(
    ({ section, path, change }) => `${section} ${path} ${change}`,
  );
  expect(changes).toEqual([
    'messages messages[0] same',
    'messages messages[1] changed',
    'messages messages[2] same',
    'messages messages[3] added',
    'tools f same',
    'tools g added',
    'parameters model changed',
    'parameters temperature removed',
  ]);
});

describe('lanes on the command line', () => {
  const lines = (lanes?: string): Record<string, unknown>[] =>
    laneLines(bytes, {
      api: 'chat_completions',
      options: '{"put_inner_thoughts_in_kwargs": true}',
      ...(lanes !== undefined && { lanes }),
    }) as Record<string, unknown>[];

  it('are one message a line, then the final of the lane', () => {
    const simple = lines('simple');
    expect(simple.map((line) => line['message_type'] ?? Object.keys(line)[0])).toEqual(['assistant_message', 'final']);
    expect(simple[0]).toMatchObject({ content: [{ type: 'text', text: HOSTILE }], event: 0 });
  });

  it('name their lane where there are several', () =>
    expect(new Set(lines().map((line) => line['lane']))).toEqual(new Set(['wire', 'legacy', 'simple'])));

  it('are those that were asked for, in the order of the registry', () =>
    expect([...new Set(lines('simple, wire').map((line) => line['lane']))]).toEqual(['wire', 'simple']));

  it('refuse a lane that is not there, and say which are', () =>
    expect(() => lines('simple,loud')).toThrow('--lanes: there is no lane "loud". Choose from: wire, legacy, simple.'));

  it.each(['{"a": 1}', 'no JSON', '{"use_assistant_message": "yes"}'])('refuse options that are not: %s', (options) => {
    expect(() => laneLines(bytes, { api: 'chat_completions', options })).toThrow(/--options/);
  });
});
