/** Programs that are killed in mid-work, many times over one data folder, and what must be true of it afterwards. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { recordHere } from '../../src/main/core/decoding/record.ts';
import { FileVault } from '../../src/main/core/keys/file-vault.ts';
import { recoverTraces } from '../../src/main/core/recording/recover.ts';
import { Random } from '../../src/main/core/providers/sample/random.ts';
import type { SearchDocument } from '../../src/main/core/search/documents.ts';
import { SearchReader } from '../../src/main/core/search/reader.ts';
import { SearchWriter } from '../../src/main/core/search/writer.ts';
import { migrateWith } from '../../src/main/core/store/migrate.ts';
import { openStore } from '../../src/main/core/store/open-store.ts';
import { MIGRATIONS, SCHEMA_VERSION } from '../../src/main/core/store/sql/migrations.ts';
import type { Store } from '../../src/main/core/store/store.ts';
import { endpointId, traceId } from '../../src/shared/model/ids.ts';
import type { Read } from '../../src/shared/model/stream.ts';
import { checkMade } from './made-reads.ts';
import { STORE_WORKER } from './traces.ts';

export const KILLED = [
  'record',
  'import',
  'purge',
  'seal',
  'checkpoint',
  'vacuum',
  'migrate',
  'vault',
  'index',
  'export',
] as const;
export type Killed = (typeof KILLED)[number];

const RECORDER = new URL('killed-child.ts', import.meta.url);
const WORKER = new URL('kill-child.ts', import.meta.url);

/** A folder grows with its rounds, and with it the time that each takes. */
const ROUNDS_A_FOLDER = 20;
/** Settings that a file of the first version has. */
const OLD_SETTINGS = 500;

/** How long after its last promise a program is killed at most, in milliseconds, where the work that matters takes longer than most. */
const LONGEST_AFTER_MS: Readonly<Partial<Record<Killed, number>>> = { migrate: 120, vacuum: 150, export: 40 };

/** A body whose bytes follow from its title, which ends with the number of its events. */
export function importedBody(title: string): string {
  const lines = Number(title.split('-').at(-1));
  const chunk = (n: number): string =>
    `data: ${JSON.stringify({ id: title, object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta: { content: `${n} ` } }] })}\n\n`;
  return `${Array.from({ length: lines }, (_, n) => chunk(n)).join('')}data: [DONE]\n\n`;
}

