/**
 * Files that cannot be opened as usual: the store then works in memory and says why, and the file is left as it was. Older
 * files are copied and migrated. A folder has one writing program.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../src/main/core/store/open-store.ts';
import { openReadOnly } from '../../src/main/core/store/read-only.ts';
import { openFolder } from '../../src/main/hosts/cli/stored-traces.ts';
import { openDatabase } from '../../src/main/core/store/database.ts';
import { migrateWith } from '../../src/main/core/store/migrate.ts';
import { MIGRATIONS, SCHEMA_VERSION } from '../../src/main/core/store/sql/migrations.ts';
import type { Store } from '../../src/main/core/store/store.ts';
import { Random } from '../../src/main/core/providers/sample/random.ts';
import { diskLibrary } from './disk-faults.ts';
import { canMount, remount, smallDisk } from './small-disk.ts';
import { allReads, cutEvenly, dataFolder, open, plain, sha256 } from './support.ts';
import { COMPLETE, newTrace } from './traces.ts';

const fileIn = (dataDir: string) => join(dataDir, 'tracelane.db');

/** A file with a trace in it; `mebibytes` of body that does not compress. */
async function filled(dataDir: string, mebibytes = 0.1): Promise<ReturnType<typeof newTrace>> {
  const store = await open(dataDir);
  const trace = newTrace();
  await store.createTrace(trace);
  const random = new Random(1);
  store.appendReads(
    trace.id,
    cutEvenly(Buffer.from(Array.from({ length: mebibytes * 2 ** 20 }, () => random.below(256))), 2000),
  );
  await store.finishTrace(trace.id, COMPLETE);
  await store.close();
  return trace;
}

/** As a killed program leaves it: its last change is in the log and not in the file. */
function logOnly(dataDir: string): void {
  const [file, log] = [fileIn(dataDir), `${fileIn(dataDir)}-wal`];
  const db = new Database(file);
  db.exec("UPDATE traces SET title = 'In the log'");
  const held = [file, log].map((path) => readFileSync(path));
  db.close();
  for (const [at, path] of [file, log].entries()) writeFileSync(path, held[at]!);
}

function hashes(dataDir: string): Record<string, string> {
  // Looking at a file makes an empty log beside it.
  const names = readdirSync(dataDir).filter(
    (name) => /^tracelane\.db(-wal)?$/.test(name) && statSync(join(dataDir, name)).size > 0,
  );
  return Object.fromEntries(names.toSorted().map((name) => [name, sha256(readFileSync(join(dataDir, name)))]));
}

/** Opens what must not be opened: in memory, with a sentence, able to record, and without a trace in the file. */
async function openRefused(dataDir: string, sentence: RegExp): Promise<Store> {
  const before = hashes(dataDir);
  const store = await open(dataDir);
  expect(store.problem?.sentence).toMatch(sentence);
  expect(store.problem?.sentence).toMatch(/kept only in memory/);
  expect(store.file).toBeUndefined();
  const trace = newTrace();
  await store.createTrace(trace);
  const reads = cutEvenly(Buffer.from('kept in memory'), 3);
  store.appendReads(trace.id, reads);
  await store.finishTrace(trace.id, COMPLETE);
  expect(plain(await allReads(store, trace.id))).toEqual(plain(reads));
  await store.close();
  expect(hashes(dataDir)).toEqual(before);
  return store;
}

