/** `app`: its life from start to exit, its folders, and the lock that keeps it single. */
import { EventEmitter } from 'node:events';
import { mkdirSync, readFileSync, rmSync, statSync, watch, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { emitPreventable } from './preventable.ts';

const LOCK = 'double-lock';
const SECOND = 'double-second-instance';

class App extends EventEmitter {
  readonly name = 'tracelane';
  readonly isPackaged = false;
  sandboxed = false;
  readonly #paths = new Map([['userData', join(homedir(), '.config', 'tracelane')]]);
  readonly #ready = Promise.withResolvers<void>();
  #isReady = false;
  #quitting = false;
  /** Set by the windows, which know the app. `close` gives false when one stayed. */
  windows = { count: (): number => 0, close: (): boolean => true };

  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox can only be called before the app is ready.');
    this.sandboxed = true;
  }

  getVersion(): string {
    return '0.0.0-double';
  }

  getAppPath(): string {
    return process.cwd();
  }

  getPath(name: string): string {
    const path = this.#paths.get(name);
    if (path === undefined) throw new Error(`Failed to get '${name}' path`);
    return path;
  }

  setPath(name: string, path: string): void {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
      throw new Error(`Failed to set path: ${path} is no folder.`);
    this.#paths.set(name, path);
  }

  isReady(): boolean {
    return this.#isReady;
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  /** Called once the program's module has run. */
  becomeReady(): void {
    this.#isReady = true;
    this.emit('ready', {}, {});
    this.#ready.resolve();
  }

  /** As in Electron, one for each `userData` folder. A second instance leaves word for the first, which watches for it. */
  requestSingleInstanceLock(): boolean {
    const folder = this.getPath('userData');
    mkdirSync(folder, { recursive: true });
    const lock = join(folder, LOCK);
    const holder = pidIn(lock);
    if (holder !== undefined && isAlive(holder)) {
      writeFileSync(join(folder, SECOND), JSON.stringify({ argv: process.argv, cwd: process.cwd() }));
      return false;
    }
    writeFileSync(lock, String(process.pid));
    watch(folder, (_type, name) => {
      if (name === SECOND) this.#secondInstance(join(folder, SECOND));
    }).unref();
    return true;
  }

  #secondInstance(file: string): void {
    let word;
    try {
      word = JSON.parse(readFileSync(file, 'utf8')) as { argv: string[]; cwd: string };
    } catch {
      // Half written, or taken already: another event comes, or has come.
      return;
    }
    rmSync(file);
    this.emit('second-instance', {}, word.argv, word.cwd, null);
  }

  quit(): void {
    if (!this.#isReady) {
      // Electron ends without a word when it is told to quit before it was ready.
      this.exit(0);
      return;
    }
    if (this.#quitting || emitPreventable(this, 'before-quit')) return;
    this.#quitting = true;
    // The last window that closes goes on with it.
    if (this.windows.count() === 0) this.allClosed();
    else if (!this.windows.close()) this.#quitting = false;
  }

  /** No window is left: says so, or goes on with the quit that closed them. */
  allClosed(): void {
    if (!this.#quitting) {
      if (!this.emit('window-all-closed')) this.quit();
      return;
    }
    if (emitPreventable(this, 'will-quit')) this.#quitting = false;
    else this.exit(0);
  }

  exit(code = 0): void {
    this.emit('quit', {}, code);
    // What was said to the other half goes out first.
    if (process.connected) process.send?.({ type: 'result', id: -1, value: null }, () => process.exit(code));
    else process.exit(code);
  }
}

function pidIn(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export const app = new App();
