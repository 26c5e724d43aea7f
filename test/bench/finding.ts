/** P15, P16, P30 and P31: what it costs to search what was said, and to list and filter traces, over bare SQL on the same rows. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Random } from '../../src/main/core/providers/sample/random.ts';
import { SearchReader } from '../../src/main/core/search/reader.ts';
import { searchFile } from '../../src/main/core/search/schema.ts';
import { SearchWriter } from '../../src/main/core/search/writer.ts';
import { databaseFile, openFile } from '../../src/main/core/store/database.ts';
import { openReadOnly } from '../../src/main/core/store/read-only.ts';
import { traceId } from '../../src/shared/model/ids.ts';
import { quantile, type Contest, type Result } from './measure.ts';
import { prose, seed } from './seed.ts';

const TRACES = 10_000;
const PAGE = 200;
/** What is searched: 50 MB in all, about. */
const TEXT_TRACES = 10_000;
const WORDS_OF_TRACE = 700;
/** Of so many traces, one has a text without blanks as well. */
const CHINESE_EACH = 20;
const CHINESE_CHARACTERS = 500;
const SEARCH_TARGET = 0.02;
const OTHER_TARGET = 0.1;
const ROUNDS = 7;
/** With the texts themselves, compressed. */
const SIZE_TARGET = 2.5;

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'tracelane-bench-'));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
};

function listing(): readonly Contest[] {
  const dataDir = folder();
  const db = openFile(databaseFile(dataDir));
  seed(db, TRACES, 4);
  const store = openReadOnly(dataDir);
  const page = db.prepare('SELECT * FROM traces WHERE deleted_at IS NULL ORDER BY nr DESC LIMIT ?');
  const count = db.prepare('SELECT count(*) AS total FROM traces WHERE deleted_at IS NULL');
  const where = "deleted_at IS NULL AND model LIKE '%local%' AND state = 'complete'";
  const filtered = db.prepare(`SELECT * FROM traces WHERE ${where} ORDER BY nr DESC LIMIT ?`);
  const filteredCount = db.prepare(`SELECT count(*) AS total FROM traces WHERE ${where}`);
  const told = (rows: readonly unknown[], total: unknown): string => `${rows.length} of ${String(total)}`;
  const bare = (rows: Database.Statement, total: Database.Statement) => (): string =>
    told(rows.all(PAGE), (total.get() as { total: number }).total);
  const ours = (filter?: string) => (): string => {
    const { rows, total } = store.list({ filter, limit: PAGE });
    JSON.stringify(rows);
    return told(rows, total);
  };
  return [
    {
      id: 'P30',
      what: `a page of ${PAGE} rows of the list as JSON, over reading the rows and their count`,
      target: 3,
      subject: ours(),
      floor: bare(page, count),
    },
    {
      id: 'P31',
      what: `the same of a filter by model and state, over the same in SQL`,
      target: 4,
      subject: ours('model:local state:complete'),
      floor: bare(filtered, filteredCount),
    },
  ];
}

interface Searched {
  readonly reader: SearchReader;
  readonly plain: Database.Database;
  /** Of the file, over the text. */
  readonly size: number;
  readonly words: readonly string[];
  /** What is no word: phrases, parts of words, Chinese, what stands nowhere. */
  readonly others: readonly string[];
}

let made: Promise<Searched> | undefined;
const searched = (): Promise<Searched> => (made ??= makeSearched());

async function makeSearched(): Promise<Searched> {
  const dataDir = folder();
  const writer = new SearchWriter(dataDir);
  const plain = new Database(':memory:');
  plain.exec('CREATE TABLE texts (nr INTEGER PRIMARY KEY, text TEXT)');
  const put = plain.prepare('INSERT INTO texts VALUES (?, ?)');
  let chars = 0;
  const words: string[] = [];
  const others: string[] = ['an', 'the ', 'x'];
  for (let nr = 1; nr <= TEXT_TRACES; nr++) {
    const random = new Random(nr);
    const said = prose(random, WORDS_OF_TRACE);
    const unspaced = nr % CHINESE_EACH === 0 ? chinese(random) : '';
    const text = said.join('') + unspaced;
    if (nr % 600 === 0) words.push(...longWords(said).slice(0, 3));
    if (nr % 1000 === 0) {
      const [word] = longWords(said);
      others.push(`"${said.slice(20, 23).join('').trim()}"`, `"${said.slice(40, 42).join('').slice(1, -2)}"`);
      others.push(word!.slice(1, -1), `${word}q`, unspaced.slice(10, 12), unspaced.slice(20, 24));
    }
    chars += text.length;
    put.run(nr, text);
    await writer.put({ nr, id: traceId(`t${nr}`) }, [{ part: 'answer', label: 'answer', text, event: 0 }]);
  }
  // As the program does once there is nothing more to put in.
  while (await writer.merge());
  writer.close();
  return { reader: new SearchReader(dataDir), plain, size: statSync(searchFile(dataDir)).size / chars, words, others };
}

const longWords = (said: readonly string[]): readonly string[] =>
  said.map((word) => word.trim()).filter((word) => word.length > 5);

/** Characters by their rank, as in a language. */
const chinese = (random: Random): string =>
  Array.from({ length: CHINESE_CHARACTERS }, () =>
    String.fromCodePoint(0x4e00 + Math.floor(3000 ** ((random.below(1_000_000) + 1) / 1_000_000))),
  ).join('');

function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

const median = (values: readonly number[]): number => quantile(values, 0.5);

/** How long searches for the newest take, and the size of what they are answered from. */
export async function searching(): Promise<readonly Result[]> {
  const { reader, plain, size, words, others } = await searched();
  const like = plain.prepare('SELECT nr FROM texts WHERE text LIKE ? ORDER BY nr DESC');
  // The first question opens the file.
  for (const text of words.slice(0, 5)) reader.find({ text, limit: 20 });
  const timeOf = (work: () => unknown): number => median(Array.from({ length: ROUNDS }, () => timed(work)));
  const finding = (text: string): number => timeOf(() => reader.find({ text, limit: 20 }));
  // Of each word by turns, so that both meet the same load of the machine.
  const ofWords = words.map((text) => ({ find: finding(text), scan: timeOf(() => like.all(`%${text}%`)) }));
  const ratios = ofWords.map(({ find, scan }) => find / scan);
  const slowest = quantile(ratios, 0.99);
  const aScan = median(ofWords.map(({ scan }) => scan));
  const ofOthers = others.map((text) => ({ text, ratio: finding(text) / aScan })).toSorted((a, b) => b.ratio - a.ratio);
  return [
    {
      id: 'P15',
      what: 'the first 20 places of a word, newest first, over a LIKE scan of the same text: 99th percentile',
      value: slowest,
      target: SEARCH_TARGET,
      met: slowest <= SEARCH_TARGET,
      note: `half of them below ${median(ratios).toFixed(3)}`,
    },
    {
      id: 'P15c',
      what: 'the same of a phrase, a part of a word, Chinese, and what stands nowhere, over a LIKE scan for a word: the slowest',
      value: ofOthers[0]!.ratio,
      target: OTHER_TARGET,
      met: ofOthers[0]!.ratio <= OTHER_TARGET,
      note: ofOthers
        .slice(0, 3)
        .map(({ text, ratio }) => `${text} ${ratio.toFixed(3)}`)
        .join(', '),
    },
    {
      id: 'P16',
      what: 'what is searched on disk with its texts, over the texts',
      value: size,
      target: SIZE_TARGET,
      met: size <= SIZE_TARGET,
    },
  ];
}

export const FINDING: readonly (() => readonly Contest[])[] = [listing];
