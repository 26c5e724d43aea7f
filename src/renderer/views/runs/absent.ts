/** Names in a filter that no run has: the sentence that an empty list says of them. Pure. */
import { FIELDS, isListed, termText, type ListedField } from '../../../shared/filter/fields.ts';
import type { Filter } from '../../../shared/filter/filter.ts';
import { codePoints, firstCodePoints } from '../../../shared/text/code-points.ts';
import { nearestName } from '../../../shared/text/nearest.ts';

/** A field of names, and what is looked for in it. */
export interface WantedName {
  readonly field: ListedField;
  readonly value: string;
}

/** Of a filter, in its order; what it leaves out with `not` may as well not be there. */
export function wantedNames(filter: Filter): readonly WantedName[] {
  if (filter.type === 'all' || filter.type === 'any') return filter.parts.flatMap(wantedNames);
  if (filter.type !== 'field' || FIELDS[filter.field].kind !== 'name' || !isListed(filter.field)) return [];
  return [{ field: filter.field, value: filter.value }];
}

const LONGEST = 40;
const shortened = (text: string): string => (codePoints(text) > LONGEST ? `${firstCodePoints(text, LONGEST)}…` : text);

/** `values`: all that runs have in the field. Null: it is among them. */
export function absentSentence({ field, value }: WantedName, values: readonly string[]): string | null {
  const names = values.map((one) => one.toLowerCase());
  if (names.includes(value)) return null;
  const term = (name: string): string => shortened(termText(field, name));
  const near = nearestName(value, names);
  const next =
    near !== null
      ? ` Did you mean ${term(near)}?`
      : names.length === 0
        ? ` No run has any ${field} yet.`
        : ` Runs have ${names.slice(0, 5).map(term).join(', ')}${names.length > 5 ? ' and others' : ''}.`;
  return `No run has ${term(value)}.${next}`;
}
