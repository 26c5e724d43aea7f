/** A provider that is defined in a test, with no source edited, goes the way that every other goes. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerTransport } from '../../src/main/core/providers/registry.ts';
import { detectApi } from '../../src/shared/providers/detect.ts';
import { registerProvider } from '../../src/shared/providers/registry.ts';
import { toolNames } from '../../src/shared/providers/tool-names.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { ServiceError } from '../../src/shared/rpc/services.ts';
import { allItems } from '../support/all-items.ts';
import { cores } from '../support/core.ts';
import { PARLEY, parleyBody, sendParley } from '../support/made-up-provider.ts';
import { importOne } from '../support/imports.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const BODY = parleyBody(['The water ', '', 'is deep.']);
const bytes = new TextEncoder().encode(BODY);
const removals: (() => void)[] = [];

beforeAll(() => {
  removals.push(registerProvider(PARLEY), registerTransport(PARLEY.id, { send: sendParley }));
});
afterAll(() => removals.forEach((remove) => remove()));

test('is known once, and by the signs of its events', () => {
  expect(() => registerProvider(PARLEY)).toThrow('parley');
  expect(detectApi(bytes)).toEqual({ api: 'parley', why: 'Its events say that they are parley.' });
  expect(toolNames('parley', { tools: [{ name: 'a' }] })).toEqual([]);
});

describe('the core', () => {
  const { open } = cores({
    decodeWorker: new URL('../fixtures/decode-worker-with-made-up-provider.ts', import.meta.url),
  });

  test('imports its stream, reads it by the wire lane alone, lints it and finds nothing', async () => {
    const { services } = await open();
    const { id } = await importOne(services, { name: '', text: BODY, api: undefined });
    expect(await services['traces.get']({ id })).toMatchObject({
      api: 'parley',
      framing: 'sse',
      endpoint: { type: 'parley' },
      ending: { state: 'complete', rule: expect.stringContaining('(end)') as unknown },
      usage: { input: 5, output: 3 },
      finish: { raw: 'all is said' },
    });
    const outcomes = (await allItems(services, id)).flatMap((item) => (item.k === 'outcome' ? [item.result] : []));
    expect(outcomes.map(({ lane }) => lane)).toEqual(['wire']);
    expect(outcomes[0]!.outcome).toMatchObject({ blocks: [{ text: 'The water is deep.', closed: true }] });
    const compared = await services['compare.lanes']({ id });
    expect(compared.lanes.map((lane) => lane.id)).toEqual(['wire']);
    expect(compared.findings).toEqual([]);
    expect(compared.lint.map(({ rule, event }) => [rule, event])).toEqual([['parley-no-words', 1]]);
    const other = await importOne(services, { name: '', text: parleyBody(['Shallow.']), api: 'parley' });
    const { a, b } = await services['compare.traces']({ a: id, b: other.id });
    expect([a, b].map(({ blocks }) => blocks.map(({ text }) => text))).toEqual([['The water is deep.'], ['Shallow.']]);
    expect((await services['compare.matrix']({ id })).rows).toEqual([]);
    expect((await services['compare.html']({ id })).html).toContain('The water');
  });

  test('tells the window of it, takes endpoints of its kind, and runs a request', async () => {
    const { services } = await open();
    const known = await services['providers.list']({});
    expect(known.providers).toContainEqual(
      expect.objectContaining({ id: 'parley', label: 'Parley words', chip: 'PARL', endpointKinds: ['parley'] }),
    );
    expect(known.endpointKinds.map(({ id }) => id)).toContain('parley');
    const asked: { readonly word: string | undefined; readonly body: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        asked.push({ word: [request.headers['x-parley-word']].flat()[0], body });
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(BODY);
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const endpoint = await services['endpoints.save']({
      name: 'Mine',
      baseUrl,
      type: 'parley',
      provider_name: '',
      limits: { answer: null, silence: null },
    });
    expect(endpoint).toMatchObject({ type: 'parley', provider_name: 'parley' });
    await services['endpoints.setKey']({ id: endpoint.id, key: 'sesame-sesame' });
    const request = { model: 'm', ask: 'How deep?' };
    const start = { endpoint: endpoint.id, request, options: DEFAULT_OPTIONS, source: 'run' } as const;
    const { id } = await services['runs.start']({ ...start, api: 'parley' });
    expect((await allItems(services, id)).at(-1)).toMatchObject({ k: 'ending', ending: { state: 'complete' } });
    const detail = await services['traces.get']({ id });
    expect(detail).toMatchObject({ title: 'How deep?', api: 'parley', request });
    expect(JSON.stringify(detail)).not.toContain('sesame');
    expect(asked).toEqual([{ word: 'open sesame-sesame', body: JSON.stringify(request) }]);
    await expect(services['runs.start']({ ...start, api: 'never' })).rejects.toMatchObject({ code: 'unknown-api' });
    await expect(importOne(services, { name: '', text: BODY, api: 'never' })).rejects.toThrow(ServiceError);
    server.close();
  });
});

describe('the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracelane-parley-'));
  const file = join(folder, 'body.sse');
  writeFileSync(file, bytes);
  afterAll(() => rmSync(folder, { recursive: true }));

  const tracelane = (...args: readonly string[]): Promise<{ readonly code: number; readonly stdout: string }> =>
    new Promise((resolve) => {
      const program = ['--import', here('../fixtures/with-made-up-provider.ts'), here('../../src/main/cli.mjs')];
      execFile(process.execPath, [...program, ...args], (error, stdout) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout }),
      );
    });

  test('prints what its lane emits', async () => {
    const { code, stdout } = await tracelane('lanes', file, '--api', 'parley');
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(lines.filter(({ final }) => final !== undefined)).toHaveLength(1);
    expect(lines.map(({ content }) => content ?? '').join('')).toBe('The water is deep.');
    expect(lines.at(-1)).toMatchObject({ final: { terminated: true, accumulated: { words: 'The water is deep.' } } });
  });

  test('compares it, and fails on nothing but the remark of its own lint', async () => {
    const { code, stdout } = await tracelane('compare', file, '--api', 'parley', '--json', '--fail-on', 'info');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ findings: [], lint: [{ rule: 'parley-no-words' }] });
    const lanes = await tracelane('compare', file, '--api', 'parley', '--only', 'lanes', '--fail-on', 'info');
    expect(lanes.code).toBe(0);
  });
});
