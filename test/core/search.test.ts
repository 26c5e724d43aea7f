/** Searches of what was said: found wherever it stands, opened where it stands, gone with its trace, and made again when its file is. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import type { Core } from '../../src/main/core/core.ts';
import { searchServices } from '../../src/main/core/indexing/search-services.ts';
import type { SearchDocument } from '../../src/main/core/search/documents.ts';
import { SearchReader } from '../../src/main/core/search/reader.ts';
import { searchFile } from '../../src/main/core/search/schema.ts';
import { Vocabulary } from '../../src/main/core/search/vocabulary.ts';
import { SearchWriter } from '../../src/main/core/search/writer.ts';
import { traceId, type TraceId } from '../../src/shared/model/ids.ts';
import { folded } from '../../src/shared/text/fold.ts';
import type { SearchHit } from '../../src/shared/rpc/contract.ts';
import { cores } from '../support/core.ts';
import { afterwards, dataFolder } from '../store/support.ts';

const event = (delta: unknown, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const args = (text: string, name?: string) => ({
  tool_calls: [
    { index: 0, ...(name && { id: 'call_1', type: 'function' }), function: { ...(name && { name }), arguments: text } },
  ],
});
const END = 'data: [DONE]\n\n';
const WEATHER =
  event({ reasoning_content: 'The user wonders about ' }) +
  event({ reasoning_content: 'umbrellas.' }) +
  event(args('{"city": "Par', 'get_weather')) +
  event(args('is", "unit": "C"}')) +
  event({}, 'tool_calls') +
  END;
const ANSWER =
  event({ content: 'It is SUN' }) + event({ content: 'NY in Straße 天气 today.' }) + event({}, 'stop') + END;
const FAILED =
  event({ content: 'Hm' }) +
  `data: ${JSON.stringify({ error: { message: 'The flux capacitor broke.', type: 'server_error' } })}\n\n`;

async function add(core: Core, name: string, text: string): Promise<TraceId> {
  const params = { name, text, api: 'chat_completions', again: true };
  return (await core.services['traces.import'](params)).traces[0]!.id;
}

async function search(core: Core, text: string): Promise<readonly SearchHit[]> {
  const hits: SearchHit[] = [];
  for await (const batches of core.services['traces.search']({ text, limit: 60 }, new AbortController().signal))
    for (const batch of batches) hits.push(...batch.hits);
  return hits;
}

/** Of what was found: which trace, in which part, and the marked words. */
const told = (hits: readonly SearchHit[]) =>
  hits.map(({ row, part, excerpt, marks }) => [row.id, part, marks.map(([start, end]) => excerpt.slice(start, end))]);

/** Row numbers of all that is found: a slow machine gives them in several answers. */
function found(reader: SearchReader, text: string): readonly number[] {
  const nrs: number[] = [];
  for (let before: number | null | undefined; before !== null;) {
    const page = reader.find({ text, limit: 100, before });
    nrs.push(...page.found.map(({ nr }) => nr));
    before = page.next;
  }
  return nrs;
}

/** Resolves once all ended traces can be searched. */
const whole = (core: Core) =>
  expect
    .poll(async () => {
      for await (const [batch] of core.services['traces.search']({ text: 'x', limit: 1 }, new AbortController().signal))
        if (batch!.done) return batch!.behind;
      return undefined;
    })
    .toBe(false);

