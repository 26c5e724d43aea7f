/** The folder that holds all the program keeps: one for every host, so that each sees the same traces. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** `TRACELANE_DATA_DIR`, or the system's place for a user's data. Not created here. */
export function dataDirectory(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const given = env['TRACELANE_DATA_DIR'];
  return given !== undefined && given !== '' ? resolve(given) : join(systemFolder(env, platform), 'tracelane');
}

function systemFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  // The XDG base directory specification: a relative path there is to be ignored.
  const xdg = env['XDG_DATA_HOME'];
  return xdg?.startsWith('/') === true ? xdg : join(homedir(), '.local', 'share');
}
