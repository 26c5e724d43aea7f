/** A filter finds in the file what it means. */
import fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { FIELDS, LISTED_FIELDS, termText, type FieldName } from '../../src/shared/filter/fields.ts';
import type { TraceFacts } from '../../src/shared/model/facts.ts';
import { endpointId } from '../../src/shared/model/ids.ts';
import { TERMINAL_STATES, TRACE_SOURCES } from '../../src/shared/model/trace.ts';
import { FINISH_REASONS, type Usage } from '../../src/shared/model/usage.ts';
import { Connection } from '../../src/main/core/store/connection.ts';
import { openDatabase } from '../../src/main/core/store/database.ts';
import { conditionOf } from '../../src/main/core/store/filter-sql.ts';
import type { NewTrace, Store, TraceResult } from '../../src/main/core/store/store.ts';
import { filters, fits, textOf, type Filtered } from '../support/filter-model.ts';
import { afterwards, dataFolder, open } from './support.ts';
import { COMPLETE, newTrace, NO_METRICS } from './traces.ts';

const WORDS = [
  'Paris',
  'ÖFEN',
  '\u212Aelvin',
  '100%',
  '_',
  String.raw`a\%b`,
  'gpt-4o "mini"',
  "it's",
  'lab',
  'complete',
  'x',
];
const NUMBERS = [0, 1, 250, 2e6, 800e6, 3e9];
const ENDPOINT = 'Lab server';

interface Made {
  readonly trace: NewTrace;
  /** Null: it goes on. */
  readonly result: TraceResult | null;
  readonly status: number | null;
  readonly starred: boolean;
  readonly tags: readonly string[];
  /** Undefined: they are not worked out yet. */
  readonly facts: TraceFacts | undefined;
}

const word = fc.constantFrom(...WORDS);
const number = fc.constantFrom(...NUMBERS);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });

const metrics = fc.record({
  firstByteNs: maybe(number),
  firstReasoningNs: maybe(number),
  firstTextNs: maybe(number),
  firstToolNs: maybe(number),
  totalNs: maybe(number),
  events: number,
  bytes: number,
  tokensPerSecond: maybe(number),
  gaps: fc.array(number, { maxLength: 3 }),
});

const usage: fc.Arbitrary<Usage> = fc.record(
  { input: maybe(number), output: maybe(number), total: maybe(number), raw: fc.constant([]) },
  { requiredKeys: ['raw'] },
);

const words = fc.uniqueArray(word, { maxLength: 2 });
const lower = words.map((all) => all.map((one) => one.toLowerCase()));
const facts: fc.Arbitrary<TraceFacts> = fc.record({
  version: fc.constant(1),
  differs: fc.array(
    fc.record({
      lane: fc.constantFrom('legacy', 'x'),
      worst: fc.constant('major'),
      count: fc.constant(1),
      kinds: lower,
    }),
    { maxLength: 2 },
  ),
  apart: fc.constantFrom([], [['legacy', 'simple'] as const]),
  lint: fc.record({ worst: fc.constantFrom('error', 'info', null), rules: lower }),
  tools: words,
  conversation: fc.constant(null),
});

const made: fc.Arbitrary<Made> = fc
  .record({
    title: word,
    model: maybe(word),
    provider: word,
    lab: fc.boolean(),
    source: fc.constantFrom(...TRACE_SOURCES),
    timed: fc.boolean(),
    startedAt: number,
    ended: fc.boolean(),
    state: fc.constantFrom(...TERMINAL_STATES),
    metrics,
    usage: fc.option(usage, { nil: undefined }),
    finish: fc.option(fc.constantFrom(...FINISH_REASONS), { nil: undefined }),
    cost: fc.option(number, { nil: undefined }),
    status: maybe(fc.constantFrom(200, 404, 429, 500, 503)),
    starred: fc.boolean(),
    tags: words,
    facts: fc.option(facts, { nil: undefined }),
  })
  .map(({ title, model, provider, lab, source, timed, startedAt, ended, status, starred, tags, facts, ...result }) => ({
    trace: newTrace({
      title,
      model,
      source,
      timed,
      startedAt,
      endpoint: { type: 'openai', provider_name: provider, model: 'm' },
      endpointId: endpointId(lab ? 'lab' : 'gone'),
    }),
    result: ended
      ? {
          ...COMPLETE,
          ending: { state: result.state, rule: 'Because.' },
          metrics: { ...NO_METRICS, ...result.metrics },
          ...(result.usage && { usage: result.usage }),
          ...(result.finish && { finish: { unified: result.finish, raw: null } }),
          ...(result.cost !== undefined && { cost: result.cost }),
        }
      : null,
    status,
    starred,
    tags,
    facts,
  }));

