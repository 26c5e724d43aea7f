/** `tracelane export`, as a person runs it: from files and from a data folder, to a file and to a pipe. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { canMount, remount, smallDisk } from '../../store/small-disk.ts';
import { sampleBody } from '../../support/sample-bytes.ts';

const CLI = fileURLToPath(new URL('../../../src/main/cli.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tracelane-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string): string => join(folder, name);

const body = Buffer.from(sampleBody('messages', 'plain-text').bytes);
const stream = path('stream.sse');
writeFileSync(stream, body);

function tracelane(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    env: { ...process.env, TRACELANE_DATA_DIR: path('data') },
  });
  return { status, stdout, out: stdout.toString(), err: stderr.toString() };
}

const modeOf = (file: string): number => statSync(file).mode & 0o777;

it('L10: writes a bundle that import opens and export reads again, to the byte, and for its user alone', () => {
  const bundle = path('one.tracelane.jsonl.gz');
  expect(tracelane('export', stream, '--out', bundle)).toMatchObject({
    status: 0,
    out: '',
    err: expect.stringContaining('1 trace'),
  });
  if (process.platform !== 'win32') expect(modeOf(bundle)).toBe(0o600);
  const imported = tracelane('import', bundle, '--json');
  expect(imported.status).toBe(0);
  const { id, format, repaired } = JSON.parse(imported.out) as { id: string; format: string; repaired: unknown };
  expect([format, repaired]).toEqual(['bundle', []]);
  for (const name of [bundle, id]) {
    const again = tracelane('export', name, '--format', 'body');
    expect([again.status, again.err]).toEqual([0, '']);
    expect(again.stdout.equals(body)).toBe(true);
  }
  const har = path('both.har');
  // Whoever may read the file that is replaced may read the new one.
  writeFileSync(har, 'of yesterday', { mode: 0o640 });
  expect(tracelane('export', id, stream, '--format', 'har', '--out', har).status).toBe(0);
  expect((JSON.parse(readFileSync(har, 'utf8')) as { log: { entries: unknown[] } }).log.entries).toHaveLength(2);
  if (process.platform !== 'win32') expect(modeOf(har)).toBe(0o640);
});

it('prints what would leave without writing it', () => {
  const leaky = path('leaky.sse');
  writeFileSync(leaky, `data: {"type":"ping","key":"sk-proj-0123456789abcdefghij"}\n\n${body.toString()}`);
  const { status, out } = tracelane('export', leaky, '--preview', '--without', 'request,heads');
  expect(status).toBe(0);
  expect(out).toMatch(/includes bytes\n[^]*response body, bytes 28 to 55 \(found now\): It looks like an API key/);
  const { out: json } = tracelane('export', leaky, '--preview', '--json', '--keep-secrets');
  expect(JSON.parse(json)).toMatchObject({ secrets: 'keep', redacted: [{ place: 'response body, bytes 28 to 55' }] });
});

it('H9: leaves the file that was there as it was when the disk is full', () => {
  const old = path('old.sse');
  writeFileSync(old, 'as it was');
  // A limit on the size of files fails a write in its middle, as a full disk does.
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -f 0; exec "$@"', 'sh', process.execPath, CLI, 'export', stream, '--format', 'body', '--out', old],
    { env: { ...process.env, NODE_COMPILE_CACHE: undefined, NODE_DISABLE_COMPILE_CACHE: '1' } },
  );
  expect(stderr.toString()).toContain(`Cannot write ${old}`);
  expect(status).toBe(2);
  expect(readFileSync(old, 'utf8')).toBe('as it was');
  expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
});

it.runIf(canMount('an export to a read-only folder is'))(
  'H9: into a read-only folder says so, and leaves the file that was there',
  () => {
    const disk = smallDisk('1m');
    const old = join(disk, 'old.sse');
    writeFileSync(old, 'as it was');
    remount(disk, 'ro');
    for (const out of [old, join(disk, 'new.sse')])
      expect(tracelane('export', stream, '--format', 'body', '--out', out)).toMatchObject({
        status: 2,
        err: expect.stringMatching(new RegExp(`Cannot write ${out}: .*read-only`)),
      });
    expect([readdirSync(disk), readFileSync(old, 'utf8')]).toEqual([['old.sse'], 'as it was']);
  },
);

it.each([
  [['nonsense'], /no trace with the id/],
  [[stream, '--format', 'curl'], /address/],
  [[stream, '--without', 'all'], /There is no part "all"/],
  [[stream, '--out', path('no/such/folder')], /Cannot write/],
  [[CLI], /cli\.mjs: This is plain text/],
] as const)('refuses %j in a sentence, with exit code 2', (args, sentence) => {
  const { status, out, err } = tracelane('export', ...args);
  expect([status, out]).toEqual([2, '']);
  expect(err).toMatch(sentence);
  expect(err).not.toContain('    at ');
});
