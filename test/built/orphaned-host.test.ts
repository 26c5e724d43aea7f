/** No host is left behind by tests, however their process ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SUPPORT = fileURLToPath(new URL('../support/host.ts', import.meta.url));

test('a host ends with the tests that started it, though they were killed', async () => {
  const script = `import { startHost } from ${JSON.stringify(SUPPORT)}; console.log((await startHost()).origin);`;
  const tests = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [origin] = (await once(createInterface({ input: tests.stdout }), 'line')) as [string];
  expect((await fetch(origin)).status).toBe(401);
  tests.kill('SIGKILL');
  await expect
    .poll(() =>
      fetch(origin).then(
        () => 'there',
        () => 'gone',
      ),
    )
    .toBe('gone');
});