describe('refused and left alone:', () => {
  test('G10 a file of a newer version, whose traces can still be read', async () => {
    const dataDir = dataFolder();
    const { id } = await filled(dataDir);
    const db = new Database(fileIn(dataDir));
    // What a later format may add, or do without.
    db.exec('ALTER TABLE traces ADD COLUMN later TEXT; CREATE TABLE later (x); CREATE INDEX later_x ON later (x)');
    db.exec('DROP INDEX traces_filtered; DROP INDEX traces_unfinished');
    db.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    db.close();
    await openRefused(
      dataDir,
      new RegExp(
        `newer Tracelane \\(format ${SCHEMA_VERSION + 1}; this version supports formats up to ${SCHEMA_VERSION}\\)`,
      ),
    );
    const store = await open(dataDir);
    expect(store.problem?.readable).toBe(true);
    expect((await store.list({ limit: 9 })).rows).toMatchObject([{ id }]);
    expect(await allReads(store, id)).not.toEqual([]);
    // The indexes that were dropped left room in the file, which nothing can use.
    expect(await store.size()).toMatchObject({ traces: 1, leaving: 0, free: 0 });
    await expect(store.star([id], true)).rejects.toMatchObject({ code: 'read-only' });
    expect(() => openReadOnly(dataDir)).toThrow(expect.objectContaining({ name: 'ServiceError', code: 'store' }));
  });

  test('G10 a newer file that lacks a column known here, which cannot be read', async () => {
    const dataDir = dataFolder();
    await filled(dataDir);
    const db = new Database(fileIn(dataDir));
    db.exec('ALTER TABLE traces DROP COLUMN advice');
    db.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    db.close();
    const store = await openRefused(dataDir, /newer Tracelane/);
    expect(store.problem?.readable).toBe(false);
  });

  test('G10 a newer file whose last word is still in its log', async () => {
    const dataDir = dataFolder();
    await filled(dataDir);
    const other = dataFolder();
    mkdirSync(other);
    const db = new Database(fileIn(dataDir));
    db.pragma(`user_version = ${SCHEMA_VERSION + 3}`);
    // As a killed program leaves them: the log not yet brought into the file.
    for (const name of ['tracelane.db', 'tracelane.db-wal']) copyFileSync(join(dataDir, name), join(other, name));
    db.close();
    await openRefused(other, /newer Tracelane/);
  });

  test('G9 a text file of that name', async () => {
    const dataDir = dataFolder();
    mkdirSync(dataDir);
    writeFileSync(fileIn(dataDir), 'Dear diary, '.repeat(1000));
    await openRefused(dataDir, /is not a database/);
  });

  test('G9 a database of another program', async () => {
    const dataDir = dataFolder();
    mkdirSync(dataDir);
    const db = new Database(fileIn(dataDir));
    db.exec('CREATE TABLE traces (x); INSERT INTO traces VALUES (1)');
    db.close();
    await openRefused(dataDir, /database of another program/);
  });

  test('G9 a file that was cut off', async () => {
    const dataDir = dataFolder();
    await filled(dataDir);
    truncateSync(fileIn(dataDir), 40_000);
    await openRefused(
      dataDir,
      new RegExp(
        `is cut off: its end is missing\\. Nothing in it was changed\\. Close Tracelane and run .*tracelane (?:-- )?repair ${dataDir}: `,
      ),
    );
  });

  test('G7 an empty file whose log says that there was more', async () => {
    const dataDir = dataFolder();
    await filled(dataDir);
    truncateSync(fileIn(dataDir), 0);
    writeFileSync(`${fileIn(dataDir)}-wal`, 'what a log would hold');
    await openRefused(dataDir, /is missing or empty, but its log/);
  });

  test.each([
    [1, 30],
    [30, 1],
  ])(
    'G7 a log of another file: of %i traces beside those of a file with %i, which are there without it',
    async (others, own) => {
      const [dataDir, other] = [dataFolder(), dataFolder()];
      for (const [folder, traces] of [
        [dataDir, own],
        [other, others],
      ] as const) {
        const store = await open(folder);
        await Promise.all(Array.from({ length: traces }, () => store.createTrace(newTrace())));
        if (folder === other) copyFileSync(`${fileIn(other)}-wal`, `${fileIn(dataDir)}-wal`);
        await store.close();
      }
      await openRefused(dataDir, /-wal is of another trace file.*Nothing in either was changed\. Move the log away/);
      // Nor do commands and agents, which open the folder for themselves.
      expect(() => openFolder(dataDir)).toThrow(/No traces can be read in .*-wal is of another trace file/);
      rmSync(`${fileIn(dataDir)}-wal`);
      const store = await open(dataDir);
      expect(store.problem).toBeUndefined();
      expect((await store.list({ limit: 9 })).total).toBe(own);
      await store.close();
      const reader = openFolder(dataDir);
      expect(reader.list({ limit: 9 }).total).toBe(own);
      reader.close();
    },
  );

  test('G8 a file with damaged pages', async () => {
    const dataDir = dataFolder();
    await filled(dataDir);
    const bytes = readFileSync(fileIn(dataDir));
    // Every page but the first, so that whichever b-tree is looked at is hit.
    for (let page = 1; page < 12; page++) bytes.fill(0xaa, page * 4096, page * 4096 + 64);
    writeFileSync(fileIn(dataDir), bytes);
    await openRefused(dataDir, /is damaged/);
  });

  test('R15 a folder in its place', async () => {
    const dataDir = dataFolder();
    mkdirSync(fileIn(dataDir), { recursive: true });
    const store = await open(dataDir);
    expect(store.problem?.sentence).toMatch(/is not a file that can hold traces: it is a folder, a pipe or a device/);
  });

  test('G6 a file that another connection has locked for itself', async () => {
    const dataDir = dataFolder();
    await filled(dataDir);
    const db = new Database(fileIn(dataDir));
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
    const store = await open(dataDir);
    expect(store.problem?.sentence).toMatch(/SQLITE_BUSY/);
    db.exec('ROLLBACK');
    db.close();
  });
});

