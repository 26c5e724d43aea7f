/** P10, P11, P12 and P14: what a run costs to write, what it takes on disk, and what it costs to look into. */
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { databaseFile, openFile } from '../../src/main/core/store/database.ts';
import { packReads } from '../../src/main/core/store/parts.ts';
import { Connection } from '../../src/main/core/store/connection.ts';
import { openReadOnly } from '../../src/main/core/store/read-only.ts';
import { createdColumns, finishedColumns } from '../../src/main/core/store/rows.ts';
import { StoreWriter } from '../../src/main/core/store/writer.ts';
import { apisOf, SCENARIOS } from '../../src/main/core/samples/scenarios.ts';
import { bodyOf } from '../../src/main/core/samples/answers.ts';
import { sampleFormatOf } from '../../src/main/core/providers/registry.ts';
import { endpointId, traceId, type TraceId } from '../../src/shared/model/ids.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { MetricsMeter } from '../../src/shared/metrics/metrics.ts';
import type { Read } from '../../src/shared/model/stream.ts';
import type { Contest, Result } from './measure.ts';
import { bytesOf, readsPerFrame, textFrames } from './streams.ts';

/** Reads of a batch: what comes in 16 ms at 2,000 a second. */
const BATCH = 32;
const BATCHES = 400;
const KB = 1024;