const known = (values: readonly (string | null | undefined)[]): readonly string[] =>
  values.filter((value) => typeof value === 'string');

/** `size`: what its row says. */
function filtered({ trace, result, status, starred, tags, facts }: Made, size: number | null): Filtered {
  const numbers = result?.metrics ?? NO_METRICS;
  const state = result?.ending.state ?? 'live';
  const endpoint = [trace.endpoint.provider_name, ...(trace.endpointId === endpointId('lab') ? [ENDPOINT] : [])];
  const has: Readonly<Record<string, boolean>> = {
    text: numbers.firstTextNs !== null,
    reasoning: numbers.firstReasoningNs !== null,
    tool: numbers.firstToolNs !== null,
    usage: result?.usage !== undefined,
    cost: result?.cost !== undefined,
    times: trace.timed,
    star: starred,
    error: !['live', 'complete', 'cancelled'].includes(state),
  };
  const values: Partial<Record<FieldName, readonly string[]>> = {
    model: known([trace.model]),
    api: [trace.api],
    endpoint,
    title: [trace.title],
    state: [state],
    source: [trace.source],
    finish: known([result?.finish?.unified]),
    tool: facts?.tools ?? [],
    lint: known([facts?.lint.worst, ...(facts?.lint.rules ?? [])]),
    diff: [
      ...(facts?.differs.flatMap(({ lane, kinds }) => [lane, ...kinds]) ?? []),
      ...(facts?.apart.map((pair) => pair.join('≠')) ?? []),
    ],
    tag: tags,
    has: Object.keys(has).filter((part) => has[part]),
  };
  const { input, output, total } = result?.usage ?? {};
  const sum = typeof input === 'number' && typeof output === 'number' ? input + output : (total ?? null);
  const counts: Partial<Record<FieldName, number | null>> = {
    status,
    ttft: numbers.firstTextNs,
    ttfb: numbers.firstByteNs,
    duration: numbers.totalNs,
    gap: numbers.gaps.length > 0 ? Math.max(...numbers.gaps) : null,
    tokens: sum,
    input: input ?? null,
    output: output ?? null,
    rate: numbers.tokensPerSecond ?? null,
    cost: result?.cost ?? null,
    events: numbers.events,
    bytes: numbers.bytes,
    size,
  };
  return {
    texts: [...known([trace.title, trace.model, trace.api, trace.source, state]), ...endpoint],
    values: (field) => values[field] ?? [],
    endpoint: endpoint.at(-1)!,
    number: (field) => counts[field] ?? null,
  };
}

async function store(all: readonly Made[]): Promise<Store> {
  const opened = await open(dataFolder());
  await opened.saveEndpoint({
    id: endpointId('lab'),
    name: ENDPOINT,
    baseUrl: 'http://127.0.0.1:1',
    type: 'openai',
    provider_name: 'openai',
    limits: { answer: null, silence: null },
  });
  for (const { trace, result, status, starred, tags, facts } of all) {
    await opened.createTrace(trace);
    if (status !== null) opened.setHead(trace.id, { status, statusText: '', headers: [] }, 1);
    if (result) await opened.finishTrace(trace.id, result);
    if (starred) await opened.star([trace.id], true);
    if (tags.length > 0) await opened.tag([trace.id], { add: tags });
    if (facts) await opened.setFacts(trace.id, facts);
  }
  await opened.flush();
  return opened;
}