test.each<readonly [string, title: string | undefined, change: (file: string) => void]>([
  ['no log, as of a copy of the file alone', undefined, (file) => rmSync(`${file}-wal`)],
  ['a log that is none', undefined, (file) => writeFileSync(`${file}-wal`, Buffer.alloc(100_000, 0x55))],
  [
    'its log, and memory of an earlier day',
    'In the log',
    (file) => writeFileSync(`${file}-shm`, Buffer.alloc(32_768, 0x55)),
  ],
])('G7 a file with %s beside it is opened, and written on', async (_what, inLog, change) => {
  const dataDir = dataFolder();
  const trace = await filled(dataDir);
  const { id } = trace;
  logOnly(dataDir);
  change(fileIn(dataDir));
  const store = await open(dataDir);
  expect(store.problem).toBeUndefined();
  expect((await store.get(id)).title).toBe(inLog ?? trace.title);
  expect(await allReads(store, id)).not.toEqual([]);
  await store.star([id], true);
  await store.close();
  expect((await (await open(dataDir)).get(id)).starred).toBe(true);
});

test('G9 an empty file is a new one', async () => {
  const dataDir = dataFolder();
  mkdirSync(dataDir);
  writeFileSync(fileIn(dataDir), '');
  const store = await open(dataDir);
  expect(store.problem).toBeUndefined();
  expect(store.file).toBe(fileIn(dataDir));
});

test('G8 a damaged segment costs only itself, and names the trace and the bytes', async () => {
  const dataDir = dataFolder();
  const trace = await filled(dataDir, 0.4);
  const db = new Database(fileIn(dataDir));
  const segments = db
    .prepare<[], { nr: number; start: number; length: number; first_read: number; reads: number; body: Buffer }>(
      'SELECT * FROM segments ORDER BY start',
    )
    .all();
  const hit = segments[2]!;
  hit.body[1000]! ^= 1;
  db.prepare('UPDATE segments SET body = ? WHERE nr = ?').run(hit.body, hit.nr);
  db.close();
  const store = await open(dataDir);
  expect(store.problem).toBeUndefined();
  const error = await store.bytes(trace.id, hit.start, hit.start + 1).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: 'damaged',
    message: expect.stringContaining(
      `"${trace.title}" is damaged in the file: bytes ${hit.start} to ${hit.start + hit.length - 1}`,
    ),
  });
  expect((await store.reads(trace.id, 0)).at(-1)?.n).toBe(hit.first_read - 1);
  await expect(store.reads(trace.id, hit.first_read)).rejects.toMatchObject({ code: 'damaged' });
  expect((await store.reads(trace.id, hit.first_read + hit.reads))[0]?.n).toBe(hit.first_read + hit.reads);
  expect((await store.bytes(trace.id, 0, hit.start)).bytes.length).toBe(hit.start);
});