describe('in a program', () => {
  const { open, dataDir } = cores({ indexAfterMs: 0 });
  const ids: Record<string, TraceId> = {};

  test('G14 words are found in answers, reasoning, arguments and errors, and in the filter; a hit knows its event', async () => {
    const core = await open();
    for (const [name, text] of Object.entries({ WEATHER, ANSWER, FAILED })) ids[name] = await add(core, name, text);
    await whole(core);
    expect(told(await search(core, 'paris'))).toEqual([[ids['WEATHER'], 'args', ['Paris']]]);
    expect(told(await search(core, 'umbrellas WONDERS'))).toEqual([
      [ids['WEATHER'], 'reasoning', ['wonders', 'umbrellas']],
    ]);
    expect(told(await search(core, '"sunny in strasse"'))).toEqual([]);
    expect(told(await search(core, '"sunny in STRAße"'))).toEqual([[ids['ANSWER'], 'answer', ['SUNNY in Straße']]]);
    expect(told(await search(core, '天气'))).toEqual([[ids['ANSWER'], 'answer', ['天气']]]);
    expect(told(await search(core, 'flux'))[0]).toEqual([ids['FAILED'], 'error', ['flux']]);
    expect(told(await search(core, 'get_weather'))).toEqual([[ids['WEATHER'], 'tool', ['get_weather']]]);
    for (const strange of ['*', 'NEAR(a b)', 'a AND', '-', 'text:', '\u{1F600}', '\ud800', '%_'])
      expect(await search(core, strange), strange).toEqual([]);
    const [hit] = await search(core, 'unit');
    expect(hit).toMatchObject({ event: 2 });
    expect(await core.services['traces.eventOf']({ id: hit!.row.id, block: hit!.block!, offset: hit!.offset })).toEqual(
      { event: 3 },
    );

    const listed = async (filter: string) =>
      (await core.services['traces.list']({ filter, limit: 10 })).rows.map(({ id }) => id);
    expect(await listed('umbrellas')).toEqual([ids['WEATHER']]);
    // One word in the reasoning, one in the arguments of a call.
    expect(await listed('umbrellas paris')).toEqual([ids['WEATHER']]);
    expect(await listed('umbrellas sunny')).toEqual([]);
    expect(await listed('in:args "Paris"')).toEqual([ids['WEATHER']]);
    expect(await listed('in:answer paris')).toEqual([]);
    expect(await listed('"wonders about umbrellas"')).toEqual([ids['WEATHER']]);
    expect(await listed('"umbrellas wonders"')).toEqual([]);
    expect(await listed('sunny or in:error flux')).toEqual([ids['FAILED'], ids['ANSWER']]);
    expect(await listed('-sunny -flux')).toEqual([ids['WEATHER']]);
  });

  test('G13 a long text, and one that looks like a query, is a text like others', async () => {
    const core = await open();
    await whole(core);
    for (const wanted of [
      'x'.repeat(10_240),
      'sunny '.repeat(2_000).trim() + ' nowhere',
      'part:answer',
      '{text}: sunny',
      '^sunny',
    ])
      expect(await search(core, wanted), wanted.slice(0, 20)).toEqual([]);
    expect(told(await search(core, 'sunny '.repeat(2_000)))).toMatchObject([[ids['ANSWER'], 'answer', ['SUNNY']]]);
    expect(told(await search(core, 'ß'))).toEqual([[ids['ANSWER'], 'answer', ['ß']]]);
  });

  test('what is deleted is not found, what is restored is again', async () => {
    const core = await open();
    await core.services['traces.delete']({ ids: [ids['ANSWER']!] });
    await whole(core);
    await expect.poll(() => search(core, 'sunny')).toEqual([]);
    await core.services['traces.restore']({ ids: [ids['ANSWER']!] });
    await expect.poll(async () => (await search(core, 'sunny')).length).toBe(1);
  });

  test('G15 a file that is damaged, or something else, is made again in the background, whoever asks first', async () => {
    const file = join(dataDir, 'tracelane.search.db');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(file);
    const broken: readonly (() => void)[] = [
      () => writeFileSync(file, 'This is no database, but a text.'.repeat(200)),
      () => writeFileSync(file, bytes.fill(0xab, 4096)),
      // As a version before this one left it.
      () => new Database(file).pragma('user_version = 2'),
      () => (rmSync(file), execFileSync('mkfifo', [file])),
      () => rmSync(file),
    ];
    /** What is not found yet is not denied. */
    const foundOrBehind = async ({ services }: Core): Promise<number> => {
      let [hits, behind] = [0, false];
      for await (const some of services['traces.search']({ text: 'umbrellas', limit: 9 }, new AbortController().signal))
        for (const batch of some) [hits, behind] = [hits + batch.hits.length, batch.behind];
      expect(hits > 0 || behind).toBe(true);
      return hits;
    };
    const asks: readonly ((core: Core) => Promise<number>)[] = [
      foundOrBehind,
      async ({ services }) => (await services['traces.list']({ filter: 'umbrellas', limit: 10 })).rows.length,
    ];
    // What else is in its place is found as these two are: whoever asks.
    const askedBy = (at: number) => (at < 2 ? asks : [asks[at % 2]!]);
    for (const [breakIt, ask] of broken.flatMap((one, at) => askedBy(at).map((two) => [one, two] as const))) {
      breakIt();

      const core = await open();
      await expect.poll(() => ask(core)).toBe(1);

      await whole(core);
      await core.close();
    }
  });
});

