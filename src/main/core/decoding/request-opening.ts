/** How the requests of one conversation begin alike: each sends all turns before its own again. */
import { arrayOf, objectOf } from '../../../shared/json/json-object.ts';

/** Where the APIs have their turns. */
const TURNS = ['messages', 'input', 'contents'] as const;

/** The turns up to the first of the user, as text that is the same for all requests that begin with them; null where there is none. */
export function requestOpening(request: unknown): string | null {
  const fields = objectOf(request);
  for (const name of TURNS) {
    const turns = fields?.[name];
    if (typeof turns === 'string') return turns;
    const all = arrayOf(turns);
    const first = all.findIndex((turn) => objectOf(turn)?.['role'] === 'user');
    if (first >= 0) return JSON.stringify(all.slice(0, first + 1));
  }
  return null;
}
