import fc from '../../support/properties.ts';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { printLanes } from '../../../src/main/hosts/cli/lanes.ts';
import { comparisonHtml } from '../../../src/shared/compare/html.ts';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import { evidenceRange, evidenceRuns, marksIn, type Evidence } from '../../../src/shared/compare/evidence.ts';
import {
  comparisonMarkdown,
  findingMarkdown,
  heaviest,
  type IssueTrace,
} from '../../../src/shared/compare/markdown.ts';
import type { Metrics } from '../../../src/shared/model/trace.ts';
import { setIn } from '../../../src/shared/compare/html-style.ts';
import type { Finding } from '../../../src/shared/model/findings.ts';
import type { LaneSetup } from '../../../src/shared/model/lane.ts';
import { lanesReading } from '../../../src/shared/lanes/registry.ts';
import { optionsMatrix } from '../../../src/shared/compare/matrix.ts';
import { requestDiff } from '../../../src/shared/compare/request-diff.ts';
import { bytesOf } from '../../support/framing.ts';
import { allStreams } from '../../support/fixtures.ts';
import { chatBody, chunk, laneSetup } from '../../support/wire.ts';
import { anyText } from '../../support/texts.ts';

const HOSTILE = '</pre><script>alert(1)</script><img src=x onerror=alert(1)>````\u202e';
const bytes = new TextEncoder().encode(chatBody(chunk({ content: HOSTILE }), '[DONE]'));
const setup = {
  ...laneSetup('chat_completions'),
  request: { messages: [], tools: [{ type: 'function', function: { name: 'f' } }] },
};

const result = compareLanes(readAll(bytes, setup));

const evidenceOf = (finding: Finding, body: Uint8Array): Evidence | null => {
  const range = evidenceRange(finding);
  return range && { start: range[0], bytes: body.subarray(...range) };
};
const traceOf = (setup: LaneSetup, body: Uint8Array): IssueTrace => ({
  ...setup,
  title: 'What is new?',
  model: 'm',
  bytes: body.length,
});