describe('in a program that deletes', () => {
  const { open, dataDir } = cores({ indexAfterMs: 0 });
  const SECRETS = ['xylophonesecret', 'marimbasecret', 'celestasecret'];
  const SPOKEN =
    event({ reasoning_content: `I think of a ${SECRETS[0]}. ` }) +
    event({ content: `A ${SECRETS[1]} it is. ` }) +
    event(args(`{"instrument": "${SECRETS[2]}"}`, 'play')) +
    event({}, 'tool_calls') +
    END;
  /** Files of the folder that still hold one of the words. */
  const holding = (): readonly string[] =>
    readdirSync(dataDir).filter((name) => {
      const bytes = statSync(join(dataDir, name)).isFile() ? readFileSync(join(dataDir, name)) : Buffer.alloc(0);
      return SECRETS.some((secret) => bytes.includes(secret));
    });

  test.each(['one', 'all'])(
    'G12 %s: what was said is in no file any more, the index and the logs among them',
    async (which) => {
      const core = await open();
      const id = await add(core, 'spoken', SPOKEN);
      await add(core, 'answer', ANSWER);
      await whole(core);
      expect(await search(core, SECRETS[1]!)).toHaveLength(1);
      expect(holding()).not.toEqual([]);

      const { rows } = await core.services['traces.list']({ limit: 10 });
      await core.services['traces.delete']({ ids: which === 'all' ? rows.map((row) => row.id) : [id] });
      await core.close();

      expect(holding()).toEqual([]);
      const again = await open();
      await whole(again);
      expect(await search(again, SECRETS[1]!)).toEqual([]);
      expect(await search(again, 'sunny')).toHaveLength(which === 'all' ? 0 : 1);
      expect(holding()).toEqual([]);
    },
  );
});

describe('in a program whose index is of an earlier day', () => {
  const { open, dataDir } = cores({ indexAfterMs: 0 });

  test('G15 what came later is searched too, and what was deleted later is not found', async () => {
    const file = join(dataDir, 'tracelane.search.db');
    const first = await open();
    const weather = await add(first, 'weather', WEATHER);
    await whole(first);
    await first.close();
    const earlier = readFileSync(file);
    const second = await open();
    const answer = await add(second, 'answer', ANSWER);
    await second.services['traces.delete']({ ids: [weather] });
    await whole(second);
    await second.close();
    writeFileSync(file, earlier);

    const third = await open();
    await whole(third);
    expect(told(await search(third, 'sunny'))).toEqual([[answer, 'answer', ['SUNNY']]]);
    await expect.poll(() => search(third, 'umbrellas')).toEqual([]);
  });
});