describe('a filter', () => {
  test('finds the traces that it means, and counts them', async () => {
    const all = fc.sample(made, { numRuns: 60, seed: 20 });
    const opened = await store(all);
    const sizes = new Map((await opened.list({ limit: 100 })).rows.map(({ id, size }) => [id, size ?? null]));
    await fc.assert(
      fc.asyncProperty(filters(WORDS, NUMBERS, []), async (filter) => {
        const { rows, total } = await opened.list({ filter: textOf(filter), limit: 100 });
        const wanted = all
          .filter((one) => fits(filter, filtered(one, sizes.get(one.trace.id)!)))
          .map(({ trace }) => trace.id);
        expect(rows.map(({ id }) => id).toSorted()).toEqual(wanted.toSorted());
        expect(total).toBe(wanted.length);
      }),
      { numRuns: 300 },
    );
  });

  test('of a value that is suggested finds as many traces as are counted', async () => {
    const names = [
      'gpt-5.1',
      'gpt-5.1-mini',
      'GPT-5.1',
      '=5',
      '>1',
      '//x',
      String.raw`a "b" \\ (c)`,
      'ö',
      'Ö',
      'zwei\nZeilen',
    ];
    const all = fc.sample(made, { numRuns: 60, seed: 21 }).map((one, at) => {
      const [name, next] = [names[at % 10]!, names[(at * 7 + 1) % 10]!];
      return {
        ...one,
        trace: { ...one.trace, model: name, endpoint: { ...one.trace.endpoint, provider_name: next } },
        tags: [next],
        facts: one.facts && { ...one.facts, tools: [...new Set([name, next])] },
      };
    });
    const opened = await store(all);
    for (const field of LISTED_FIELDS)
      for (const { value, traces } of await opened.values(field)) {
        const filter = termText(field, value);
        expect([filter, (await opened.list({ filter, limit: 1 })).total]).toEqual([filter, traces]);
      }
  });

  test('finds by each of its terms', async () => {
    const [base] = fc.sample(facts, { numRuns: 1, seed: 1 });
    const bare = { ...base!, differs: [], apart: [], lint: { worst: null, rules: [] }, tools: [] } as const;
    const differs = [{ lane: 'legacy', worst: 'major', count: 1, kinds: ['lost-text'] }] as const;
    const numbers = { ...NO_METRICS, firstByteNs: 3e8, firstTextNs: 9e8, totalNs: 9e10, events: 1500, bytes: 64_000 };
    const usage = { input: 4000, output: 500, total: null, raw: [] };
    const at = (year: number, month: number, day: number, hour = 0) => new Date(year, month - 1, day, hour).getTime();
    const endpoint = (provider_name: string) => ({ type: 'openai', provider_name, model: 'm' });
    const other = { endpoint: endpoint('other'), endpointId: endpointId('gone'), source: 'run', timed: true } as const;
    const opened = await store([
      {
        trace: newTrace({ ...other, title: 'weather in (Paris)', model: 'gpt-5 mini', startedAt: at(2026, 1, 31, 14) }),
        result: {
          ...COMPLETE,
          metrics: { ...numbers, firstToolNs: 1, gaps: [1e6, 3e9], tokensPerSecond: 20 },
          usage,
          finish: { unified: 'tool_use', raw: null },
          cost: 0.02,
        },
        status: 200,
        starred: true,
        tags: ['Slow'],
        facts: { ...bare, tools: ['get_weather'], differs, apart: [['legacy', 'simple']] },
      },
      {
        trace: newTrace({ ...other, title: 'say "hi"', model: null, source: 'import', startedAt: at(2026, 2, 1) }),
        result: { ...COMPLETE, ending: { state: 'http-error', rule: 'Because.' }, metrics: NO_METRICS },
        status: 429,
        starred: false,
        tags: [],
        facts: { ...bare, lint: { worst: 'error', rules: ['no-end'] } },
      },
      {
        trace: newTrace({
          ...other,
          title: 'ÖFEN',
          model: 'qwen',
          endpointId: endpointId('lab'),
          startedAt: Date.now(),
        }),
        result: null,
        status: null,
        starred: false,
        tags: ['slow', 'two words'],
        facts: undefined,
      },
    ]);
    const [paris, hi, ofen] = ['weather in (Paris)', 'say "hi"', 'ÖFEN'];
    const table: readonly (readonly [filters: readonly string[], ...titles: readonly string[]])[] = [
      [['', '()', 'not nowhere', 'has:star or not has:star'], ofen, hi, paris],
      [
        [
          'model:GPT',
          'model:"gpt-5 mini"',
          'model="gpt-5 mini"',
          'tool=get_weather',
          '"gpt-5 mini"',
          '-model:qwen has:tool',
        ],
        paris,
      ],
      [['not model:gpt', '-model:"gpt-5"', 'not (model:gpt)', '-(title:paris or model:gpt)'], ofen, hi],
      [['title:"weather in (Paris)"', 'title:"(PARIS)"', 'title:"n (p"'], paris],
      [
        ['title:"\\"hi\\""', String.raw`"say \"HI\""`, 'state:http-error', 'status:429', 'status:4xx', 'status>=400'],
        hi,
      ],
      [['has:error', 'lint:error', 'lint:no-end', 'LINT:ERROR', 'source:import', 'status>2xx'], hi],
      [['öfen', 'endpoint:lab', 'endpoint:"lab server"', 'state:live', 'tag:"two words"', 'after:today'], ofen],
      [['has:tool', 'tool:weather', 'finish:tool_use', 'has:star', 'has:cost', 'has:usage', 'has:text'], paris],
      [['diff:legacy', 'diff:lost-text', 'diff:simple≠legacy', 'diff:legacy!=simple'], paris],
      [['tag:slow', 'tag:SLOW'], ofen, paris],
      [['tag:slo', 'tool:nowhere', 'ttft<900ms', 'ttft>900ms', 'gap>3s', 'lint:info', 'has:reasoning']],
      [['model="5 m"', 'model="GPT-5 mini"', 'tool=weather', 'title=ofen', 'endpoint=lab', 'endpoint="lab server"']],
      [['endpoint="Lab server"', 'model=qwen', 'model:=qwen', 'title=ÖFEN'], ofen],
      [['ttft>800ms', 'ttft>0.8s', 'ttft > 800ms', 'ttft:900ms', 'ttft=0.9s', 'ttft>=900ms', 'ttft<=900ms'], paris],
      [['ttfb:300ms', 'duration:1m30s', 'duration>1m', 'gap>2s', 'gap:3s', 'gap<=3000ms'], paris],
      [['tokens:4.5k', 'tokens>4k', 'input:4k', 'output<501', 'rate:20', 'cost>0.01', 'cost:.02'], paris],
      [['events>1k', 'events>=1.5k', 'bytes:64kb', 'status:200', 'status<3xx', 'status<=2xx'], paris],
      [['before:2026-02-01', 'before:2026-01-31T14:01', 'after:2026-01-31T14:00 before:2026-02-01'], paris],
      [['after:2026-02-01 before:2026-02-02', 'after:2026-02-01T00:00 -state:live'], hi],
      [['after:1h', 'after:2d', 'not before:yesterday'], ofen],
      [
        ['paris or öfen', 'model:gpt or state:live', '(paris) OR (öfen)', 'not say', 'NOT say AND NOT "hi"'],
        ofen,
        paris,
      ],
      [['paris öfen or hi', '(paris and öfen) or hi', 'hi or öfen paris'], hi],
      [['(paris or öfen) has:star', 'has:star (öfen or paris)'], paris],
    ];
    for (const [filters, ...titles] of table)
      for (const filter of filters) {
        const { rows, total } = await opened.list({ filter, limit: 10 });
        expect([filter, total, ...rows.map(({ title }) => title)]).toEqual([filter, titles.length, ...titles]);
      }
  });

  test('knows two lanes that differ, however they are written, and what a trace had before is gone', async () => {
    const opened = await open(dataFolder());
    const trace = newTrace();
    await opened.createTrace(trace);
    const found = async (filter: string) => (await opened.list({ filter, limit: 5 })).total;
    const [base] = fc.sample(facts, { numRuns: 1, seed: 1 });
    await opened.setFacts(trace.id, { ...base!, tools: ['get_weather'], apart: [['legacy', 'simple']] });
    for (const filter of ['diff:legacy≠simple', 'diff:simple≠legacy', 'diff:simple!=legacy', 'tool:WEATHER'])
      expect(await found(filter), filter).toBe(1);
    const other = newTrace();
    await opened.createTrace(other);
    await opened.tag([trace.id, other.id], { add: ['Slow', 'slow'] });
    await opened.tag([other.id], { remove: ['SLOW'], add: ['x'] });
    await opened.setFacts(trace.id, { ...base!, tools: [], apart: [] });
    for (const filter of ['diff:legacy≠simple', 'tool:weather']) expect(await found(filter), filter).toBe(0);
    expect(await found('tag:slow')).toBe(1);
    expect(await opened.values('tag')).toEqual([
      { value: 'slow', traces: 1 },
      { value: 'x', traces: 1 },
    ]);
    expect((await opened.get(trace.id)).tags).toEqual(['Slow']);
    await opened.tag([trace.id], { remove: ['slow'] });
    expect((await opened.get(trace.id)).tags).toBeUndefined();
    expect(await found('tag:slow')).toBe(0);
  });

  test('is answered from an index that has all that it asks', () => {
    const { db, lock } = openDatabase(dataFolder());
    afterwards(() => (db.close(), lock?.release()));
    const connection = new Connection(db);
    const examples = Object.values(FIELDS).flatMap((field): readonly string[] =>
      field.kind === 'part' ? [] : [field.example],
    );
    const has = FIELDS.has.choices.map((choice) => `has:${choice}`);
    const pairs = ['model:local state:complete', 'ttft>1s -has:error', '(gap>2s or tag:x) word', 'rate<20 cost>0.01'];
    const wholes = ['model=local', 'endpoint=local', 'tool=x', 'title=x', 'api=x'];
    for (const filter of ['', 'word', 'öfen', ...examples, ...wholes, ...has, ...pairs]) {
      const { where, values } = conditionOf(filter, undefined);
      const plan = connection
        .all<{ readonly detail: string }>(`EXPLAIN QUERY PLAN SELECT t.nr FROM traces t WHERE ${where}`, values)
        .map(({ detail }) => detail)
        .filter((detail) => / t /.test(detail));
      expect([filter, plan]).toEqual([filter, [expect.stringMatching(/^SCAN t USING COVERING INDEX traces_\w+$/)]]);
    }
  });

  test('that cannot be read is refused with the sentence', async () => {
    const opened = await open(dataFolder());
    await expect(opened.list({ filter: 'modle:x', limit: 5 })).rejects.toMatchObject({
      code: 'bad-filter',
      message: expect.stringContaining('Did you mean “model”?'),
    });
  });

  // SQLite refuses patterns of more than 50,000 bytes.
  test.each([1_001, 60_000])('of %i characters is refused with a sentence', async (length) => {
    const opened = await open(dataFolder());
    for (const filter of ['x'.repeat(length), `model:${'x'.repeat(length - 6)}`])
      await expect(opened.list({ filter, limit: 5 })).rejects.toMatchObject({
        code: 'bad-filter',
        message: `A filter has at most 1,000 characters, and this one has ${length.toLocaleString('en-US')}. Look for a part of the text.`,
      });
  });

  test('may be as long as it is read', async () => {
    const opened = await open(dataFolder());
    for (const filter of ['x '.repeat(500), '-x '.repeat(333), 'x or '.repeat(199) + 'x'])
      expect(await opened.list({ filter, limit: 5 })).toMatchObject({ total: 0 });
  });
});