describe('where nothing may be written', () => {
  const tmpfs = canMount('a read-only folder and a full disk are');

  test.runIf(tmpfs).each(['in the file', 'in the log alone'])(
    'R16 G5 a read-only folder with traces %s is left alone, and they are read',
    async (where) => {
      const dataDir = smallDisk('8m');
      const { id, title } = await filled(dataDir);
      if (where === 'in the log alone') logOnly(dataDir);
      remount(dataDir, 'ro');
      await openRefused(dataDir, /cannot be written/);
      const store = await open(dataDir);
      expect(store.problem?.readable).toBe(true);
      expect((await store.list({ limit: 9 })).rows).toMatchObject([
        { id, title: where === 'in the file' ? title : 'In the log' },
      ]);
      expect(await store.get(id)).toMatchObject({ ending: { state: 'complete' }, storedBytes: 104_857 });
      expect((await store.bytes(id, 0, 200_000)).bytes).toHaveLength(104_857);
      await expect(store.star([id], true)).rejects.toMatchObject({ code: 'read-only' });
      await expect(store.delete([id])).rejects.toMatchObject({ code: 'read-only' });
      expect((await store.list({ limit: 9, filter: 'state:complete' })).total).toBe(1);
      // As commands and agents read it.
      const reader = openReadOnly(dataDir);
      expect(reader.bytes(id, 0, 200_000).bytes).toHaveLength(104_857);
      reader.close();
    },
  );

  test.skipIf(process.platform === 'win32')(
    'R16 G5 a folder and files that their modes let nobody write are read, what is in the log too',
    async () => {
      const dataDir = dataFolder();
      const { id } = await filled(dataDir);
      logOnly(dataDir);
      chmodSync(dirname(dataDir), 0o755);
      for (const name of readdirSync(dataDir)) chmodSync(join(dataDir, name), 0o444);
      chmodSync(dataDir, 0o555);
      // Modes stop everybody but root.
      const root = process.geteuid!() === 0;
      if (root) process.seteuid!('nobody');
      try {
        const reader = openReadOnly(dataDir);
        expect(reader.get(id)).toMatchObject({ title: 'In the log' });
        reader.close();
      } finally {
        if (root) process.seteuid!(0);
        chmodSync(dataDir, 0o700);
      }
    },
  );

  test.runIf(tmpfs)(
    'G5 R16 a read-only folder with a file of more than 1 GB: what to copy where is said, and helps',
    async () => {
      const dataDir = smallDisk('8m');
      const { id } = await filled(dataDir);
      logOnly(dataDir);
      const { size } = statSync(fileIn(dataDir));
      // A hole: the header says where the file ends.
      truncateSync(fileIn(dataDir), 1024 ** 3);
      remount(dataDir, 'ro');
      const says =
        /larger than 1 GB.*copy tracelane\.db, and tracelane\.db-wal if it is there, to a folder that you can write; set TRACELANE_DATA_DIR/;
      const store = await open(dataDir);
      expect(store.problem).toMatchObject({ readable: false, sentence: expect.stringMatching(says) });
      expect(() => openReadOnly(dataDir)).toThrow(says);
      const copy = dataFolder();
      mkdirSync(copy);
      writeFileSync(fileIn(copy), execFileSync('head', ['-c', String(size), fileIn(dataDir)]));
      copyFileSync(`${fileIn(dataDir)}-wal`, `${fileIn(copy)}-wal`);
      const again = await open(copy);
      expect(again.problem).toBeUndefined();
      expect((await again.get(id)).title).toBe('In the log');
    },
  );

  test.runIf(tmpfs)('G5 a read-only folder without any is said to be', async () => {
    const dataDir = smallDisk('1m');
    remount(dataDir, 'ro');
    const store = await open(dataDir);
    expect(store.problem?.sentence).toMatch(/The data folder .* cannot be written/);
    const below = await open(join(dataDir, 'below'));
    expect(below.problem?.sentence).toMatch(/The data folder .* cannot be written/);
  });

  test.runIf(tmpfs)('G4 a full disk without traces is said to be full', async () => {
    const dataDir = smallDisk('1m');
    writeFileSync(join(dataDir, 'filler'), Buffer.alloc(2 ** 20 - 16_384));
    const store = await open(dataDir);
    expect(store.problem?.sentence).toMatch(/^The disk that holds .* is full/);
  });

  test.runIf(tmpfs)(
    'G4 a full disk with traces is said to be full, however little is left on it, and they are read',
    async () => {
      const dataDir = smallDisk('4m');
      await filled(dataDir);
      const filler = join(dataDir, 'filler');
      for (const pages of [0, 1, 2, 3, 4]) {
        const left = execFileSync('df', ['--output=avail', '-B1', dataDir], { encoding: 'utf8' }).split('\n')[1]!;
        writeFileSync(filler, Buffer.alloc(Number(left) - pages * 4096));
        const store = await open(dataDir);
        expect([pages, store.problem?.sentence]).toEqual([
          pages,
          expect.stringMatching(/^The disk that holds .* is full/),
        ]);
        expect((await store.list({ limit: 1 })).total).toBe(1);
        await store.close();
        rmSync(filler);
      }
    },
  );

  test.runIf(tmpfs)('G4 traces on a full disk are opened and read', async () => {
    const dataDir = smallDisk('4m');
    const trace = await filled(dataDir);
    const left = execFileSync('df', ['--output=avail', '-B1', dataDir], { encoding: 'utf8' }).split('\n')[1]!;
    // Room for what readers of the file share, and for nothing else.
    writeFileSync(join(dataDir, 'filler'), Buffer.alloc(Number(left) - 45_056));
    const store = await open(dataDir);
    expect(store.problem).toBeUndefined();
    expect((await allReads(store, trace.id)).length).toBeGreaterThan(10);
    await expect(store.saveSettings({ theme: 'dark' })).rejects.toMatchObject({ code: 'not-stored' });
  });
});