test('a question about a filter is given up when the same asker asks another', async () => {
  let asked = 0;
  const { 'traces.list': list } = searchServices({
    store: { list: () => Promise.resolve({ rows: [], at: 0, previous: null, next: null, total: 7 }) } as never,
    indexer: { generation: 1, behind: false, rebuild: () => Promise.resolve() },
    // It never finds all.
    worker: { run: async () => (asked++, await setImmediate(), { nrs: [], next: 1 }) } as never,
  });
  const first = list({ filter: 'a', limit: 1, asker: 'window' });
  const givenUp = expect(first).rejects.toMatchObject({ code: 'superseded' });
  await expect.poll(() => asked).toBeGreaterThan(2);
  expect(await list({ filter: 'state:live', limit: 1, asker: 'other window' })).toMatchObject({ total: 7 });
  const before = asked;
  await expect.poll(() => asked).toBeGreaterThan(before);
  expect(await list({ filter: 'state:live', limit: 1, asker: 'window' })).toMatchObject({ total: 7 });
  await givenUp;
});

describe('what is searched', () => {
  const folder = () => {
    const dataDir = dataFolder();
    return dataDir.replace(/data$/, '');
  };
  const made = (text: string): SearchDocument => ({ part: 'answer', label: 'answer', text, event: 0 });

  test('G13 is what contains all the words, whatever they are', async () => {
    const dir = folder();
    const [writer, reader] = [new SearchWriter(dir), new SearchReader(dir)];
    afterwards(() => (writer.close(), reader.close()));
    const letters = ['a', 'ab', 'ß', 'SS', 'é', 'e\u0301', 'ﬁ', '天', 'ש', '😀', '𠮷'];
    const others = ['"', '\0', '\ud83d', ' ', '%', "'", '\x1f', '\u200b', '、', '->', '#', '\n'];
    const words = ['abc', 'abcd', 'get_weather', '0123456789abcdef', '天气预报', 'カード', 'ไทย', '한국어'];
    const piece = fc.constantFrom(...letters, ...others, ...words);
    const text = fc.array(piece, { maxLength: 12 }).map((all) => all.join(''));
    const texts = fc.sample(text, { numRuns: 60, seed: 7 });
    const part = fc
      .tuple(fc.constantFrom(...texts), fc.nat(30), fc.nat(40))
      .map(([one, start, length]) => `"${one.slice(start, start + length)}"`);
    for (const [nr, one] of texts.entries()) await writer.put({ nr: nr + 1, id: traceId(`t${nr}`) }, [made(one)]);
    const plain = (one: string) => folded(one.toWellFormed().replaceAll('\0', ' '));
    fc.assert(
      fc.property(fc.oneof(text, part), (wanted) => {
        const terms = /^\s*"(.+?)"?\s*$/s.exec(wanted)?.[1];
        const words = (terms === undefined ? wanted.split(/\s+/) : [terms]).map(plain).filter((word) => word !== '');
        const expected = texts.flatMap((one, nr) =>
          words.length > 0 && words.every((word) => plain(one).includes(word)) ? [nr + 1] : [],
        );
        const found: number[] = [];
        for (let before: number | null | undefined; before !== null;) {
          const { nrs, next } = reader.traces({ text: wanted, before });
          found.push(...nrs);
          before = next;
        }
        expect(found.toSorted((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('is of the trace that has it, however long its neighbour is', async () => {
    const dir = folder();
    const [writer, reader] = [new SearchWriter(dir), new SearchReader(dir)];
    afterwards(() => (writer.close(), reader.close()));
    const long = [...Array.from({ length: 100 }, () => made('- '.repeat(15_000))), made('needle at the end')];
    await writer.put({ nr: 7, id: traceId('seven') }, [made('a needle before')]);
    await writer.put({ nr: 8, id: traceId('eight') }, long);
    await writer.put({ nr: 9, id: traceId('nine') }, [made('a needle behind')]);
    const nrs = () => found(reader, 'needle');
    expect(nrs()).toEqual([9, 8, 7]);
    await writer.remove(traceId('eight'));
    expect(nrs()).toEqual([9, 7]);
  });

  test('is found while it is joined and after it, and its words are forgotten with the last text that has them', async () => {
    const dir = folder();
    const [writer, reader] = [new SearchWriter(dir), new SearchReader(dir)];
    afterwards(() => (writer.close(), reader.close()));
    const ids = Array.from({ length: 40 }, (_, n) => traceId(`t${n}`));
    for (const [nr, id] of ids.entries())
      await writer.put({ nr: nr + 1, id }, [made(`common secret${nr} ${'digest0123456789'.repeat(4)}${nr}`)]);
    const nrs = (text: string) => found(reader, text);
    expect(nrs('common')).toHaveLength(40);
    while (await writer.merge()) expect(nrs('ecret17')).toEqual([18]);
    expect(nrs('common')).toHaveLength(40);
    expect(nrs('9digest012345678917')).toEqual([18]);
    for (const id of ids.slice(0, -1)) await writer.remove(id);
    expect(nrs('common')).toEqual([40]);
    expect(nrs('ecret17')).toEqual([]);
    const db = new Database(searchFile(dir), { readonly: true });
    expect(
      db.prepare("SELECT word FROM words WHERE word LIKE 'secret%' OR word = 'common' ORDER BY 1").pluck().all(),
    ).toEqual(['common', 'secret39']);
    db.close();
  });

  test('is put in again where a program ended in the middle of it, and leaves nothing behind when it is taken out', async () => {
    const dir = folder();
    const many = Array.from({ length: 40 }, (_, i) => made(`needle ${i} `.repeat(400)));
    const place = { nr: 5, id: traceId('five') };
    const first = new SearchWriter(dir);
    const putting = first.put(place, many);
    await expect.poll(() => new SearchReader(dir).find({ text: 'needle', limit: 1 }).found.length).toBeGreaterThan(0);
    first.close();
    await putting.catch(() => undefined);
    const [writer, reader] = [new SearchWriter(dir), new SearchReader(dir)];
    afterwards(() => (writer.close(), reader.close()));
    expect(await writer.missing([place], null)).toEqual([place.id]);
    await writer.put(place, many);
    expect(await writer.missing([place], null)).toEqual([]);
    expect(reader.find({ text: 'needle', limit: 10 }).found).toHaveLength(3);
    // Another trace has that row number now.
    expect(await writer.missing([{ nr: 5, id: traceId('other') }], null)).toEqual(['other']);
    await writer.remove(place.id);
    expect(reader.find({ text: 'needle', limit: 10 }).found).toEqual([]);
    await writer.put({ nr: 6, id: traceId('six') }, [made('hay')]);
    expect(await writer.missing([], null)).toEqual([]);
    expect(reader.find({ text: 'hay', limit: 10 }).found).toEqual([]);
  });
});

test('of any number of words, those that were known before and those that came later complete a part', () => {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE words (number INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT NOT NULL UNIQUE)');
  const put = (from: number, to: number) =>
    db
      .prepare("INSERT INTO words (word) SELECT printf('w%06d', value) FROM json_each(?)")
      .run(JSON.stringify(Array.from({ length: to - from }, (_, at) => from + at)));
  const vocabulary = new Vocabulary(db);
  const completed = (text: string) => vocabulary.completed({ text, starts: false, ends: false });
  vocabulary.refresh();
  expect(completed('w')).toEqual([]);
  put(0, 50_001);
  vocabulary.refresh();
  for (const word of ['w000000', 'w019999', 'w020000', 'w039999', 'w040000', 'w050000'])
    expect(completed(word.slice(1))).toEqual([word]);
  expect(completed('w050001')).toEqual([]);
  put(50_001, 50_002);
  vocabulary.refresh();
  expect(completed('w050001')).toEqual(['w050001']);
  expect(completed('w')).toBeNull();
  db.close();
});
