/**
 * A store on a disk that fails at chosen calls: full, with short writes, with an error of the device, or without the permission to write,
 * at one write or sync or from one on. The last comes from the calls and not from modes, which stop nobody who is root.
 * What the store promised must be in the file afterwards, what it refused must not, and the file must be whole.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { openReadOnly } from '../../src/main/core/store/read-only.ts';
import { checkMade } from './made-reads.ts';

/** In the order of the numbers that faulty-disk.c has for them. */
export const FAULTS = ['full', 'short', 'broken', 'stays-full', 'denied'] as const;

export const RENAMED = 'Another name';

export interface FaultPoint {
  readonly fault: (typeof FAULTS)[number];
  /** The call that fails, from 1. */
  readonly at: number;
  /** Where the calls are counted from: the opening of a new file, or the first write after it. */
  readonly from: 'opening' | 'writing';
}

export interface Promised extends FaultPoint {
  readonly folder: string;
  /** Calls that could have failed. */
  readonly calls: number;
  /** Whether the store worked on the file, and not in memory. */
  readonly opened: boolean;
  readonly traces: readonly {
    readonly id: TraceId;
    readonly created: boolean;
    readonly reads: number;
    readonly finished: boolean;
    /** Null where it was not asked for. */
    readonly star: boolean | null;
    readonly renamed: boolean | null;
    readonly gone: boolean | null;
  }[];
  readonly settings: boolean;
  readonly endpoint: boolean;
  /** What the store said last of writing that fails; null where it said nothing. */
  readonly told: string | null;
}

export interface FaultyDisk {
  /** Runs the program at each point and checks what it left; throws where a promise was broken. */
  readonly run: (points: readonly FaultPoint[]) => Promise<readonly Promised[]>;
  readonly end: () => void;
}

/** What a program is preloaded with to have such a disk, made in this folder; null without Linux or a C compiler. */
export function diskLibrary(folder: string): string | null {
  const library = join(folder, 'faulty-disk.so');
  try {
    if (process.platform !== 'linux') return null;
    const source = fileURLToPath(new URL('faulty-disk.c', import.meta.url));
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], { stdio: 'ignore' });
    return library;
  } catch {
    return null;
  }
}

/** Null where no such disk can be made here: without Linux or a C compiler. */
export function faultyDisk(): FaultyDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'tracelane-disk-'));
  const library = diskLibrary(folder);
  const end = (): void => rmSync(folder, { recursive: true, force: true });
  if (library === null) {
    end();
    return null;
  }
  let runs = 0;
  return {
    end,
    run: async (points) => {
      const run = runs++;
      const root = join(folder, `run-${run}`);
      mkdirSync(root);
      const control = join(folder, `control-${run}`);
      writeFileSync(control, Buffer.alloc(4096));
      const child = spawn(
        process.execPath,
        [fileURLToPath(new URL('faulty-child.ts', import.meta.url)), root, control, JSON.stringify(points)],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
          env: { ...process.env, LD_PRELOAD: library, FAULT_CONTROL: control, FAULT_UNDER: root },
        },
      );
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      const code = await new Promise((resolve) => child.on('close', resolve));
      if (code !== 0) throw new Error(`The program on the faulty disk ended with ${String(code)}: ${text.slice(-300)}`);
      const promised = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Promised);
      for (const one of promised) check(join(root, one.folder), one);
      rmSync(root, { recursive: true });
      return promised;
    },
  };
}

function check(dataDir: string, promised: Promised): void {
  const where = `${promised.fault} at call ${promised.at} of ${promised.from}`;
  const must = (true_: boolean, what: string): void => {
    if (!true_) throw new Error(`${where}: ${what} (${JSON.stringify(promised)})`);
  };
  if (!promised.opened) return;
  const db = new Database(join(dataDir, 'tracelane.db'), { readonly: true });
  must(db.pragma('integrity_check', { simple: true }) === 'ok', 'the file is damaged');
  db.close();
  const reader = openReadOnly(dataDir);
  const rows = new Map(reader.list({ limit: 100 }).rows.map((row) => [row.id, row]));
  for (const { id, created, reads, finished, star, renamed, gone } of promised.traces) {
    const row = rows.get(id);
    must((row !== undefined) === (created && gone !== true), `${id} is ${row ? '' : 'not '}there`);
    if (!row) continue;
    const stored = reader.reads(id, 0, Number.MAX_SAFE_INTEGER);
    checkMade(id, stored);
    must(stored.length === reads, `${id} has ${stored.length} reads of ${reads}`);
    const trace = reader.get(id);
    must(!finished || trace.ending?.state === 'complete', `${id} has no ending`);
    must(renamed === null || (trace.title === RENAMED) === renamed, `the name of ${id} is ${trace.title}`);
    must(star === null || trace.starred === star, `the star of ${id} is ${String(trace.starred)}`);
  }
  must((reader.settings().theme === 'contrast') === promised.settings, 'the settings are others');
  must((reader.endpoints().length === 1) === promised.endpoint, 'the endpoints are others');
  reader.close();
}
