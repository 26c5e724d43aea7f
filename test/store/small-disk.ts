/** A data folder on a small disk of its own, where the machine lets a test mount one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { afterwards, dataFolder } from './support.ts';

/** Whether disks can be mounted; says what is not shown where they cannot. */
export function canMount(notShown: string): boolean {
  const probe = `${dataFolder()}-probe`;
  try {
    mkdirSync(probe, { recursive: true });
    mount(probe, '64k');
    execFileSync('umount', [probe]);
    return true;
  } catch {
    console.warn(`SKIPPED: no right to mount a file system here, so ${notShown} not shown.`);
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/** The folder of a new disk; unmounted after the test. `size` as `mount` takes it, such as 4m. */
export function smallDisk(size: string): string {
  const dataDir = dataFolder();
  mkdirSync(dataDir);
  mount(dataDir, size);
  afterwards(() => execFileSync('umount', ['-l', dataDir]));
  return dataDir;
}

/** Changes how a disk is mounted, such as `ro` or `size=32m`. */
export function remount(dataDir: string, how: string): void {
  execFileSync('mount', ['-o', `remount,${how}`, dataDir]);
}

function mount(folder: string, size: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
}
