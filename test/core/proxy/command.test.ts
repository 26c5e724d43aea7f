/** `tracelane capture`: real programs, with a proxy of the command's own and in one that runs. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRunning } from '../../../src/main/core/control/control.ts';
import { startSampleProvider, type SampleProvider } from '../../../src/main/core/samples/provider.ts';
import { node, runCapture as run, startCapture as start } from '../../support/capture-command.ts';
import { captured } from '../../support/captured.ts';
import { cores } from '../../support/core.ts';

/** Asks for a sample by the variable that OpenAI's SDK reads, then ends with 3. */
const CHILD = `
  const answer = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer sk-0123456789abcdef' },
    body: JSON.stringify({ model: 'plain-text', stream: true, messages: [{ role: 'user', content: 'From a child.' }] }),
  });
  const text = await answer.text();
  console.log(text.endsWith('data: [DONE]\\n\\n'));
  process.exit(3);`;

const { open, dataDir } = cores();
const folders: string[] = [];
let provider: SampleProvider;
beforeAll(async () => {
  provider = await startSampleProvider({ pace: 0 });
});
afterAll(async () => {
  await provider.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tracelane-capture-'));
  folders.push(folder);
  return folder;
}

describe('with a proxy of its own', () => {
  test('keeps what the program asks for, and ends as it does', async () => {
    const folder = newFolder();
    const { code, stdout, stderr } = await run(['--data-dir', folder, '--to', `${provider.url}/v1`, ...node(CHILD)]);
    expect([code, stdout]).toEqual([3, 'true\n']);
    expect(stderr).toMatch(/^tracelane: 1 exchange kept, [\d,]+ bytes of responses, in \S+\.\n$/);
    const core = await open(folder);
    const [trace] = await captured(core);
    expect(trace).toMatchObject({
      source: 'capture',
      title: 'From a child.',
      ending: { state: 'complete' },
      endpoint: { type: 'openai' },
      capture: { session: expect.any(String), route: 'openai' },
    });
  });

  test('without an exchange says so', async () => {
    const folder = newFolder();
    const { code, stderr } = await run(['--data-dir', folder, ...node('')]);
    expect([code, stderr]).toEqual([0, `tracelane: 0 exchanges kept, 0 bytes of responses, in ${folder}.\n`]);
  });

  test('passes signals, and ends with the code of one that ended the program', async () => {
    const { child, output, ended } = start([
      '--data-dir',
      newFolder(),
      ...node(
        `process.on('SIGTERM', () => { console.log('told'); process.kill(process.pid, 'SIGKILL'); });
         console.log('ready'); setInterval(() => {}, 1000);`,
      ),
    ]);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await ended).toBe(128 + 9);
    expect(output.stdout).toBe('ready\ntold\n');
  });

  test('says that a program is not there', async () => {
    const { code, stderr } = await run(['--data-dir', newFolder(), '--', 'no-such-program-here']);
    expect(code).toBe(127);
    expect(stderr).toContain('no-such-program-here could not be started (ENOENT)');
  });

  test.each([
    [['--to', 'nowhere', '--', 'true'], '--to takes the address of a server'],
    [[], "missing required argument 'command'"],
  ])('%j is no way to call it', async (args, said) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });
});

describe('in a program that runs over the folder', () => {
  test('keeps it there, apart from what others do at the same time', async () => {
    const core = await open();
    const { code, stderr } = await run(['--data-dir', dataDir, '--to', `${provider.url}/v1`, ...node(CHILD)]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^tracelane: 1 exchange kept/);
    expect((await captured(core))[0]).toMatchObject({ title: 'From a child.' });
    // The session is over, and its address with it.
    const { port } = core.proxy.state as { readonly port: number };
    const { session } = (await captured(core))[0]!.capture!;
    expect((await fetch(`http://127.0.0.1:${port}/~${session}/openai-2/x`)).status).toBe(404);
  });

  test('it is found by a secret in the folder, and by nobody without', async () => {
    const core = await open();
    const client = (await findRunning(dataDir))!;
    expect(await client.call('app.info', {})).toMatchObject({ dataDir });
    client.close();
    await core.close();
    expect(await findRunning(dataDir)).toBeUndefined();
  });
});
