/** The data folder is for the user only, also where it was made by hand or by another program. */
import { chmodSync, readdirSync, statSync } from 'node:fs';

/** What Tracelane itself puts there. */
const OWN = /^(?:tracelane\.|keys|control\.json|faults\.log|electron$|proxy)/;
const OTHERS = 0o077;

/**
 * Closes the folder to other users where nothing but Tracelane's own is in it: another folder may be meant to be open.
 * Returns a sentence where it stays open.
 */
export function closeToOthers(dataDir: string): string | undefined {
  const mode = statSync(dataDir).mode;
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return undefined;
  const foreign = readdirSync(dataDir).find((name) => !OWN.test(name));
  const open = `Other users of this machine can look into the data folder ${dataDir} (mode ${(mode & 0o777).toString(8)}); Tracelane's own files in it are closed to them.`;
  if (foreign !== undefined)
    return `${open} It was left so because ${JSON.stringify(foreign)} in it is not Tracelane's. Choose a folder of its own with TRACELANE_DATA_DIR, or run: chmod 700 on it.`;
  try {
    chmodSync(dataDir, mode & 0o700);
    return undefined;
  } catch (error) {
    return `${open} Its permissions cannot be changed (${(error as NodeJS.ErrnoException).code}). Choose another folder with TRACELANE_DATA_DIR.`;
  }
}
