/** The command line among others: pipes of any kind, inputs without an end, readers that stop, and hostile names and texts. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { COMMAND_LINE } from '../../src/main/core/command-line/typed.ts';
import { canMount, smallDisk } from '../store/small-disk.ts';
import { chatBody, chunk } from '../support/wire.ts';

const CLI = fileURLToPath(new URL('../../src/main/cli.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tracelane-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const finish = chunk({}, {}, { finish_reason: 'stop' });
const body = chatBody(...Array.from({ length: 12_000 }, (_, n) => chunk({ content: `piece ${n} ` })), finish, '[DONE]');
const stream = join(folder, 'stream.sse');
writeFileSync(stream, body);

function run(args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
}

/** A shell that can say how each part of a pipe ended. */
function shell(line: string): ReturnType<typeof run> {
  return spawnSync('bash', ['-c', line], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, NODE: process.execPath, CLI, STREAM: stream },
  });
}

describe('R4 standard input is read whole', () => {
  const whole = run(['lanes', '--lanes', 'wire', stream]).stdout;

  test('from a pipe of the shell', () => {
    expect(whole.length).toBeGreaterThan(1_000_000);
    expect(shell('cat "$STREAM" | "$NODE" "$CLI" lanes --lanes wire -').stdout === whole).toBe(true);
  });

  test('from a pipe that does not block and has nothing at times', async () => {
    const child = spawn(process.execPath, [CLI, 'lanes', '--lanes', 'wire', '-'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const printed = text(child.stdout);
    for (let at = 0; at < body.length; at += 100_000) {
      if (!child.stdin.write(body.slice(at, at + 100_000))) await once(child.stdin, 'drain');
      for (let i = 0; i < 50; i++) await turn();
    }
    child.stdin.end();
    expect((await printed) === whole).toBe(true);
  });
});

test.each(['lanes', 'compare', 'import', 'export'])(
  'R5 %s refuses an input without an end at a limit, and says so',
  (command) => {
    const { stderr, stdout } = shell(
      `TRACELANE_DATA_DIR='${join(folder, 'data')}' "$NODE" "$CLI" ${command} - < /dev/zero; echo "ended with $?"`,
    );
    expect(stderr).toMatch(/standard input is longer than 256 MB, the most that a command reads\./);
    expect(stdout).toMatch(/ended with [12]\n/);
  },
);

test('what sentences tell to type runs in any folder, and takes files of that folder', () => {
  const { stdout, stderr } = spawnSync('bash', ['-c', `${COMMAND_LINE} lanes --lanes wire stream.sse | head -n 1`], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\{"message_type":"response"/);
});

test.each(['lanes', 'compare'])('%s ends without a word when nobody reads on', (command) => {
  const { stdout, stderr } = shell(
    `"$NODE" "$CLI" ${command} "$STREAM" | head -c 10 > /dev/null; echo "\${PIPESTATUS[0]}"`,
  );
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^(?:0|141)\n$/);
});

describe('R22 I4 I11 what it says has no raw control character and no stack', () => {
  const hostile = '\u001b]0;owned\u0007\u009b31m\u202ename';
  const garbage = join(folder, 'garbage.jsonl');
  writeFileSync(garbage, `${hostile}\n`);
  const spoken = join(folder, 'spoken.sse');
  // As a provider may write them: JSON escapes none of the last two.
  const call = { index: 0, id: hostile, function: { name: hostile, arguments: `{"a":"${hostile.slice(-6)}"}` } };
  const failure = JSON.stringify({ error: { message: hostile, type: hostile } });
  writeFileSync(
    spoken,
    chatBody(chunk({ content: hostile, tool_calls: [call] }, { model: hostile })) +
      `: ${hostile}\n\nfield${hostile}: x\n\nevent: ${hostile}\ndata: ${failure}\n\n`,
  );
  test.each<readonly [string, readonly string[]]>([
    ['a file that is not there', ['lanes', hostile]],
    ['a command that is none', [hostile]],
    ['an option that is none', ['lanes', `--${hostile}`, stream]],
    ['a value that is none', ['lanes', '--api', hostile, stream]],
    ['lanes that are none', ['lanes', '--lanes', hostile, stream]],
    ['a request that is not there', ['lanes', '--request', hostile, stream]],
    ['garbage instead of a stream', ['lanes', garbage]],
    ['garbage instead of a request', ['lanes', '--request', garbage, stream]],
    ['garbage instead of vectors', ['vectors', garbage]],
    ['a folder of vectors that is not there', ['vectors', hostile]],
    ['a file to import that is not there', ['import', '--data-dir', join(folder, 'data'), hostile]],
    ['garbage to import', ['import', '--data-dir', join(folder, 'data'), garbage]],
    ['a trace to export that is not there', ['export', '--data-dir', folder, hostile]],
    ['garbage to export', ['export', garbage]],
    ['a folder to repair that is not there', ['repair', hostile]],
    ['a trace to replay that is not there', ['replay', '--data-dir', folder, hostile]],
    ['garbage to replay', ['replay', garbage]],
    ['a hostile stream by its lanes', ['lanes', spoken]],
    ['a hostile stream compared', ['compare', spoken]],
    ['a hostile stream checked', ['check', spoken]],
    ['a hostile stream to import', ['import', '--data-dir', join(folder, 'data'), spoken]],
    ['what would leave of a hostile stream', ['export', '--preview', spoken]],
  ])('%s', (_, args) => {
    const { stderr, stdout } = run(args);
    expect(stdout + stderr).not.toBe('');
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(stderr).not.toMatch(/^\s+at |node:internal/m);
  });

  test.each(['har', 'body', 'fixture'])('an export as %s at a terminal; elsewhere it has every byte', (format) => {
    const args = ['export', '--format', format, spoken];
    const terminal = shell(`script -qec '"$NODE" "$CLI" ${args.join(' ')}' /dev/null < /dev/null`);
    expect(terminal.stdout).toContain('owned');
    // Lines of a terminal end so.
    const shown = terminal.stdout.replaceAll('\r\n', '\n');
    // oxlint-disable-next-line no-control-regex
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(run(args).stdout).toContain('\u009b31m\u202ename');
  });
});

describe.skipIf(!canMount('what a full disk does to an import of the command line is'))('the disk is full', () => {
  test('G4 an import says that nothing of it is kept, and does not try the files after it', () => {
    const dataDir = join(smallDisk('500k'), 'data');
    const large = join(folder, 'large.sse');
    const noise = randomBytes(2_000_000)
      .toString('base64')
      .match(/.{1,1000}/g)!;
    writeFileSync(large, chatBody(...noise.map((content) => chunk({ content })), finish, '[DONE]'));
    const { status, stdout, stderr } = run(['import', large, stream, '--data-dir', dataDir]);
    expect([status, stdout]).toEqual([2, '']);
    const [first, last, ...others] = stderr.trimEnd().split('\n');
    expect(first).toBe(`${large}: Not all of it was stored, and what was is taken back at the next start.`);
    expect(last).toMatch(/is full\. What was not written yet is lost \([\d,]+ bytes\)\. Free some space\.$/);
    expect(others).toEqual([]);
  });
});
