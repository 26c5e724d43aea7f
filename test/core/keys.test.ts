/** The file of keys: who can read it, what a broken one does, and many changes at once. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileVault } from '../../src/main/core/keys/file-vault.ts';
import { UnsavedVault } from '../../src/main/core/keys/unsaved-vault.ts';
import { endpointId } from '../../src/shared/model/ids.ts';

const A = endpointId('a');
const B = endpointId('b');
let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracelane-keys-'));
  path = join(folder, 'data', 'keys.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('L9 a key is there for the next vault, and gone once it is removed', async () => {
  const vault = new FileVault(path);
  expect(await vault.get(A)).toBeUndefined();
  await vault.set(A, 'one');
  await vault.set(A, 'two');
  await vault.set(B, 'three');
  const next = new FileVault(path);
  expect([await next.get(A), await next.get(B)]).toEqual(['two', 'three']);
  await next.remove(A);
  expect([await next.get(A), await vault.get(B)]).toEqual([undefined, 'three']);
  expect(await readFile(path, 'utf8')).not.toContain('two');
});

test('L5 L10 only the user can read it, and nothing else is left beside it', async () => {
  await new FileVault(path).set(A, 'one');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(path, '..'))).toEqual(['keys.json']);
});

test('a file that others could read is closed to them', async () => {
  const vault = new FileVault(path);
  await vault.set(A, 'one');
  await chmod(path, 0o644);
  await vault.get(A);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('changes at once are all there', async () => {
  const vault = new FileVault(path);
  const ids = Array.from({ length: 20 }, (_, i) => endpointId(`endpoint-${i}`));
  await Promise.all(ids.map((id) => vault.set(id, `key of ${id}`)));
  expect(await Promise.all(ids.map((id) => vault.get(id)))).toEqual(ids.map((id) => `key of ${id}`));
});

test.each(['', '{', '[]', '{"version": 2, "keys": {}}', '{"version": 1, "keys": {"a": 1}}'])(
  'a file that holds %j is left as it is, and said to be no file of keys',
  async (text) => {
    const vault = new FileVault(path);
    await vault.set(A, 'one');
    await writeFile(path, text);
    await expect(vault.get(A)).rejects.toMatchObject({ code: 'keys', message: expect.stringContaining(path) });
    await expect(vault.set(B, 'two')).rejects.toMatchObject({ code: 'keys' });
    expect(await readFile(path, 'utf8')).toBe(text);
  },
);

test('R12 two programs that change it at once lose nothing of each other', async () => {
  const ids = Array.from({ length: 30 }, (_, i) => endpointId(`endpoint-${i}`));
  const vaults = [new FileVault(path), new FileVault(path), new FileVault(path)];
  await Promise.all(ids.map((id, i) => vaults[i % 3]!.set(id, `key of ${id}`)));
  const next = new FileVault(path);
  expect(await Promise.all(ids.map((id) => next.get(id)))).toEqual(ids.map((id) => `key of ${id}`));
  expect(await readdir(join(path, '..'))).toEqual(['keys.json']);
});

test('R13 what a stopped program left of a change goes with the next start, or the next change', async () => {
  const vault = new FileVault(path);
  await vault.set(A, 'one');
  const left = [`${path}.new`, `${path}.9c7c7d0e-9a54-4f0e-8e1f-0d3c1c0c8a11`];
  for (const name of left) await writeFile(name, '{"version": 1, "keys": {"a": "one", "b": "tw');
  await new FileVault(path).tidy();
  expect(await readdir(join(path, '..'))).toEqual(['keys.json']);
  await writeFile(left[0]!, '{"version": 1, "keys": {"a": "one", "b": "tw');
  await vault.set(B, 'two');
  expect(await readdir(join(path, '..'))).toEqual(['keys.json']);
  expect([await vault.get(A), await vault.get(B)]).toEqual(['one', 'two']);
});

test('R12 a program that cannot save endpoints saves no keys either', async () => {
  const saved = new FileVault(path);
  await saved.set(A, 'one');
  await saved.set(B, 'two');
  const vault = new UnsavedVault(new FileVault(path));
  const C = endpointId('c');
  await vault.set(C, 'three');
  await vault.set(A, 'four');
  await vault.remove(B);
  expect([await vault.get(A), await vault.get(B), await vault.get(C)]).toEqual(['four', undefined, 'three']);
  expect([await saved.get(A), await saved.get(B), await saved.get(C)]).toEqual(['one', 'two', undefined]);
});

test('a pipe in its place is not waited for', async () => {
  const vault = new FileVault(path);
  await vault.set(A, 'one');
  await rm(path);
  execFileSync('mkfifo', [path]);
  await expect(vault.get(A)).rejects.toMatchObject({ code: 'keys', message: expect.stringContaining('is no file') });
  await expect(vault.set(A, 'two')).rejects.toMatchObject({ code: 'keys' });
});

test('a folder that takes no file is said so', async () => {
  await writeFile(join(folder, 'data'), 'a file where the folder should be');
  await expect(new FileVault(path).set(A, 'one')).rejects.toMatchObject({
    code: 'keys',
    message: expect.stringMatching(/ENOTDIR|EEXIST/),
  });
});
