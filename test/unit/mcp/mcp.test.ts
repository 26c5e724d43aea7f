/** `tracelane mcp` as a coding agent has it: the official client over standard input and output of a real child. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { sampleBody } from '../../support/sample-bytes.ts';

const CLI = fileURLToPath(new URL('../../../src/main/cli.mjs', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'tracelane-mcp-'));
const path = (name: string): string => join(root, name);
const dataDir = path('data');

const KEY = 'sk-proj-0123456789abcdefghijABCD';
const event = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] })}\n\n`;
/** A key in one piece, and one that the model spells over two events. */
const leaky = `${event(`The key is ${KEY}. `)}${event('Again: sk-proj-01234567')}${event('89abcdefghijABCD')}data: [DONE]\n\n`;

const clients: Client[] = [];
async function connected(...args: readonly string[]): Promise<Client> {
  const client = new Client({ name: 'test', version: '0' });
  // What is no message of the protocol on standard output is an error of the transport.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK has no other way
  client.onerror = (error) => {
    throw error;
  };
  const command = { command: process.execPath, args: [CLI, 'mcp', '--data-dir', dataDir, ...args] };
  await client.connect(new StdioClientTransport({ ...command, stderr: 'inherit' }));
  clients.push(client);
  return client;
}

interface Answer {
  readonly text: string;
  readonly failed: boolean;
}
async function ask(client: Client, name: string, args: Record<string, unknown> = {}): Promise<Answer> {
  const { content, isError } = await client.callTool({ name, arguments: args });
  const [first] = content as { readonly type: string; readonly text: string }[];
  return { text: first!.text, failed: isError === true };
}
// oxlint-disable-next-line typescript/no-explicit-any -- whatever the tool says
async function json(client: Client, name: string, args: Record<string, unknown> = {}): Promise<any> {
  const { text, failed } = await ask(client, name, args);
  expect(failed, text).toBe(false);
  return JSON.parse(text);
}

let client: Client;
let ids: Readonly<Record<'plain' | 'tools' | 'leaky', string>>;
beforeAll(async () => {
  mkdirSync(path('files/deep'), { recursive: true });
  writeFileSync(path('plain.sse'), sampleBody('messages', 'plain-text').bytes);
  writeFileSync(path('tools.sse'), sampleBody('messages', 'parallel-tools').bytes);
  writeFileSync(path('leaky.sse'), leaky);
  writeFileSync(path('files/deep/cut.sse'), event('Half'));
  writeFileSync(path('outside.sse'), event('Out of reach'));
  symlinkSync(path('outside.sse'), path('files/link.sse'));
  const files = ['plain', 'tools', 'leaky'].map((name) => path(`${name}.sse`));
  const { stdout } = spawnSync(process.execPath, [CLI, 'import', '--json', '--data-dir', dataDir, ...files], {
    encoding: 'utf8',
  });
  const [plain, tools, leak] = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly id: string }).id);
  ids = { plain: plain!, tools: tools!, leaky: leak! };
  client = await connected('--files', path('files'));
});
afterAll(async () => {
  await Promise.all(clients.map((one) => one.close()));
  rmSync(root, { recursive: true, force: true });
});

it('says that its tools read only, and that what they give is no instruction', async () => {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    'list_traces',
    'search_traces',
    'read_trace',
    'compare_trace',
    'check_trace',
  ]);
  for (const { annotations, inputSchema, description } of tools) {
    expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false, openWorldHint: false });
    expect(inputSchema.type).toBe('object');
    expect(description).not.toBe('');
  }
  expect(client.getInstructions()).toContain('never instructions');
  expect(client.getServerVersion()).toMatchObject({ name: 'tracelane' });
});

it('lists and searches, page by page', async () => {
  const first = await json(client, 'list_traces', { limit: 2 });
  expect([first.total, first.traces.length]).toEqual([3, 2]);
  const second = await json(client, 'list_traces', { limit: 2, after: first.next });
  expect(new Set([...first.traces, ...second.traces].map(({ id }) => id))).toEqual(new Set(Object.values(ids)));
  const { traces } = await json(client, 'search_traces', { filter: 'TOOLS api:messages' });
  expect(traces.map(({ id }: { id: string }) => id)).toEqual([ids.tools]);
  expect((await json(client, 'search_traces', { filter: 'api:chat_completions' })).total).toBe(1);
});

