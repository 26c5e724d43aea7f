/** What every host is told through the environment. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** What was asked for is not understood, or is only a question; the message is all there is to say. */
export class OptionsError extends Error {}

/** The folder of all that is kept, the same for each host: `TRACELANE_DATA_DIR`, or the system's place for a user's data. Not created here. */
export function dataDirectory(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
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

/** `TRACELANE_SAMPLE_PACE`, see CoreSetup; undefined when it is not said. */
export function samplePace(env: NodeJS.ProcessEnv = process.env): number | undefined {
  const text = env['TRACELANE_SAMPLE_PACE'];
  if (text === undefined || text === '') return undefined;
  const pace = Number(text);
  if (Number.isFinite(pace) && pace >= 0) return pace;
  throw new OptionsError(`TRACELANE_SAMPLE_PACE takes a number, 0 or more, not ${JSON.stringify(text)}.`);
}

/** `TRACELANE_CAPTURE_PORT`, see CoreSetup; undefined when it is not said. */
export function proxyPort(env: NodeJS.ProcessEnv = process.env): number | undefined {
  const text = env['TRACELANE_CAPTURE_PORT'];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new OptionsError(`TRACELANE_CAPTURE_PORT takes a number from 0 to 65535, not ${JSON.stringify(text)}.`);
}
