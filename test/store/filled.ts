/** A closed trace file with something of everything in it, to be damaged. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { endpointId, traceId, type TraceId } from '../../src/shared/model/ids.ts';
import { madeReads } from './made-reads.ts';
import { open } from './support.ts';
import { COMPLETE, newTrace, NO_METRICS } from './traces.ts';

export const fileIn = (dataDir: string): string => join(dataDir, 'tracelane.db');

/** The reads that each of its traces has. */
export const filledReads = (id: TraceId): ReturnType<typeof madeReads> => madeReads(id, 20, 5000);

/** The files that were filled, by their number of traces: each is the same for all tests of a file. */
const made = new Map<number, { readonly bytes: Buffer; readonly ids: readonly TraceId[] }>();

/** So many finished traces, an endpoint and settings. */
export async function filled(dataDir: string, count = 3): Promise<readonly TraceId[]> {
  const before = made.get(count);
  if (before) {
    mkdirSync(dataDir, { mode: 0o700 });
    writeFileSync(fileIn(dataDir), before.bytes, { mode: 0o600 });
    return before.ids;
  }
  const ids = await fill(dataDir, count);
  made.set(count, { bytes: readFileSync(fileIn(dataDir)), ids });
  return ids;
}

async function fill(dataDir: string, count: number): Promise<readonly TraceId[]> {
  const store = await open(dataDir);
  const ids: TraceId[] = [];
  for (let i = 0; i < count; i++) {
    const trace = newTrace({ id: traceId(`00000000-0000-4000-8000-${String(i).padStart(12, '0')}`) });
    await store.createTrace(trace);
    store.setHead(trace.id, { status: 200, statusText: 'OK', headers: [['a', 'b']] }, 5);
    store.appendReads(trace.id, filledReads(trace.id));
    store.addProviderTrace({
      trace: trace.id,
      lane: 'legacy',
      stepId: 's',
      document: { request_json: 1, response_json: 2 },
    });
    await store.finishTrace(trace.id, {
      ...COMPLETE,
      metrics: { ...NO_METRICS, reads: 20, bytes: 100_000 },
      usage: { input: 3, raw: [] },
      finish: { unified: 'stop', raw: 'stop' },
    });
    ids.push(trace.id);
  }
  await store.saveEndpoint({
    id: endpointId('lab'),
    name: 'Lab',
    baseUrl: 'http://127.0.0.1:1',
    type: 'openai',
    provider_name: 'openai',
    limits: { answer: null, silence: null },
  });
  await store.saveSettings({ theme: 'dark' });
  await store.close();
  return ids;
}

/** Changes the closed file with SQL. */
export function change(dataDir: string, sql: string, ...values: readonly unknown[]): void {
  const db = new Database(fileIn(dataDir));
  db.pragma('foreign_keys = OFF');
  db.prepare(sql).run(...values);
  db.close();
}