const folder = mkdtempSync(join(tmpdir(), 'tracelane-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const NO_METRICS = new MetricsMeter().value();
let files = 0;
const newFile = (): string => join(folder, `${++files}.db`);

function writerOf(db: Database.Database): StoreWriter {
  return new StoreWriter(new Connection(db), undefined);
}

function createTrace(writer: StoreWriter, name: string): void {
  const trace = createdColumns({
    id: traceId(name),
    title: name,
    renamed: false,
    starred: false,
    source: 'run',
    api: 'messages',
    framing: 'sse',
    model: null,
    startedAt: 0,
    timed: true,
    metrics: NO_METRICS,
    endpointId: endpointId('e'),
    endpoint: { type: 'anthropic', provider_name: 'anthropic', model: 'm' },
    options: DEFAULT_OPTIONS,
    lanes: ['wire', 'legacy', 'simple'],
    request: {},
    messageId: 'message-1',
    stepId: 'step-1',
  });
  writer.write([{ name: 'createTrace', params: [trace] }]);
}

function writeReads(writer: StoreWriter, name: string, reads: readonly Read[], perBatch: number): void {
  for (let at = 0; at < reads.length; at += perBatch)
    writer.write([{ name: 'appendReads', params: [name, packReads(reads.slice(at, at + perBatch))] }]);
}

/** Fresh reads of a stream, in batches as a live run gives them. */
const liveReads = readsPerFrame(textFrames('messages', BATCH * BATCHES));

let live = 0;
function liveBatches(): () => string {
  const db = openFile(newFile());
  const writer = writerOf(db);
  return () => {
    const name = `t${++live}`;
    createTrace(writer, name);
    writeReads(writer, name, liveReads, BATCH);
    return `${liveReads.length} reads`;
  };
}

/** The same reads as plain rows, with the transaction's statements prepared. */
function plainRows(): () => string {
  const db = new Database(newFile());
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec('CREATE TABLE frames (trace INTEGER NOT NULL, n INTEGER NOT NULL, t REAL NOT NULL, body BLOB NOT NULL)');
  const [begin, insert, commit] = ['BEGIN', 'INSERT INTO frames VALUES (?, ?, ?, ?)', 'COMMIT'].map((sql) =>
    db.prepare(sql),
  );
  let trace = 0;
  return () => {
    trace++;
    for (let at = 0; at < liveReads.length; at += BATCH) {
      begin!.run();
      for (const { n, tNs, bytes } of liveReads.slice(at, at + BATCH)) insert!.run(trace, n, tNs, bytes);
      commit!.run();
    }
    return `${liveReads.length} reads`;
  };
}

const body = bytesOf(textFrames('messages', 60_000));
const bulkReads: readonly Read[] = Array.from({ length: Math.ceil(body.length / (16 * KB)) }, (_, n) => ({
  n,
  tNs: n * 1e6,
  offset: n * 16 * KB,
  bytes: body.subarray(n * 16 * KB, (n + 1) * 16 * KB),
}));

function segments(): () => string {
  const db = openFile(newFile());
  const writer = writerOf(db);
  return () => {
    const name = `t${++live}`;
    createTrace(writer, name);
    writeReads(writer, name, bulkReads, 16);
    return `${body.length} bytes`;
  };
}

function appended(): () => string {
  return () => {
    const file = openSync(newFile(), 'w');
    for (let at = 0; at < body.length; at += 64 * KB) writeSync(file, body.subarray(at, at + 64 * KB));
    fsyncSync(file);
    closeSync(file);
    return `${body.length} bytes`;
  };
}

/** A trace of so many reads, each of one frame, and what it is read back from. */
const STORED_READS = 100_000;
/** Reads that a view shows at once. */
const WINDOW = 200;
const WINDOWS = 300;

interface StoredReads {
  /** The folder of the store's file. */
  readonly dataDir: string;
  readonly id: TraceId;
  readonly reads: readonly Read[];
}

function storedTrace(): StoredReads {
  const dataDir = mkdtempSync(join(folder, 'stored-'));
  const reads = readsPerFrame(textFrames('messages', STORED_READS));
  const db = openFile(databaseFile(dataDir));
  const writer = writerOf(db);
  createTrace(writer, 'stored');
  writeReads(writer, 'stored', reads, BATCH);
  writer.write([
    {
      name: 'finishTrace',
      params: [
        'stored',
        finishedColumns({ endedAtNs: 0, ending: { state: 'complete', rule: '' }, metrics: NO_METRICS }),
      ],
    },
  ]);
  db.close();
  return { dataDir, id: traceId('stored'), reads };
}

/** All over the trace, the same for both. */
const WINDOW_STARTS = Array.from({ length: WINDOWS }, (_, n) => (n * 102_947) % (STORED_READS - WINDOW));

/** Bytes of the windows' reads, from the store's segments and from rows with an index. */
function windows({ dataDir, id, reads }: StoredReads): {
  readonly segments: () => string;
  readonly rows: () => string;
} {
  const windowBytes = WINDOW * Math.max(...reads.map(({ bytes }) => bytes.length));
  const reader = openReadOnly(dataDir);
  const db = new Database(newFile());
  db.exec('CREATE TABLE frames (n INTEGER PRIMARY KEY, t REAL NOT NULL, body BLOB NOT NULL)');
  const insert = db.prepare('INSERT INTO frames VALUES (?, ?, ?)');
  db.transaction(() => reads.forEach(({ n, tNs, bytes }) => insert.run(n, tNs, bytes)))();
  const select = db.prepare('SELECT n, t, body AS bytes FROM frames WHERE n >= ? AND n < ? ORDER BY n');
  const total = (window: (start: number) => readonly { readonly bytes: Uint8Array }[]) => () => {
    let sum = 0;
    for (const start of WINDOW_STARTS) for (const { bytes } of window(start).slice(0, WINDOW)) sum += bytes.length;
    return `${sum} bytes`;
  };
  return {
    segments: total((start) => reader.reads(id, start, windowBytes)),
    rows: total((start) => select.all(start, start + WINDOW) as { readonly bytes: Uint8Array }[]),
  };
}

export const STORE: readonly (() => readonly Contest[])[] = [
  () => [
    {
      id: 'P10',
      what: 'durable batches of 32 reads, over BEGIN, 32 inserts and COMMIT',
      target: 1.5,
      subject: liveBatches(),
      floor: plainRows(),
    },
  ],
  () => [
    {
      id: 'P11',
      what: 'sealed, compressed segments, over appending to a file in 64 KB writes',
      target: 5,
      subject: segments(),
      floor: appended(),
    },
  ],
  () => {
    const { segments: fromSegments, rows } = windows(storedTrace());
    return [
      {
        id: 'P14',
        what: '200 reads at each of 300 places of a trace of 100,000, over rows with an index',
        target: 2,
        subject: fromSegments,
        floor: rows,
      },
    ];
  },
];

/** Every sample of 64 KB or more over every API, each a trace of its own. */
export async function bytesOnDisk(): Promise<readonly Result[]> {
  const file = newFile();
  const empty = openFile(newFile());
  const db = openFile(file);
  const writer = writerOf(db);
  let raw = 0;
  for (const scenario of SCENARIOS)
    for (const api of apisOf(scenario)) {
      const format = sampleFormatOf(api);
      const bytes = bodyOf(scenario, format, format.request(scenario));
      if (bytes.length < 64 * KB) continue;
      raw += bytes.length;
      const name = `${scenario.model} ${api}`;
      createTrace(writer, name);
      const frames = new TextDecoder().decode(bytes).split(/(?<=\n\n)/);
      writeReads(writer, name, readsPerFrame(frames), BATCH);
      writer.write([
        {
          name: 'finishTrace',
          params: [
            name,
            finishedColumns({ endedAtNs: 0, ending: { state: 'complete', rule: '' }, metrics: NO_METRICS }),
          ],
        },
      ]);
    }
  const size = sizeOf(db, file) - sizeOf(empty, empty.name);
  const value = size / raw;
  return [
    {
      id: 'P12',
      what: 'bytes on disk of traces of 64 KB or more, over their raw bytes',
      value,
      target: 0.12,
      met: value <= 0.12,
      note: `${raw} raw bytes`,
    },
  ];
}

function sizeOf(db: Database.Database, file: string): number {
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.pragma('incremental_vacuum');
  db.pragma('wal_checkpoint(TRUNCATE)');
  return statSync(file).size;
}
