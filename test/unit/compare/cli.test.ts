/** `tracelane compare` as CI runs it: what it prints, and its exit code. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { CompareResult } from '../../../src/shared/compare/result.ts';
import { sampleBody } from '../../support/sample-bytes.ts';
import { chatBody, chunk, namedBody } from '../../support/wire.ts';

const CLI = fileURLToPath(new URL('../../../src/main/cli.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tracelane-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, body: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, body);
  return path;
}
const finish = chunk({}, {}, { finish_reason: 'stop' });
/** legacy loses the text: critical. simple keeps it; neither keeps the finish reason: information. */
const lossy = file('lossy.sse', chatBody(chunk({ content: 'Hello \u001b[31mred' }), finish, '[DONE]'));
const unknown = file('unknown.sse', 'data: {"x":1}\n\n');
const silent = file('silent.sse', chatBody(chunk({}), '[DONE]'));

function compare(args: readonly string[], input?: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'compare', ...args], {
    encoding: 'utf8',
    ...(input !== undefined && { input }),
  });
  return { status, stdout, stderr };
}

it('ends without a word when nobody reads on', () => {
  const long = file(
    'long.sse',
    chatBody(...Array.from({ length: 20_000 }, (_, n) => chunk({ content: `piece ${n} ` })), finish, '[DONE]'),
  );
  const { stdout, stderr } = spawnSync(
    'bash',
    [
      '-c',
      '"$0" "$1" lanes "$2" --api chat_completions | head -n 1; echo "${PIPESTATUS[0]}"',
      process.execPath,
      CLI,
      long,
    ],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\{.*\}\n141\n$/);
});

describe('for people', () => {
  const { status, stdout, stderr } = compare([lossy, '--api', 'chat_completions']);

  it('prints the verdict by field and lane, then the findings with their bytes', () => {
    expect([status, stderr]).toEqual([0, '']);
    const [head, text] = stdout.split('\n');
    expect(head!.split(/\s{2,}/)).toEqual(['', 'wire', 'legacy', 'simple']);
    expect(text!.split(/\s{2,}/)).toEqual(['text', '14 characters', '14 characters lost', 'equal']);
    expect(stdout).toMatch(
      /^1\. critical legacy text-lost bytes 0-\d+: legacy dropped 14 characters of answer text, first at event 0$/m,
    );
  });

  it('lets nothing of the stream steer the terminal, in JSON neither', () => {
    const turned = file('turned.sse', chatBody(chunk({ content: 'a\u202e\u009bb' }), finish, '[DONE]'));
    for (const args of [
      ['compare', turned, '--api', 'chat_completions', '--json'],
      ['lanes', turned, '--api', 'chat_completions'],
    ]) {
      const { stdout } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });
      expect(stdout).not.toMatch(/[\u0080-\u009f\u202e]/);
      expect(
        stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.stringify(JSON.parse(line)))
          .join(''),
      ).toContain('a\u202e\u009bb');
    }
  });

  it('shows what the stream would steer the terminal with', () => {
    const named = file(
      'named.sse',
      chatBody(
        chunk({
          tool_calls: [
            { index: 0, id: 'c', type: 'function', function: { name: 'f\u001b[2J\u202e', arguments: '{}' } },
          ],
        }),
        '[DONE]',
      ),
    );
    const printed = compare([named, '--api', 'chat_completions']).stdout;
    expect(printed).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
    expect(printed).toContain('f\\u001b[2J\\u202e');
  });

  it('compares a stream whose only error stands before its first event', () => {
    const outside = file('outside.sse', 'error: {"code":400,"message":"too long"}\n\ndata: [DONE]\n\n');
    const { status, stdout } = compare([outside, '--api', 'chat_completions']);
    expect([status, stdout]).toEqual([0, expect.stringContaining('too long')]);
  });

  it('says what the wire does against its protocol', () => {
    const cut = file('cut.sse', chatBody(chunk({ content: 'a' })));
    expect(compare([cut, '--api', 'chat_completions']).stdout).toMatch(/Protocol of the wire:\n(warning|error) \S+/);
  });
});

describe('of the stream itself', () => {
  const broken = file(
    'broken.sse',
    `${chatBody(chunk({ content: 'a' }))}: ping\n\n: ping\n\n${chatBody({ error: { message: 'full', code: 503 } })}`,
  );

  it('says how it ended, why, and what stands outside of its events', () => {
    const { stdout } = compare([broken]);
    expect(stdout).toMatch(/^Ending: provider-error\. .*full.*\.$/m);
    expect(stdout).toMatch(/^Bytes outside of events:\nbytes \d+-\d+: 2 comments, the first: ' ?ping'$/m);
    expect(stdout).toMatch(/^Ending: [^]*^Bytes[^]*^Protocol of the wire:$/m);
    const { ending, notes, lint } = JSON.parse(compare([broken, '--json']).stdout) as CompareResult;
    expect(ending).toMatchObject({ state: 'provider-error', rule: expect.stringContaining('full') as string });
    expect(notes).toMatchObject([{ type: 'comment', count: 2 }]);
    expect(lint.length).toBeGreaterThan(0);
  });

  it('is all there is with --only wire, and nothing of it is there with --only lanes', () => {
    const wire = compare([broken, '--only', 'wire']).stdout;
    expect(wire.split('\n')[0]!.trim()).toBe('wire');
    expect(wire).toContain('Ending: provider-error');
    expect(wire).not.toMatch(/legacy|findings/i);
    const lanes = compare([broken, '--only', 'lanes']).stdout;
    expect(lanes).toContain('1. critical legacy');
    expect(lanes).not.toMatch(/Ending:|Bytes outside|Protocol of the wire/);
    expect(JSON.parse(compare([broken, '--only', 'wire', '--json']).stdout)).toMatchObject({
      lanes: [{ id: 'wire' }],
      findings: [],
      ending: { state: 'provider-error' },
    });
  });
});

