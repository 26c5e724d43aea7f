/** The program that `npm run dev` starts again after a build: in Electron, or headless at one address for all starts. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface ProgramSetup {
  /** The folder of the build. */
  readonly out: string;
  /** Electron's; undefined for the headless host. */
  readonly binary: string | undefined;
  /** The user's own, for the first start and every other. */
  readonly args: readonly string[];
}

export class Program {
  readonly #setup: ProgramSetup;
  #child: ChildProcess | undefined;
  /** Where the headless host listens since its first start, and what opens it at every start. */
  #port: string | undefined;
  readonly #token = randomBytes(32).toString('hex');

  constructor(setup: ProgramSetup) {
    this.#setup = setup;
  }

  /** Ends the one that runs and starts another. Resolves once it has been started, or answers if it is the headless host. */
  async restart(): Promise<void> {
    await this.stop();
    const child = this.#setup.binary === undefined ? this.#headless() : this.#electron(this.#setup.binary);
    this.#child = child;
    child.once('exit', (code, signal) => {
      // A window that the user closed is started again by the next change.
      if (this.#child !== child) return;
      this.#child = undefined;
      console.error(`The program ended with ${signal ?? code}. It restarts at the next change; press Ctrl+C to quit.`);
    });
    if (child.stdout) await Promise.race([this.#listening(child.stdout), once(child, 'exit')]);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }

  #electron(binary: string): ChildProcess {
    return spawn(binary, [this.#setup.out, ...this.#setup.args], { stdio: ['ignore', 'inherit', 'inherit'] });
  }

  #headless(): ChildProcess {
    return spawn(
      process.execPath,
      ['--enable-source-maps', `${this.#setup.out}/main/headless.js`, ...this.#setup.args],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          ...process.env,
          TRACELANE_DEV_TOKEN: this.#token,
          ...(this.#port !== undefined && { TRACELANE_DEV_PORT: this.#port }),
        },
      },
    );
  }

  /** Its first line has the address, which is passed on once. */
  async #listening(output: Readable): Promise<void> {
    for await (const line of createInterface({ input: output })) {
      if (this.#port === undefined) {
        this.#port = new URL(line.slice(line.indexOf('http'))).port;
        console.log(line);
      }
      return;
    }
  }
}
