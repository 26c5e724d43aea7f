/** Opens the page in the user's browser, where there is a desktop to open it on. */
import { spawn } from 'node:child_process';

/** What opens an address here; undefined without a desktop. */
export function openCommand(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): readonly [string, ...string[]] | undefined {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined;
}

/** Does not wait, and calls `failed` when nothing could be started: the printed address is there all the same. */
export function openBrowser([command, ...args]: readonly [string, ...string[]], url: string, failed: () => void): void {
  const child = spawn(command, [...args, url], { detached: true, stdio: 'ignore' });
  child.once('error', failed);
  child.unref();
}
