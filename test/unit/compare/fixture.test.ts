import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runVectors } from '../../../src/main/hosts/cli/vectors.ts';
import { fixtureFile } from '../../../src/shared/compare/fixture.ts';
import { allStreams } from '../../support/fixtures.ts';
import { lanesReading } from '../../../src/shared/lanes/registry.ts';
import { laneSetup } from '../../support/lanes.ts';

const folder = mkdtempSync(join(tmpdir(), 'tracelane-fixture-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The fixture of a body, run as a vector file: what was printed, and how many runs passed and failed. */
function rerun(api: Parameters<typeof laneSetup>[0], body: Uint8Array, change = (text: string) => text) {
  const path = join(folder, 'fixture.jsonl');
  writeFileSync(
    path,
    change(fixtureFile('kept', laneSetup(api, { requires_approval_tools: ['get_weather'] }), body, lanesReading(api))),
  );
  const printed: string[] = [];
  const { passed, failed } = runVectors([path], undefined, (line) => printed.push(line));
  return { passed, failed, printed };
}

test('passes as long as the adapters do what they did', () => {
  for (const { name, api, bytes } of allStreams())
    expect([name, rerun(api, bytes)]).toEqual([name, { passed: 2, failed: 0, printed: [] }]);
});

test('keeps bytes that are not UTF-8, and a byte order mark', () => {
  const bytes = new TextEncoder().encode('\uFEFFdata: {"choices":[]}\n\ndata: {"a":"é"}\n\n');
  expect(rerun('chat_completions', bytes)).toMatchObject({ passed: 2 });
  const broken = bytes.map((byte) => (byte === 0xc3 ? 0xff : byte));
  expect(fixtureFile('kept', laneSetup('chat_completions'), broken, lanesReading('chat_completions'))).toContain(
    `"base64":"${Buffer.from(broken).toString('base64')}"`,
  );
  expect(rerun('chat_completions', broken)).toMatchObject({ passed: 2 });
});

test('fails with the place once an adapter does something else', () => {
  const bytes = new TextEncoder().encode(
    'data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
  );
  const { failed, printed } = rerun('chat_completions', bytes, (text) =>
    text.replaceAll('"finished":true', '"finished":false'),
  );
  expect(failed).toBe(2);
  expect(printed[0]).toMatch(/FAIL kept\/legacy[^]*at finished[^]*expected false[^]*got {6}true/);
});
