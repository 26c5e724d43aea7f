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
/** Characters of what is searched, about. */
const TEXT_TRACES = 1_500;
const WORDS_OF_TRACE = 2_000;
const SEARCH_TARGET = 0.02;
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
  for (let nr = 1; nr <= TEXT_TRACES; nr++) {
    const said = prose(new Random(nr), WORDS_OF_TRACE);
    const text = said.join('');
    if (nr % 100 === 0)
      words.push(
        ...said
          .map((word) => word.trim())
          .filter((word) => word.length > 5)
          .slice(0, 3),
      );
    chars += text.length;
    put.run(nr, text);
    await writer.put({ nr, id: traceId(`t${nr}`) }, [{ part: 'answer', label: 'answer', text, event: 0 }]);
  }
  writer.close();
  return { reader: new SearchReader(dataDir), plain, size: statSync(searchFile(dataDir)).size / chars, words };
}

function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The 99th percentile of searches for the newest, and the size of what they are answered from. */
export async function searching(): Promise<readonly Result[]> {
  const { reader, plain, size, words } = await searched();
  const like = plain.prepare('SELECT nr FROM texts WHERE text LIKE ? ORDER BY nr DESC');
  // The first question opens the file.
  for (const text of words.slice(0, 5)) reader.find({ text, limit: 20 });
  // By turns, so that both meet the same load of the machine.
  const ratios = words.map((text) => {
    const rounds = Array.from({ length: ROUNDS }, () => ({
      scan: timed(() => like.all(`%${text}%`)),
      find: timed(() => reader.find({ text, limit: 20 })),
    }));
    return median(rounds.map(({ find }) => find)) / median(rounds.map(({ scan }) => scan));
  });
  const slowest = quantile(ratios, 0.99);
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
      id: 'P16',
      what: 'what is searched on disk with its texts, over the texts',
      value: size,
      target: SIZE_TARGET,
      met: size <= SIZE_TARGET,
    },
  ];
}

export const FINDING: readonly (() => readonly Contest[])[] = [listing];