describe.skipIf(process.platform === 'win32')('R20 L10 a folder that others can look into', () => {
  const modeOf = (path: string): number => statSync(path).mode & 0o777;

  test.each([0o755, 0o777, 0o750])(
    'of mode %o with nothing in it, or only our own, is closed to them',
    async (mode) => {
      const dataDir = dataFolder();
      mkdirSync(dataDir);
      chmodSync(dataDir, mode);
      const store = await open(dataDir);
      expect([modeOf(dataDir), store.remark]).toEqual([0o700, undefined]);
      await store.close();
      chmodSync(dataDir, mode);
      const again = await open(dataDir);
      expect([modeOf(dataDir), again.remark]).toEqual([0o700, undefined]);
    },
  );

  test('with somebody else’s files in it is left as it is, and said to be', async () => {
    const dataDir = dataFolder();
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'thesis.tex'), '');
    chmodSync(dataDir, 0o755);
    const store = await open(dataDir);
    expect(modeOf(dataDir)).toBe(0o755);
    expect(store.remark).toMatch(/Other users of this machine can look into .* "thesis\.tex"/);
    expect(modeOf(fileIn(dataDir))).toBe(0o600);
  });
});

describe('G6 one writing program for a folder', () => {
  test('the second one names the first, works in memory, and may open it once the first has closed', async () => {
    const dataDir = dataFolder();
    const first = await open(dataDir);
    const second = await open(dataDir);
    expect(second.problem?.sentence).toContain(
      `Another Tracelane (process ${process.pid}) is using the data folder ${dataDir}.`,
    );
    const trace = newTrace();
    await first.createTrace(trace);
    // What the first has stored can be read by the second.
    expect((await second.list({ limit: 1 })).rows[0]?.id).toBe(trace.id);
    await first.close();
    const third = await open(dataDir);
    expect(third.problem).toBeUndefined();
    expect((await third.list({ limit: 1 })).total).toBe(1);
  });

  test('another process is named, and its lock goes with it when it is killed', async () => {
    const dataDir = dataFolder();
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('killed-child.ts', import.meta.url)), dataDir, 'other'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const locked = await open(dataDir);
    expect(locked.problem?.sentence).toContain(`(process ${child.pid})`);
    const closed = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGKILL');
    await closed;
    // What it wrote of itself is still there, and says nothing any more.
    expect(readFileSync(join(dataDir, 'tracelane.pid'), 'utf8').trim()).toBe(String(child.pid));
    const after = await open(dataDir);
    expect(after.problem).toBeUndefined();
    expect((await after.list({ limit: 1 })).total).toBeGreaterThan(0);
  });
});

