/** What could stand where somebody types a filter: names of fields, and the values that traces have. */
import {
  FIELD_NAMES,
  FIELDS,
  isFieldName,
  isListed,
  termText,
  type FilterField,
  type ListedField,
} from '../../../shared/filter/fields.ts';
import { tokensOf, type Token } from '../../../shared/filter/tokens.ts';
import type { FieldValue } from '../../../shared/rpc/contract.ts';
import { counted } from '../../../shared/text/count.ts';

export interface Suggestion {
  /** The whole filter with it. */
  readonly filter: string;
  readonly label: string;
  /** In small print behind it. */
  readonly note: string;
}

const MOST = 12;

/** The field whose values are to be known for `suggestionsAt`; null: none. `caret` in UTF-16 code units. */
export function fieldAt(filter: string, caret: number): ListedField | null {
  const token = tokenAt(filter, caret);
  return token?.type === 'term' && isFieldName(token.field) && isListed(token.field) ? token.field : null;
}

/** Filters that were kept, and the names of some by their text. */
export interface SavedFilters {
  readonly filters: readonly string[];
  readonly names: ReadonlyMap<string, string>;
}

/**
 * `values`: of the field that `fieldAt` says, empty until they are known. `saved`: offered where nothing is typed, and by their names
 * while those are.
 */
export function suggestionsAt(
  filter: string,
  caret: number,
  values: readonly FieldValue[],
  saved: SavedFilters = { filters: [], names: new Map() },
): readonly Suggestion[] {
  const kept = saved.filters.map((one): Suggestion => ({
    filter: one,
    label: saved.names.get(one) ?? one,
    note: !saved.names.has(one) ? 'Saved filter' : `Saved filter: ${one}`,
  }));
  const typed = filter.trim().toLowerCase();
  if (typed === '') return [...kept, ...names('', (text) => text)];
  return [
    ...kept.filter((one) => one.label !== one.filter && one.label.toLowerCase().includes(typed)),
    ...typedSuggestions(filter, caret, values),
  ];
}

function typedSuggestions(filter: string, caret: number, values: readonly FieldValue[]): readonly Suggestion[] {
  const token = tokenAt(filter, caret);
  if (!token) return [];
  const put = (text: string): string => filter.slice(0, token.start) + text + filter.slice(token.end);
  if (token.type === 'term') return termSuggestions(token, values, put);
  // What is quoted is meant as it is.
  const bare = token.type === 'text' && filter.slice(token.start, token.end) === token.text;
  return bare ? names(token.text.toLowerCase(), put) : [];
}

/** The token that ends at the caret or goes on behind it. */
const tokenAt = (filter: string, caret: number): Token | undefined =>
  tokensOf(filter).find(({ start, end }) => start < caret && caret <= end);

function names(typed: string, put: (text: string) => string): readonly Suggestion[] {
  return FIELD_NAMES.filter((name) => name.startsWith(typed)).map((name) => {
    const { kind, help }: FilterField = FIELDS[name];
    const sign = kind === 'number' && name !== 'status' ? '>' : ':';
    return { filter: put(name + sign), label: name + sign, note: help };
  });
}

function termSuggestions(
  { field: name, value: typed }: Extract<Token, { readonly type: 'term' }>,
  values: readonly FieldValue[],
  put: (text: string) => string,
): readonly Suggestion[] {
  if (!isFieldName(name)) return [];
  const field: FilterField = FIELDS[name];
  const wanted = typed.toLowerCase();
  const suggest = (value: string, note: string): Suggestion => {
    const text = termText(name, value);
    return { filter: put(text), label: text, note };
  };
  if (isListed(name))
    return values
      .filter(({ value }) => value.toLowerCase().includes(wanted))
      .slice(0, MOST)
      .map(({ value, traces }) => suggest(value, counted(traces, 'run')));
  if (field.kind === 'choice' || field.kind === 'part')
    return field.choices.filter((choice) => choice.startsWith(wanted)).map((choice) => suggest(choice, ''));
  return typed === '' ? [{ filter: put(field.example), label: field.example, note: field.help }] : [];
}
