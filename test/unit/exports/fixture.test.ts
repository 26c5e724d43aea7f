import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runVectors } from '../../../src/main/hosts/cli/vectors.ts';
import { EXPORT_PARTS } from '../../../src/shared/model/export.ts';
import { allStreams } from '../../support/fixtures.ts';
import { exported, traceToExport } from '../../support/exports.ts';
import { readsOf } from '../../support/framing.ts';

const folder = mkdtempSync(join(tmpdir(), 'tracelane-fixture-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function fixtureOf(api: Parameters<typeof traceToExport>[0], body: Uint8Array): Promise<string> {
  const trace = traceToExport(api, readsOf(body), {}, { requires_approval_tools: ['get_weather'] });
  const choice = { format: 'fixture', parts: EXPORT_PARTS, secrets: 'redact' } as const;
  return (await exported([trace], choice, '1')).bytes.toString();
}

/** The fixture of a body, run as a vector file: what was printed, and how many runs passed and failed. */
async function rerun(api: Parameters<typeof traceToExport>[0], body: Uint8Array, change = (text: string) => text) {
  const path = join(folder, 'fixture.jsonl');
  writeFileSync(path, change(await fixtureOf(api, body)));
  const printed: string[] = [];
  const { passed, failed } = runVectors([path], undefined, (line) => printed.push(line));
  return { passed, failed, printed };
}

test('passes as long as the adapters do what they did', async () => {
  for (const { name, api, bytes } of allStreams())
    expect([name, await rerun(api, bytes)]).toEqual([name, { passed: 2, failed: 0, printed: [] }]);
});

test('keeps bytes that are not UTF-8, and a byte order mark', async () => {
  const bytes = new TextEncoder().encode('\uFEFFdata: {"choices":[]}\n\ndata: {"a":"é"}\n\n');
  expect(await rerun('chat_completions', bytes)).toMatchObject({ passed: 2 });
  const broken = bytes.map((byte) => (byte === 0xc3 ? 0xff : byte));
  expect(await fixtureOf('chat_completions', broken)).toContain(`"base64":"${Buffer.from(broken).toString('base64')}"`);
  expect(await rerun('chat_completions', broken)).toMatchObject({ passed: 2 });
});

test('fails with the place once an adapter does something else', async () => {
  const bytes = new TextEncoder().encode(
    'data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
  );
  const { failed, printed } = await rerun('chat_completions', bytes, (text) =>
    text.replaceAll('"finished":true', '"finished":false'),
  );
  expect(failed).toBe(2);
  expect(printed[0]).toMatch(/FAIL kept\/legacy[^]*at finished[^]*expected false[^]*got {6}true/);
});