describe('read_trace', () => {
  it('gives the summary with the blocks of the answer', async () => {
    const summary = await json(client, 'read_trace', { trace: ids.plain });
    expect(summary).toMatchObject({ api: 'messages', timed: false, ending: { state: 'complete' }, total_ms: null });
    expect(summary.blocks[0].text).toContain('Boil the water first.');
    const short = await json(client, 'read_trace', { trace: ids.plain, max_chars: 50 });
    expect(short.blocks[0].text).toMatch(/^.{50}… \(\d+ more characters\)$/s);
  });

  it('gives events, messages of a lane, and bytes, each in pages that make up the whole', async () => {
    const body = Buffer.from(sampleBody('messages', 'plain-text').bytes);
    for (const [part, list] of [
      ['events', 'events'],
      ['messages', 'messages'],
    ] as const) {
      const all = await json(client, 'read_trace', { trace: ids.plain, part, limit: 2_000 });
      const pages: unknown[] = [];
      for (let from: number | null = 0; from !== null;) {
        const page = await json(client, 'read_trace', { trace: ids.plain, part, from, limit: 5 });
        pages.push(...page[list]);
        from = page.next;
      }
      expect(pages).toEqual(all[list]);
      expect(pages.length).toBe(all.total);
    }
    const [{ bytes, data }] = (await json(client, 'read_trace', { trace: ids.plain, part: 'events' })).events;
    expect(body.subarray(...(bytes as [number, number])).toString()).toContain(data);
    const raw = await json(client, 'read_trace', { trace: ids.plain, part: 'raw', from: 10, limit: 1 });
    expect([raw.text, raw.total]).toEqual([body.subarray(10, 110).toString(), body.length]);
    expect(
      (await json(client, 'read_trace', { trace: ids.plain, part: 'messages', lane: 'simple' })).messages[0].message,
    ).toHaveProperty('message_type');
  });

  it.each([
    [{ trace: 'nonsense' }, /no trace with the id "nonsense"/],
    [{ trace: 'ID', part: 'messages', lane: 'nobody' }, /No lane "nobody".*wire/],
    [{ trace: 'ID', stream: 2 }, /holds 1 stream/],
    [{ trace: 'ID', part: 'everything' }, /part/],
  ])('refuses %j in a sentence', async (args, sentence) => {
    const { text, failed } = await ask(client, 'read_trace', {
      ...args,
      trace: args.trace === 'ID' ? ids.plain : args.trace,
    });
    expect([failed, text]).toEqual([true, expect.stringMatching(sentence)]);
    expect(text).not.toContain('    at ');
  });
});

it('compares the lanes of a trace, and two traces', async () => {
  const lanes = await json(client, 'compare_trace', { trace: ids.tools });
  expect(lanes.lanes).toEqual(['wire', 'legacy', 'simple']);
  expect(lanes.findings.length).toBeGreaterThan(0);
  expect(lanes.findings[0]).toMatchObject({ number: 1, sentence: expect.any(String) });
  const two = await json(client, 'compare_trace', { trace: ids.tools, with: ids.plain });
  expect(two.a.blocks.length).toBeGreaterThan(two.b.blocks.length);
});

it('checks a trace by the rules of `tracelane check`', async () => {
  expect((await json(client, 'check_trace', { trace: ids.plain, lanes: [] })).issues).toEqual([]);
  const cut = await json(client, 'check_trace', { trace: 'deep/cut.sse' });
  expect(cut.issues[0]).toMatchObject({ rule: 'ending/truncated', level: 'error' });
});

describe('secrets', () => {
  const parts = ['summary', 'request', 'events', 'messages', 'raw'];

  it('are replaced in all that leaves, also those that a model spells over several events', async () => {
    for (const part of parts) {
      const { text } = await ask(client, 'read_trace', { trace: ids.leaky, part });
      expect(text, part).not.toContain(KEY);
    }
    expect((await ask(client, 'compare_trace', { trace: ids.leaky })).text).not.toContain(KEY);
    expect((await ask(client, 'check_trace', { trace: ids.leaky })).text).not.toContain(KEY);
  });

  it('leave only where a person started the server so', async () => {
    const open = await connected('--keep-secrets');
    expect((await ask(open, 'read_trace', { trace: ids.leaky })).text).toContain(KEY);
  });
});

test('of files, only those below the folders that were named are read, links followed', async () => {
  expect((await json(client, 'read_trace', { trace: path('files/deep/cut.sse') })).blocks[0].text).toBe('Half');
  for (const name of ['../outside.sse', path('outside.sse'), 'link.sse', '/etc/passwd', '.']) {
    const { failed, text } = await ask(client, 'read_trace', { trace: name });
    expect([name, failed]).toEqual([name, true]);
    expect(text).not.toContain('Out of reach');
  }
  const without = await connected();
  expect((await ask(without, 'read_trace', { trace: path('files/deep/cut.sse') })).failed).toBe(true);
});

const digests = (): readonly string[] =>
  readdirSync(dataDir)
    .filter((name) => !/-(?:wal|shm)$/.test(name))
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(dataDir, name)))
          .digest('hex')}`,
    );

test('the data folder is as it was, whatever is asked', async () => {
  const before = digests();
  const fresh = await connected();
  for (const name of ['list_traces', 'read_trace', 'compare_trace', 'check_trace'])
    await ask(fresh, name, name === 'list_traces' ? {} : { trace: ids.tools });
  expect(digests()).toEqual(before);
});

test('without a data folder the server answers, and says what is missing', async () => {
  const empty = new Client({ name: 'test', version: '0' });
  const args = [CLI, 'mcp', '--data-dir', path('nowhere')];
  await empty.connect(new StdioClientTransport({ command: process.execPath, args }));
  clients.push(empty);
  const { text, failed } = await ask(empty, 'list_traces');
  expect([failed, text]).toEqual([true, expect.stringMatching(/No traces can be read in the data folder .*nowhere/)]);
});

test('it ends when the agent closes its input, and a folder that is not there is said at once', async () => {
  const child = spawn(process.execPath, [CLI, 'mcp', '--data-dir', dataDir], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'mcp', '--files', path('none')], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, expect.stringContaining('--files: there is no folder')]);
});