describe('G16 a disk that programs cannot share, as a network drive', () => {
  const library = diskLibrary(mkdtempSync(join(tmpdir(), 'tracelane-disk-')));
  if (library === null) console.warn('SKIPPED: no Linux or no C compiler here, so a network drive is not shown.');
  afterAll(() => void (library !== null && rmSync(dirname(library), { recursive: true })));

  const openedOn = (dataDir: string, lacks: string) =>
    JSON.parse(
      execFileSync(process.execPath, [fileURLToPath(new URL('opened-child.ts', import.meta.url)), dataDir], {
        encoding: 'utf8',
        env: { ...process.env, LD_PRELOAD: library!, FAULT_UNDER: dirname(dataDir), FAULT_LACKS: lacks },
      }),
    ) as { readonly sentence: string; readonly total: number };

  test.runIf(library).each([
    ['locks', 'files on it cannot be locked'],
    ['mapping', 'SQLITE_IOERR_SHMMAP'],
  ])('G16 without %s: it is refused for what it is, and the traces on it are read', async (lacks, detail) => {
    const dataDir = dataFolder();
    const says = expect.stringMatching(
      new RegExp(`The disk of the data folder .*${detail}.*network drives.*TRACELANE_DATA_DIR.*only in memory`),
    );
    expect(openedOn(dataDir, lacks)).toEqual({ sentence: says, total: 0 });
    rmSync(dataDir, { recursive: true });
    await filled(dataDir);
    expect(openedOn(dataDir, lacks)).toEqual({ sentence: says, total: 1 });
    expect(readdirSync(dataDir).filter((name) => name.includes('-') && name.endsWith('.lock'))).toEqual([]);
    const again = await open(dataDir);
    expect(again.problem).toBeUndefined();
    expect((await again.list({ limit: 1 })).total).toBe(1);
  });
});

test.each([
  ['in all', ['a', 'b', 'c'].map((letter) => letter.repeat(200))],
  ['in one name', ['a'.repeat(300)]],
])('G16 a path that is too long %s is refused for what it is', async (_, names) => {
  const dataDir = join(dataFolder(), ...names);
  const store = await open(dataDir);
  expect(store.problem?.sentence).toMatch(/The path of the data folder .* is too long .*TRACELANE_DATA_DIR/);
});

