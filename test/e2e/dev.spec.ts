/** `npm run dev`, on a copy of the project: an edit of the window and an edit of the host each take effect in the open page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'playwright/test';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** What a build reads. */
const SOURCES = ['src', 'resources', 'package.json', 'electron.vite.config.ts', 'tsconfig.base.json'];
/** Of a build and a restart on a busy machine. */
const REBUILT = { timeout: 60_000 };

function copyProject(folder: string) {
  for (const name of SOURCES) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return (file: string, from: string, to: string): void => {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(folder, file), text.replace(from, to));
  };
}

test('what one edits is built and loaded again, at one address', async ({ page }, info) => {
  const folder = info.outputPath('project');
  const edit = copyProject(folder);
  const dev = spawn(process.execPath, ['src/main/dev/main.mjs', '--headless', '--no-open'], {
    cwd: folder,
    env: { ...process.env, TRACELANE_DATA_DIR: info.outputPath('data'), FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  let errors = '';
  dev.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const lines = createInterface({ input: dev.stdout }).on('line', (line) => printed.push(line));
  try {
    const ended = once(dev, 'exit').then(([code]) => Promise.reject(new Error(`It ended with ${code}: ${errors}`)));
    await Promise.race([once(lines, 'line'), ended]);
    ended.catch(() => undefined);
    const url = printed[0]!.slice(printed[0]!.indexOf('http'));
    await page.goto(url);
    await expect(page).toHaveTitle('Tracelane');

    edit('src/renderer/index.html', '<title>Tracelane', '<title>Edited window');
    await expect(page).toHaveTitle('Edited window', REBUILT);

    const policy = async () => (await page.request.get(new URL('/index.html', url).href)).headers()['referrer-policy'];
    expect(await policy()).toBe('no-referrer');
    await page.evaluate(() => document.body.classList.add('loaded-before'));
    edit('src/main/hosts/renderer-files.ts', "'no-referrer'", "'same-origin'");
    await expect(page.locator('body.loaded-before')).toHaveCount(0, REBUILT);
    expect(await policy()).toBe('same-origin');

    edit('src/renderer/main.tsx', 'import {', 'broken import {');
    await expect.poll(() => errors, REBUILT).toContain('The build of renderer failed');
    edit('src/renderer/index.html', '<title>Edited window', '<title>Mended');
    edit('src/renderer/main.tsx', 'broken import {', 'import {');
    await expect(page).toHaveTitle('Mended', REBUILT);
    expect(printed).toHaveLength(1);
  } finally {
    dev.kill('SIGTERM');
    if (dev.exitCode === null) await once(dev, 'exit');
    await info.attach('errors', { body: errors });
  }
  expect(dev.exitCode).toBe(0);
});
