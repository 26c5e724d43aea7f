/** What a killed process leaves beside its files goes with the next that does the same, and nothing else does. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FolderLock, type Locked } from '../../src/main/core/store/folder-lock.ts';
import { writeWhole } from '../../src/main/hosts/cli/write-whole.ts';
import { dataFolder } from './support.ts';

const CHILD = fileURLToPath(new URL('../fixtures/dying-child.ts', import.meta.url));

function killedAt(call: string, ...args: readonly string[]): void {
  expect(spawnSync(process.execPath, [CHILD, call, ...args], { stdio: 'inherit' }).signal).toBe('SIGKILL');
}

function lockOf(locked: Locked): FolderLock {
  if (!('lock' in locked)) throw new Error('Somebody else has the lock.');
  return locked.lock;
}

function folder(): string {
  const made = dataFolder();
  mkdirSync(made);
  return made;
}

test('a file that was made to see whether it can be locked', () => {
  const dir = folder();
  const lock = lockOf(FolderLock.take(dir));
  killedAt('rmSync', 'lock', dir);
  const others = [
    'tracelane.mine.lock',
    'tracelane.6ba7b810-9dad-11d1-80b4-00c04fd430c8.lock',
    'tracelane.6ba7b810-9dad-11d1-80b4-00c04fd430c9.lock.txt',
  ];
  for (const name of others) writeFileSync(join(dir, name), 'something');
  const probes = (): readonly string[] => readdirSync(dir).filter((name) => /^tracelane\..+\.lock/.test(name));
  expect(probes()).toHaveLength(1 + others.length);
  lock.release();
  lockOf(FolderLock.take(dir)).release();
  expect(probes().toSorted()).toEqual(others.toSorted());
});

test('a file that was not complete', () => {
  const dir = folder();
  const path = join(dir, 'traces.har');
  killedAt('renameSync', 'write', path);
  expect(readdirSync(dir)).toEqual([expect.stringMatching(/^traces\.har\.\d+\.part$/)]);
  // One of a program that runs, and what only looks alike.
  const others = [`traces.har.${process.ppid}.part`, 'other.har.1.part', 'traces.har.part', 'traces.har.0.part'];
  for (const name of others) writeFileSync(join(dir, name), '');
  // One of a process that had the number of this one.
  writeFileSync(`${path}.${process.pid}.part`, '');
  writeWhole(path, 'whole');
  expect(readdirSync(dir).toSorted()).toEqual([...others, 'traces.har'].toSorted());
  expect(readFileSync(path, 'utf8')).toBe('whole');
});
