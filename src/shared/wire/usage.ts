/** What providers share in reading token counts and finish reasons: names are made one, no count is computed. */
import { numberOf } from '../json/json-object.ts';
import type { FinishReason, Usage } from '../model/usage.ts';

export type Counts = Omit<Usage, 'raw'>;

/** The first of these places that is not absent: its number, null where null was said. */
export function said(...places: readonly unknown[]): number | null | undefined {
  for (const place of places) if (place !== undefined) return numberOf(place);
  return undefined;
}

/** Without the counts that were never said. */
export function counts(fields: Readonly<Record<keyof Counts, number | null | undefined>>): Counts {
  return Object.fromEntries(Object.entries(fields).filter(([, count]) => count !== undefined));
}

/** A provider's word for why it stopped, by its list of words. An unknown word is no error: it is shown as it came. */
export function finishReason(
  raw: string | null,
  words: Readonly<Record<string, FinishReason['unified']>>,
): FinishReason {
  return { unified: raw !== null && Object.hasOwn(words, raw) ? words[raw]! : 'other', raw };
}