test('a link that leads to itself in place of the folder is said, and traces are kept in memory', async () => {
  const dataDir = dataFolder();
  symlinkSync(dataDir, dataDir);
  const store = await open(dataDir);
  expect(store.problem?.sentence).toMatch(/The data folder .* cannot be written \(ELOOP/);
});

test('G16 a path of the longest length that is possible works', async () => {
  const folder = dataFolder();
  const dataDir = join(folder, 'a'.repeat(200), 'b'.repeat(440 - 202 - folder.length));
  expect(dataDir.length).toBe(440);
  const store = await open(dataDir);
  expect(store.problem).toBeUndefined();
  const trace = newTrace();
  await store.createTrace(trace);
  await store.close();
  expect(openReadOnly(dataDir).get(trace.id).title).toBe(trace.title);
});

test('G18 a thread that cannot start is said to be what is wrong', async () => {
  const worker = new URL('data:text/javascript,throw new Error("The module is missing.")');
  const opened = openStore({ dataDir: dataFolder(), worker });
  await expect(opened).rejects.toMatchObject({
    name: 'ServiceError',
    message:
      'The store could not be started (The module is missing.). Install Tracelane again; in a clone of it, run npm ci.',
  });
});

describe('G10 migrations', () => {
  /** A file as the first version left it, made by the first version's own tables. */
  function old(dataDir: string): void {
    mkdirSync(dataDir);
    const db = new Database(fileIn(dataDir));
    db.pragma('journal_mode = WAL');
    migrateWith(db, 0, MIGRATIONS.slice(0, 1));
    db.prepare("INSERT INTO settings VALUES ('theme', '\"dark\"')").run();
    db.close();
  }
  const later = [
    ...MIGRATIONS.slice(0, 1),
    'CREATE TABLE later (x INTEGER) STRICT; INSERT INTO later VALUES (1)',
    'ALTER TABLE later ADD COLUMN y INTEGER',
  ];

  test('bring an older file up, after a whole copy of it was made', () => {
    const dataDir = dataFolder();
    old(dataDir);
    chmodSync(fileIn(dataDir), 0o644);
    const opened = openDatabase(dataDir, later);
    expect(opened.problem).toBeUndefined();
    expect(opened.db.pragma('user_version', { simple: true })).toBe(3);
    expect(opened.db.prepare('SELECT * FROM later').all()).toEqual([{ x: 1, y: null }]);
    expect(opened.db.prepare('SELECT value FROM settings').get()).toEqual({ value: '"dark"' });
    opened.db.close();
    opened.lock?.release();
    const copy = join(dataDir, 'tracelane.format-1.db');
    const db = new Database(copy, { readonly: true });
    expect(db.pragma('user_version', { simple: true })).toBe(1);
    expect(db.prepare('SELECT value FROM settings').get()).toEqual({ value: '"dark"' });
    db.close();
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(statSync(fileIn(dataDir)).mode & 0o777).toBe(0o600);
  });

  test('leave no half of a copy: not what a killed program began, nor of a file that is damaged, which is said', () => {
    const dataDir = dataFolder();
    old(dataDir);
    const copy = join(dataDir, 'tracelane.format-1.db');
    for (const side of ['.part', '.part-journal']) writeFileSync(copy + side, 'half of it');
    const db = new Database(fileIn(dataDir));
    // More than what is looked through when it is opened.
    db.exec(`INSERT INTO settings VALUES ('long', '"' || hex(zeroblob(33 << 20)) || '"')`);
    const page = db.prepare("SELECT pageno FROM dbstat WHERE name = 'traces'").pluck().get() as number;
    db.close();
    const whole = readFileSync(fileIn(dataDir));
    writeFileSync(fileIn(dataDir), Buffer.from(whole).fill(0, (page - 1) * 4096, page * 4096));
    const damaged = openDatabase(dataDir);
    expect(damaged.problem).toMatch(/is damaged .*tracelane (?:-- )?repair/);
    damaged.db.close();
    damaged.lock?.release();
    const copies = () => readdirSync(dataDir).filter((name) => name.includes('format'));
    expect(copies()).toEqual([]);
    writeFileSync(fileIn(dataDir), whole);
    const opened = openDatabase(dataDir);
    expect(opened.problem).toBeUndefined();
    opened.db.close();
    opened.lock?.release();
    expect(copies()).toEqual(['tracelane.format-1.db']);
  });

  test('say of traces from before lanes could be chosen by which they were read', () => {
    const dataDir = dataFolder();
    old(dataDir);
    const db = new Database(fileIn(dataDir));
    db.prepare(
      `INSERT INTO traces (id, started_at, title, renamed, starred, source, api, framing, timed, metrics, message_id, step_id, endpoint, options)
       VALUES ('t', 0, '', 0, 0, 'run', 'messages', 'sse', 1, '{}', 'm', 's', '{}', '{}')`,
    ).run();
    db.close();
    const opened = openDatabase(dataDir);
    expect(opened.db.prepare('SELECT lanes FROM traces').get()).toEqual({ lanes: '["wire","legacy","simple"]' });
    opened.db.close();
    opened.lock?.release();
  });

  test('happen whole or not at all', () => {
    const dataDir = dataFolder();
    old(dataDir);
    const broken = openDatabase(dataDir, [...later, 'INSERT INTO nowhere VALUES (1)']);
    expect(broken.problem).toMatch(/cannot be opened \(.*nowhere/);
    broken.db.close();
    broken.lock?.release();
    const opened = openDatabase(dataDir, MIGRATIONS.slice(0, 1));
    expect(opened.problem).toBeUndefined();
    expect(opened.db.prepare("SELECT name FROM sqlite_schema WHERE name = 'later'").all()).toEqual([]);
    opened.db.close();
    opened.lock?.release();
  });

  test('leave a file of this version as it is, without a copy', async () => {
    const dataDir = dataFolder();
    await filled(dataDir);
    await (await open(dataDir)).close();
    expect(readdirSync(dataDir).toSorted()).toEqual(['tracelane.db', 'tracelane.lock']);
    expect(existsSync(`${fileIn(dataDir)}-wal`)).toBe(false);
  });
});