/** Throws where a promise was broken or a file is damaged. */
export async function killRounds(
  kind: Killed,
  rounds: number,
  seed: number,
): Promise<{ readonly kills: number; readonly promises: number }> {
  const random = new Random(seed);
  let promises = 0;
  for (let round = 0; round < rounds;) {
    const folder = mkdtempSync(join(tmpdir(), 'tracelane-kill-'));
    const dataDir = join(folder, 'data');
    const kept = new Map<string, string>();
    try {
      for (let n = 0; n < ROUNDS_A_FOLDER && round < rounds; n++, round++) {
        if (kind === 'vault' || kind === 'index' || kind === 'export') mkdirSync(dataDir, { recursive: true });
        if (kind === 'migrate') oldFile(join(folder, `data-${n}`));
        const dir = kind === 'migrate' ? join(folder, `data-${n}`) : dataDir;
        for (const [what, much] of await workAndKill(kind, dir, `run-${round}`, random)) {
          promises++;
          kept.set(what, much);
        }
        if (kind === 'vault') await checkVault(dir, kept);
        else if (kind === 'index') await checkIndex(dir, kept);
        else if (kind === 'export') checkExported(dir, kept);
        else if (kind === 'migrate') await checkMigrated(dir);
        else await checkTraces(kind, dir, kept);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { kills: rounds, promises };
}

/** What the program was promised before it was killed; a line that is not whole was not read by anybody. */
async function workAndKill(
  kind: Killed,
  dataDir: string,
  name: string,
  random: Random,
): Promise<readonly (readonly [string, string])[]> {
  const program = kind === 'record' ? RECORDER : WORKER;
  const seed = String(random.below(1e9));
  const lines = kind === 'migrate' ? 1 : 3 + random.below(kind === 'record' || kind === 'vault' ? 120 : 20);
  const after = random.below(LONGEST_AFTER_MS[kind] ?? 12);
  const child = spawn(
    process.execPath,
    [fileURLToPath(program), ...(kind === 'record' ? [] : [kind]), dataDir, name, seed],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  let killing = false;
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    if (killing || text.split('\n').length <= lines) return;
    killing = true;
    setTimeout(() => child.kill('SIGKILL'), after);
  });
  const by = await new Promise((resolve) => child.on('close', (_code, signal) => resolve(signal)));
  if (by !== 'SIGKILL') throw new Error(`${kind}: the program ended by itself: ${text.slice(-300)}`);
  return text
    .slice(0, text.lastIndexOf('\n'))
    .split('\n')
    .map((line) => line.split(' ') as [string, string])
    .filter(([what]) => what !== 'ready' && what !== 'open');
}

/** As the program starts, and closed again. */
async function started<Value>(dataDir: string, look: (store: Store) => Promise<Value>): Promise<Value> {
  const store = await openStore({ dataDir, worker: STORE_WORKER, undoMs: 1 });
  try {
    if (store.problem) throw new Error(store.problem.sentence);
    await recoverTraces(store, recordHere);
    return await look(store);
  } finally {
    await store.close();
  }
}

/** What the name of a trace ends in that nobody deletes. */
export const KEPT = '-kept';

async function checkTraces(kind: Killed, dataDir: string, kept: ReadonlyMap<string, string>): Promise<void> {
  await started(dataDir, async (store) => {
    const first = await store.list({ limit: 200 });
    const rows = [...first.rows];
    for (let { next } = first; next !== null;) {
      const page = await store.list({ limit: 200, after: next });
      rows.push(...page.rows);
      next = page.next;
    }
    const there = new Set<string>(rows.map(({ id, title }) => (kind === 'import' ? title : id)));
    for (const [what, much] of kept) {
      if (what.startsWith('-')) {
        if (there.has(what.slice(1))) throw new Error(`${what.slice(1)} was deleted and is there again.`);
        continue;
      }
      const deleting = kind === 'purge' || (kind === 'vacuum' && !what.endsWith(KEPT));
      const deleted = deleting && (kept.has(`-${what}`) || !there.has(what));
      if (deleted) continue;
      if (!there.has(what)) throw new Error(`${kind}: ${what} was promised and is not there.`);
      if (kind === 'import') continue;
      const reads = await allReads(store, traceId(what));
      checkMade(what, reads);
      if (reads.length < Number(much)) throw new Error(`${kind}: ${what} has ${reads.length} reads of ${much}.`);
    }
    if (kind !== 'import') return;
    for (const { id, title } of rows) {
      const body = Buffer.concat((await allReads(store, id)).map(({ bytes }) => bytes)).toString();
      if (body !== importedBody(title)) throw new Error(`${title} is half imported: ${body.length} bytes.`);
    }
  });
  checkWhole(dataDir);
  if (kind === 'vacuum') checkShrunk(dataDir);
}

/** What the killed program left of its work was done by the next one. */
function checkShrunk(dataDir: string): void {
  const db = new Database(join(dataDir, 'tracelane.db'), { readonly: true });
  const free = Number(db.pragma('freelist_count', { simple: true }));
  db.close();
  if (free > 0) throw new Error(`${free} pages of deleted traces are still in the file.`);
}

async function allReads(store: Store, id: Parameters<Store['reads']>[0]): Promise<readonly Read[]> {
  const all: Read[] = [];
  for (;;) {
    const page = await store.reads(id, all.length);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

function checkWhole(dataDir: string, name = 'tracelane.db'): void {
  const db = new Database(join(dataDir, name), { readonly: true });
  const found = db.pragma('integrity_check', { simple: true });
  db.close();
  if (found !== 'ok') throw new Error(`The file is damaged: ${String(found)}`);
}

/** As the first version left it. */
function oldFile(dataDir: string): void {
  mkdirSync(dataDir);
  const db = new Database(join(dataDir, 'tracelane.db'));
  db.pragma('journal_mode = WAL');
  migrateWith(db, 0, MIGRATIONS.slice(0, 1));
  const insert = db.prepare('INSERT INTO settings VALUES (?, ?)');
  db.transaction(() => {
    for (let n = 0; n < OLD_SETTINGS; n++) insert.run(`old-${n}`, JSON.stringify('x'.repeat(1000)));
  })();
  db.close();
}

async function checkMigrated(dataDir: string): Promise<void> {
  await started(dataDir, async () => undefined);
  checkWhole(dataDir);
  const db = new Database(join(dataDir, 'tracelane.db'), { readonly: true });
  const version = db.pragma('user_version', { simple: true });
  const { count } = db.prepare("SELECT count(*) AS count FROM settings WHERE key LIKE 'old-%'").get() as {
    count: number;
  };
  db.close();
  if (version !== SCHEMA_VERSION || count !== OLD_SETTINGS)
    throw new Error(`The file has version ${String(version)} and ${count} settings of ${OLD_SETTINGS}.`);
}

/** What a made trace is searched by: some pages, and words of its own in the first and in the last. */
export function madeDocuments(id: string): readonly SearchDocument[] {
  const filling = 'and so on and on '.repeat(2500);
  return ['first', 'last'].map((which) => ({
    part: 'answer',
    label: 'answer',
    text: `The ${which} word of ${id}. ${filling}`,
    event: null,
  }));
}

/** The row number of a made trace: higher for those of a later round. */
export const madeNr = (id: string): number => {
  const [, round, n] = id.split('-').map(Number);
  return round! * 1_000_000 + n! + 1;
};

/** What was put in whole is found; what was taken out is not; and a start takes out what is half there, and nothing else. */
async function checkIndex(dataDir: string, kept: ReadonlyMap<string, string>): Promise<void> {
  const has = (id: string): boolean => !kept.has(`-${id}`) && !kept.has(`?${id}`);
  const put = [...kept.keys()].filter((what) => what.startsWith('run'));
  const places = put.filter(has).map((id) => ({ id: traceId(id), nr: madeNr(id) }));
  const writer = new SearchWriter(dataDir);
  const reader = new SearchReader(dataDir);
  try {
    const missing = await writer.missing(
      places.toSorted((a, b) => b.nr - a.nr),
      null,
    );
    if (missing.length > 0 || writer.takeLoss()) throw new Error(`Indexed and not there: ${missing.join(', ')}.`);
    for (const id of put)
      for (const which of ['first', 'last']) {
        const { found } = reader.find({ text: `"the ${which} word of ${id}."`, limit: 5 });
        if (found.length > 0 !== has(id)) throw new Error(`The ${which} word of ${id}: found ${found.length} times.`);
      }
  } finally {
    writer.close();
    reader.close();
  }
  checkWhole(dataDir, 'tracelane.search.db');
}

/** What the file of an export holds: so many lines, which all say which export it was. */
export const exportedText = (number: number): string => `${number}\n`.repeat(200_000);

/** The file is that of the export that was promised last, or of one after it, and whole. */
function checkExported(dataDir: string, kept: ReadonlyMap<string, string>): void {
  const text = readFileSync(join(dataDir, 'exported'), 'utf8');
  const number = Number(text.split('\n', 1)[0]);
  if (text !== exportedText(number) || number < Number(kept.get('exported')))
    throw new Error(`The file is half of export ${number}, after ${String(kept.get('exported'))} was promised.`);
}

/** A key is the one that was promised last, or the one after it. */
async function checkVault(dataDir: string, kept: ReadonlyMap<string, string>): Promise<void> {
  const vault = new FileVault(join(dataDir, 'keys.json'));
  for (const [id, key] of kept) {
    const now = await vault.get(endpointId(id));
    const number = (text: string): number => Number(text.split('-').at(-1));
    if (now === undefined || number(now) < number(key))
      throw new Error(`The key ${id} should be ${key} and is ${String(now)}.`);
  }
}
