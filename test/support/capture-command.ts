/** `tracelane capture` as a process of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../src/main/cli.mjs', import.meta.url));

export function startCapture(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [CLI, 'capture', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TRACELANE_CAPTURE_PORT: '0', ...environment },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output, ended };
}

/** Resolves when it has ended. */
export async function runCapture(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { output, ended } = startCapture(args, environment);
  return { code: await ended, ...output };
}

/** The arguments that run this code in Node. */
export const node = (code: string): readonly string[] => ['--', process.execPath, '--input-type=module', '-e', code];

/** A Python that has these modules, that of TRACELANE_PYTHON before others; undefined where there is none. */
export function pythonWith(...modules: readonly string[]): string | undefined {
  const candidates = [process.env['TRACELANE_PYTHON'] ?? [], 'python3'].flat();
  const code = modules.length === 0 ? '' : `import ${modules.join(', ')}`;
  return candidates.find((python) => spawnSync(python, ['-c', code], { stdio: 'ignore' }).status === 0);
}