describe('exports of hostile content', () => {
  it('are one HTML file without scripts, tags of the content or anything to load', () => {
    const html = comparisonHtml(result, { title: HOSTILE, api: 'chat_completions', model: HOSTILE, body: bytes });
    expect(html).not.toMatch(/<script|<img|\u202e|<link|src="|url\(|https?:/i);
    expect(html).toContain('&#60;script&#62;alert(1)');
    expect(html).toContain("default-src 'none'");
    // The text that is lost, marked and as hex.
    expect(html).toContain('<mark>&#34;&#60;/pre&#62;');
    expect(html).toContain('22 3c 2f 70 72 65 3e');
  });

  it('are Markdown that the content cannot close', () => {
    const lost = result.findings.find(({ kind }) => kind === 'text-lost')!;
    const markdown = findingMarkdown(lost, evidenceOf(lost, bytes), traceOf(setup, bytes));
    expect(markdown).toMatch(/^`{5}text$/m);
    expect(markdown.split('\n')[0]).not.toMatch(/[^\\]</);
  });
});

const cutBytes = bytesOf(`${chatBody(chunk({ content: 'Hi' }))}: ping\n\n: ping\n\n`);
const cutResult = compareLanes(readAll(cutBytes, setup));

describe('one HTML file', () => {
  const about = { title: 'What is new?', api: 'chat_completions', model: 'm', body: cutBytes };
  const metrics: Metrics = {
    firstByteNs: 12e6,
    firstEventNs: 13e6,
    firstReasoningNs: null,
    firstTextNs: 14e6,
    firstToolNs: null,
    totalNs: 2_500e6,
    events: 1,
    reads: 1,
    bytes: cutBytes.length,
    textChars: 2,
    lastContentNs: 14e6,
    gaps: [],
  };

  it('says how the stream ended, what stands outside of its events, and its lint', () => {
    const html = comparisonHtml(cutResult, about);
    expect(html).toMatch(/<p class="ended">Ending: truncated\. /);
    expect(html).toMatch(/<h2>Bytes outside of events<\/h2><ul><li>bytes \d+–\d+ · 2 comments/);
    expect(html).toContain('<h2>Protocol of the wire</h2>');
  });

  it('says that a lane gives nothing of a text', () => {
    const lost = comparisonHtml(result, about);
    expect(lost).toContain('<p>Got: nothing</p>');
    expect(lost).not.toContain('<pre></pre>');
  });

  it('has a score with the messages of every lane, and the times of a trace', () => {
    const file = comparisonHtml(cutResult, about);
    expect(file).toMatch(/<svg class="score"[^>]* aria-label="Messages of 3 lanes over 1 event"/);
    expect(file).toContain('<circle class="lost"');
    expect(file).not.toContain('First byte');
    const timed = compareLanes(readAll([{ n: 0, tNs: 13e6, offset: 0, bytes: cutBytes }], setup));
    const trace = comparisonHtml(timed, { ...about, metrics });
    expect(trace).toContain('<dt>First byte</dt><dd>12 ms</dd>');
    expect(trace).toContain('<dt>Total</dt><dd>2.50 s</dd>');
    expect(trace).toContain('aria-label="Messages of 3 lanes over 13 ms"');
  });

  it('has a score no larger than its drawing, however many messages there are', () => {
    const many = bytesOf(chatBody(...Array.from({ length: 20_000 }, (_, n) => chunk({ content: `${n} ` })), '[DONE]'));
    const compared = compareLanes(readAll(many, setup));
    const score = /<svg[^]*<\/svg>/.exec(comparisonHtml(compared, { ...about, body: many }))![0];
    expect(score.length).toBeLessThan(1_000_000);
  });

  it('is set in the type that it is given', () =>
    expect(setIn('@font-face{}', comparisonHtml(cutResult, about))).toContain('<style>@font-face{}'));
});

describe('the text of an issue', () => {
  const SCREENFUL = 60;

  it('is a screenful for each finding, and for all of them, of any stream', () => {
    for (const { name, api, bytes } of allStreams()) {
      const compared = compareLanes(readAll(bytes, laneSetup(api)));
      const trace = traceOf(laneSetup(api), bytes);
      const first = heaviest(compared.findings);
      const texts = [
        comparisonMarkdown(compared, trace, first ? evidenceOf(first, bytes) : null),
        ...compared.findings.map((finding) => findingMarkdown(finding, evidenceOf(finding, bytes), trace)),
      ];
      for (const text of texts) {
        expect(text.split('\n').length, name).toBeLessThanOrEqual(SCREENFUL);
        expect(text.length, name).toBeLessThan(6_000);
      }
    }
  });

  it('has the hex of the bytes at fault alone, with their place', () => {
    const lost = result.findings.find(({ kind }) => kind === 'text-lost')!;
    const [[start, end]] = lost.marks as [[number, number]];
    const text = findingMarkdown(lost, evidenceOf(lost, bytes), traceOf(setup, bytes));
    expect(text).toContain(`At fault: bytes ${start}–${end - 1}:`);
    const rows = [...text.matchAll(/^ *\d+ {2}((?:[0-9a-f]{2} )+)/gm)].map(([, hex]) => hex!.trim());
    expect(Buffer.from(rows.join('').replaceAll(' ', ''), 'hex')).toEqual(Buffer.from(bytes.subarray(start, end)));
  });

  it('says how the command line shows it again, from the file that is attached to it', () => {
    const other: LaneSetup = {
      ...setup,
      endpoint: { type: 'openai', provider_name: "it's", model: 'm' },
      options: { ...setup.options, put_inner_thoughts_in_kwarg: true },
    };
    const text = comparisonMarkdown(result, traceOf(other, bytes), null);
    expect(text).toContain('with the attached `What-is-new.sse`');
    const command = /^tracelane compare .*$/m.exec(text)![0];
    const words = execFileSync('sh', ['-c', `tracelane() { printf '%s\\0' "$@"; }\n${command}`], { encoding: 'utf8' });
    const [verb, file, ...flags] = words.split('\0').slice(0, -1);
    expect([verb, file]).toEqual(['compare', 'What-is-new.sse']);
    const given = new Map(flags.flatMap((flag, at) => (at % 2 === 0 ? [[flag, flags[at + 1]!]] : [])));
    expect(given.get('--api')).toBe('chat_completions');
    expect(JSON.parse(given.get('--endpoint')!)).toEqual(other.endpoint);
    expect(JSON.parse(given.get('--options')!)).toEqual(other.options);
  });

  it('says how the stream ended, and what stands outside of its events', () => {
    const trace = traceOf(setup, cutBytes);
    const text = comparisonMarkdown(cutResult, trace, null);
    expect(text).toMatch(/^Ending: truncated\\?. .*terminator/m);
    expect(text).toMatch(/^Bytes outside of events:\n- bytes \d+–\d+: 2 comments, the first: /m);
    const [finding] = cutResult.findings;
    expect(findingMarkdown(finding!, null, { ...trace, ending: cutResult.ending! })).toMatch(/^Ending: truncated/m);
    // One that came to its end says so in its verdict.
    expect(comparisonMarkdown(result, traceOf(setup, bytes), null)).not.toMatch(/^Ending:|^Bytes outside/m);
  });

  it('lists in what the wire breaks the rules of its API, as far as a screenful goes', () => {
    const text = comparisonMarkdown(cutResult, traceOf(setup, cutBytes), null);
    expect(cutResult.lint.length).toBeGreaterThan(0);
    const { rule, severity } = cutResult.lint[0]!;
    expect(text).toMatch(new RegExp(`^Protocol of the wire:\n- ${severity}, \`${rule}\`: .`, 'm'));
    const many = { ...cutResult, lint: Array.from({ length: 9 }, () => cutResult.lint[0]!) };
    expect(comparisonMarkdown(many, traceOf(setup, cutBytes), null)).toContain('- and 5 more remarks');
    expect(comparisonMarkdown({ ...result, lint: [] }, traceOf(setup, bytes), null)).not.toContain('Protocol of');
  });

  it('begins with what weighs most', () => {
    const text = comparisonMarkdown(result, traceOf(setup, bytes), null);
    expect(/^### (\d+)\./m.exec(text)![1]).toBe(String(heaviest(result.findings)!.number));
    expect(heaviest(result.findings)!.severity).toBe('critical');
  });
});

describe('what stands around marked bytes', () => {
  it('is what came, cut between characters, with what is marked whole', () => {
    fc.assert(
      fc.property(
        anyText({ maxLength: 200 }),
        fc.array(fc.tuple(fc.nat(200), fc.nat(20)), { minLength: 1, maxLength: 4 }),
        (text, places) => {
          const { bytes, marks } = marked(text, places);
          const runs = evidenceRuns({ start: 1_000, bytes }, marks);
          expect(runs.filter(({ marked }) => marked).map(({ text }) => text)).toEqual(
            marks.map(([from, to]) => new TextDecoder().decode(bytes.subarray(from - 1_000, to - 1_000))),
          );
          const around = runs.map(({ text }) => text).join('');
          expect(around).not.toContain('\ufffd');
          for (const piece of around.split(/…\n…|…/)) expect(new TextDecoder().decode(bytes)).toContain(piece);
        },
      ),
    );
  });

  /** Ranges of whole characters, in order and apart. */
  function marked(
    text: string,
    places: readonly (readonly [number, number])[],
  ): { readonly bytes: Uint8Array; readonly marks: readonly (readonly [number, number])[] } {
    const clean = [...text.replace(/[\ufffd…]|\p{Surrogate}/gu, '?'), 'x'];
    const offset = (at: number): number => 1_000 + Buffer.byteLength(clean.slice(0, at).join(''));
    const marks: (readonly [number, number])[] = [];
    for (const [from, length] of places.toSorted((a, b) => a[0] - b[0])) {
      const [start, end] = [offset(from % clean.length), offset((from % clean.length) + 1 + length)];
      if (start >= (marks.at(-1)?.[1] ?? 0)) marks.push([start, end]);
    }
    return { bytes: new TextEncoder().encode(clean.join('')), marks };
  }

  it('is cut where the evidence is', () => {
    const finding = {
      bytes: [0, 100_000],
      marks: [
        [50, 60],
        [70, 90_000],
      ],
    } as unknown as Finding;
    const [start, end] = evidenceRange(finding)!;
    expect(marksIn(finding, { start, bytes: new Uint8Array(end - start) })).toEqual([
      [50, 60],
      [70, end],
    ]);
  });
});

it('gives every combination of options that matters', () => {
  const { rows } = optionsMatrix(bytes, setup, lanesReading(setup.api), null);
  expect(rows.map(({ lane }) => lane)).toEqual([...Array.from({ length: 8 }, () => 'legacy'), 'simple', 'simple']);
  expect(rows[0]!.verdict.text).toMatchObject({ equal: false });
  expect(rows.at(-1)!.verdict.text).toEqual({ equal: true, noted: false, text: 'equal' });
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
  const lines = (lanes?: string): readonly Record<string, unknown>[] => {
    const printed: Record<string, unknown>[] = [];
    const flags = {
      api: 'chat_completions',
      framing: 'sse',
      options: '{"put_inner_thoughts_in_kwargs": true}',
      ...(lanes !== undefined && { lanes }),
    } as const;
    printLanes(bytes, flags, (line) => printed.push(line as Record<string, unknown>));
    return printed;
  };

  it('are one message a line, then the final of the lane', () => {
    const simple = lines('simple');
    expect(simple.map((line) => line['message_type'] ?? Object.keys(line)[0])).toEqual(['assistant_message', 'final']);
    expect(simple[0]).toMatchObject({ content: [{ type: 'text', text: HOSTILE }], event: 0 });
  });

  it('come with what is wrong with the stream', () => {
    const flags = { api: 'chat_completions', framing: 'sse' } as const;
    const remarks = printLanes(bytesOf('data: data: {"choices":[]}\n\n'), flags, () => undefined);
    expect(remarks).toEqual([
      expect.stringMatching(/^truncated: The body ended properly but without .*begins with another "data:"/),
    ]);
    expect(printLanes(bytes, flags, () => undefined)).toEqual([]);
  });

  it('name their lane where there are several', () =>
    expect(new Set(lines().map((line) => line['lane']))).toEqual(new Set(['wire', 'legacy', 'simple'])));

  it('are those that were asked for, in the order of the registry', () =>
    expect([...new Set(lines('simple, wire').map((line) => line['lane']))]).toEqual(['wire', 'simple']));

  it('refuse a lane that is not there, and say which are', () =>
    expect(() => lines('simple,loud')).toThrow('--lanes: there is no lane "loud". Choose from: wire, legacy, simple.'));

  it.each(['{"a": 1}', 'no JSON', '{"use_assistant_message": "yes"}'])('refuse options that are not: %s', (options) => {
    const flags = { api: 'chat_completions', framing: 'sse', options } as const;
    expect(() => printLanes(bytes, flags, () => undefined)).toThrow(/--options/);
  });
});