it('prints the whole comparison as JSON, from standard input too', () => {
  const body = chatBody(chunk({ content: 'a' }), finish, '[DONE]');
  const { status, stdout } = compare(['-', '--api', 'chat_completions', '--json'], body);
  expect(status).toBe(0);
  const result = JSON.parse(stdout) as CompareResult;
  expect(result.bytes).toBe(Buffer.byteLength(body));
  expect(result.findings[0]).toMatchObject({ number: 1, kind: 'text-lost', lane: 'legacy', event: 0 });
});

describe.each([
  ['ollama_chat', 'ollama.jsonl', ['wire']],
  ['gemini', 'gemini.sse', ['wire']],
  ['bedrock', 'bedrock.bin', ['wire', 'legacy', 'simple']],
] as const)('a file of %s', (api, name, lanes) => {
  const { bytes, scenario } = sampleBody(api, 'plain-text');
  const path = file(name, bytes);
  const said = scenario.output.flatMap((part) => (part.type === 'text' ? [part.text.join('\n\n')] : [])).join('');

  it.each([
    ['with --api', ['--api', api]],
    ['without --api', []],
  ])('is read by its lanes, and compared, %s', (_flag, flags) => {
    const printed = spawnSync(process.execPath, [CLI, 'lanes', path, ...flags], { encoding: 'utf8' });
    expect([printed.status, printed.stderr]).toEqual([0, '']);
    const lines = printed.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { lane?: string; final?: unknown; content?: string });
    const finals = lines.filter(({ final }) => final !== undefined);
    expect(finals.map(({ lane = 'wire' }) => lane)).toEqual(lanes);
    expect(finals[0]!.final).toMatchObject({ terminated: true, blocks: [{ kind: 'text', text: said }] });

    const compared = compare([path, ...flags, '--json']);
    expect([compared.status, compared.stderr]).toEqual([0, '']);
    const result = JSON.parse(compared.stdout) as CompareResult;
    expect(result).toMatchObject({ bytes: bytes.length, lint: [], lanes: lanes.map((id) => ({ id })) });
    expect(
      compare([path, ...flags])
        .stdout.split('\n')[0]!
        .split(/\s{2,}/),
    ).toEqual(['', ...lanes]);
  });
});

describe('for CI', () => {
  it.each([
    ['a critical finding', lossy, 'critical', 1],
    ['the gravest is worse than the limit', lossy, 'info', 1],
    ['only information below the limit', file('finish.sse', chatBody(finish, '[DONE]')), 'major', 0],
    ['a stream that was cut, though every lane is as the wire', file('stop.sse', chatBody(chunk({}))), 'critical', 1],
    ['a lint error and no finding', silent, 'major', 1],
    ['a lint error below the limit', silent, 'critical', 0],
  ] as const)('%s', (_, path, severity, code) => {
    expect(compare([path, '--api', 'chat_completions', '--fail-on', severity]).status).toBe(code);
  });

  const { bytes } = sampleBody('messages', 'plain-text');
  const healthy = file('healthy.sse', bytes);
  const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const begun = Buffer.from(bytes).toString().split('event: content_block_stop')[0];
  const failed = file('failed.sse', `${begun}${namedBody(overloaded)}`);

  it.each([
    ['a healthy stream', [healthy, '--only', 'wire'], 0],
    ['a healthy stream, however strict', [healthy, '--only', 'wire', '--fail-on', 'info'], 0],
    ['an error in mid-stream', [failed, '--only', 'wire'], 1],
    ['an error in mid-stream, to the strict', [failed, '--only', 'wire', '--fail-on', 'critical'], 1],
    ['a lossy lane, where only the wire counts', [lossy, '--only', 'wire'], 0],
    ['a lossy lane, where only lanes count', [lossy, '--only', 'lanes'], 1],
    ['a lint error, where only lanes count', [silent, '--only', 'lanes', '--fail-on', 'info'], 0],
  ] as const)('%s', (_, args, code) => expect(compare(args).status).toBe(code));

  it('fails for nothing without being asked', () =>
    expect(compare([lossy, '--api', 'chat_completions']).status).toBe(0));
});

it.each([
  [['--api', 'chat_completions'], 'missing required argument'],
  [
    [unknown],
    'None of the events says which API this stream follows. Name the API with --api: chat_completions, responses',
  ],
  [[file('answer.gz', gzipSync('Dear reader'))], 'This is plain text, not a stream.'],
  [[lossy, '--api', 'telnet'], 'Allowed choices are chat_completions, responses, messages'],
  [[lossy, '--api', 'messages', '--fail-on', 'grave'], 'Allowed choices are info, minor, major, critical'],
  [[join(folder, 'none.sse'), '--api', 'messages'], 'Cannot read '],
  [[lossy, '--only', 'bytes'], 'Allowed choices are wire, lanes'],
  [[lossy, '--only', 'wire', '--lanes', 'legacy'], '--only wire compares none'],
])('refuses %j with exit code 2', (args, sentence) => {
  const { status, stdout, stderr } = compare(args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(sentence);
});
