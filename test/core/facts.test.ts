/** Facts of traces: worked out once a trace has ended, and again for those that have none; the list and its filters agree with them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Core } from '../../src/main/core/core.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import type { TraceRow } from '../../src/shared/model/trace.ts';
import { cores } from '../support/core.ts';

const { open, dataDir } = cores({ indexAfterMs: 0 });

const chunk = (delta: unknown, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const call = (index: number, name: string) => ({
  tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name, arguments: '{"a":1}' } }],
});
/** Two calls at once, of which the adapters keep one. */
const TWO_CALLS =
  chunk(call(0, 'get_weather')) + chunk(call(1, 'get_time')) + chunk({}, 'tool_calls') + 'data: [DONE]\n\n';
/** Ends without its terminator. */
const CUT = chunk({ content: 'Hello' });

async function imported(core: Core, name: string, text: string): Promise<TraceId> {
  const params = { name, text, api: 'chat_completions', again: true };
  return (await core.services['traces.import'](params)).traces[0]!.id;
}

const rowsOf = async (core: Core, filter?: string): Promise<readonly TraceRow[]> =>
  (await core.services['traces.list']({ filter, limit: 100 })).rows;

/** Resolves once all of these have facts. */
async function factsOf(core: Core, ids: readonly TraceId[]): Promise<ReadonlyMap<TraceId, TraceRow>> {
  const rows = new Map((await rowsOf(core)).map((row) => [row.id, row]));
  const stop = new AbortController();
  const lacking = () => ids.filter((id) => !rows.get(id)?.facts);
  if (lacking().length > 0)
    for await (const batch of core.services['traces.changes']({}, stop.signal)) {
      for (const change of batch) if (change.type === 'upsert') rows.set(change.row.id, change.row);
      if (lacking().length === 0) stop.abort();
    }
  return rows;
}

test('are there once a trace has ended, on its row and in filters, and their values are counted', async () => {
  const core = await open();
  const [calls, cut] = [await imported(core, 'Calls', TWO_CALLS), await imported(core, 'Cut', CUT)];
  const rows = await factsOf(core, [calls, cut]);
  expect(rows.get(calls)!.facts).toMatchObject({
    tools: ['get_weather', 'get_time'],
    differs: expect.arrayContaining([expect.objectContaining({ lane: 'legacy' })]),
  });
  expect(rows.get(cut)!.facts!.lint).toMatchObject({ worst: 'error' });
  const found = async (filter: string) => (await rowsOf(core, filter)).map(({ id }) => id);
  expect(await found('tool:get_time')).toEqual([calls]);
  expect(await found('diff:legacy')).toContain(calls);
  expect(await found('lint:error title:cut')).toEqual([cut]);
  for (const field of ['tool', 'lint', 'diff'] as const)
    for (const { value, traces } of await core.services['traces.values']({ field }))
      expect(await found(`${field}:"${value}"`), value).toHaveLength(traces);
});

test('are worked out for traces that have none, or those of an older version', async () => {
  const file = join(dataDir, 'tracelane.db');
  expect(existsSync(file)).toBe(true);
  const db = new Database(file);
  db.exec(`UPDATE trace_facts SET version = 0 WHERE trace = (SELECT max(trace) FROM trace_facts);
    DELETE FROM trace_facts WHERE version > 0; DELETE FROM trace_values`);
  db.close();
  const core = await open();
  const ids = (await rowsOf(core)).map(({ id }) => id);
  await factsOf(core, ids);
  await expect.poll(async () => (await rowsOf(core, 'tool:get_time')).length).toBe(1);
  await expect.poll(async () => (await rowsOf(core, 'lint:error title:cut')).length).toBe(1);
});
