/**
 * Builds main, preload and window as their sources change, into a folder of their own, so that neither `npm start` nor a
 * test sees them. After each build the program starts again where its own code changed, and then the page loads again: it
 * finds a new number in `build.json`. What runs is what is shipped, content policy included; only `reload.ts` is added.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveConfig } from 'electron-vite';
import { build, mergeConfig, type InlineConfig, type Plugin, type Rolldown } from 'vite';
import { root } from '../preflight.mjs';
import { Program } from './program.ts';

type Part = 'main' | 'preload' | 'renderer';
const PARTS: readonly Part[] = ['main', 'preload', 'renderer'];

const out = join(root, 'out-dev');
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
/** A save often writes several files, and one file may be in several parts: what starts within this time is one build. */
const TOGETHER_MS = 100;

/** Runs until a signal ends the process. */
export async function develop(host: { readonly binary: string | undefined; readonly args: readonly string[] }) {
  const program = new Program({ out, ...host });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void program.stop().then(() => process.exit(0)));
  writeManifest();

  let number = 0;
  const builds = new Builds(async (changed) => {
    if (changed.has('main') || changed.has('preload')) await program.restart();
    writeFileSync(join(out, 'renderer', 'build.json'), JSON.stringify({ build: ++number }));
  });
  const { config } = await resolveConfig({ root, logLevel: 'warn' }, 'build');
  for (const part of PARTS) {
    const watcher = await build(watched(config?.[part] ?? {}, part));
    builds.follow(part, watcher as Rolldown.RolldownWatcher);
  }
}

/** Electron takes the folder for an app by this. */
function writeManifest(): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(
    join(out, 'package.json'),
    JSON.stringify({ name: 'tracelane', type: 'module', main: 'main/index.js' }),
  );
}

function watched(config: InlineConfig, part: Part): InlineConfig {
  const build = {
    outDir: join(out, part),
    watch: {},
    minify: false,
    sourcemap: 'inline',
    reportCompressedSize: false,
  } as const;
  return mergeConfig(mergeConfig(config, { build }), ADDED[part]);
}

const reloading: Plugin = {
  name: 'tracelane:reload',
  transformIndexHtml: {
    order: 'pre',
    handler: () => [{ tag: 'script', attrs: { type: 'module', src: './reload.ts' }, injectTo: 'head' }],
  },
};

const ADDED: Readonly<Record<Part, InlineConfig>> = {
  main: { build: { rolldownOptions: { input: { headless: here('headless.ts') } } } },
  preload: {},
  renderer: { plugins: [reloading] },
};

/** Several watchers, and one answer to what they build at the same time. */
class Builds {
  readonly #done: (changed: ReadonlySet<Part>) => Promise<void>;
  /** Those that have not been built yet, at the start all of them. */
  readonly #running = new Set<Part>(PARTS);
  #changed = new Set<Part>();
  #failed = new Set<Part>();
  #timer: NodeJS.Timeout | undefined;
  /** One after the other: a restart takes longer than a build. */
  #last: Promise<void> = Promise.resolve();

  constructor(done: (changed: ReadonlySet<Part>) => Promise<void>) {
    this.#done = done;
  }

  follow(part: Part, watcher: Rolldown.RolldownWatcher): void {
    watcher.on('event', (event) => {
      if (event.code === 'START') {
        this.#running.add(part);
        this.#failed.delete(part);
      }
      if (event.code === 'BUNDLE_END') this.#changed.add(part);
      if (event.code === 'BUNDLE_END' || event.code === 'ERROR') void event.result.close();
      // Vite has printed the error itself.
      if (event.code === 'ERROR') this.#failed.add(part);
      if (event.code === 'END' || event.code === 'ERROR') this.#running.delete(part);
      this.#settle();
    });
  }

  #settle(): void {
    clearTimeout(this.#timer);
    if (this.#running.size > 0 || this.#changed.size + this.#failed.size === 0) return;
    this.#timer = setTimeout(() => this.#finish(), TOGETHER_MS);
  }

  #finish(): void {
    if (this.#failed.size > 0) {
      console.error(`The build of ${[...this.#failed].join(' and ')} failed; the previous build keeps running.`);
      return;
    }
    const changed = this.#changed;
    this.#changed = new Set();
    console.error(`Built ${[...changed].join(', ')}.`);
    this.#last = this.#last.then(() => this.#done(changed)).catch((error: unknown) => console.error(error));
  }
}
