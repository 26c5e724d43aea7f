/** What a filter means, said plainly: filters made up at random, the text of each, and which traces fit it. */
import fc from './properties.ts';
import { SEARCH_PARTS, type SearchPart } from '../../src/shared/model/search.ts';
import { FIELD_NAMES, FIELDS, type FieldName, type FilterField } from '../../src/shared/filter/fields.ts';
import type { Comparison, Filter } from '../../src/shared/filter/filter.ts';

/** What a filter asks of a trace. */
export interface Filtered {
  /** What words are looked for in, each by itself. */
  readonly texts: readonly string[];
  /** Of a field of texts or choices: its values. */
  readonly values: (field: FieldName) => readonly string[];
  /** The name of the endpoint that the list shows; `values` has another by which it is found as well. */
  readonly endpoint: string;
  readonly number: (field: FieldName) => number | null;
  /** What is searched of it; absent: nothing. */
  readonly documents?: (part: SearchPart) => readonly string[];
}

const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

const contains = (texts: readonly string[], wanted: string): boolean =>
  texts.some((text) => folded(text).includes(folded(wanted)));

const COMPARED: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
};

export function fits(filter: Filter, trace: Filtered): boolean {
  switch (filter.type) {
    case 'all':
      return filter.parts.every((part) => fits(part, trace));
    case 'any':
      return filter.parts.some((part) => fits(part, trace));
    case 'not':
      return !fits(filter.part, trace);
    case 'text':
      return contains(trace.texts, filter.text);
    case 'in':
      return contains(trace.documents?.(filter.part) ?? [], filter.text);
    case 'field': {
      const values = trace.values(filter.field);
      const { kind } = FIELDS[filter.field];
      if (kind === 'choice') return values.includes(filter.value);
      if (kind === 'name') return values.some((value) => value.toLowerCase() === filter.value);
      return contains(values, filter.value);
    }
    case 'is':
      return (filter.field === 'endpoint' ? [trace.endpoint] : trace.values(filter.field)).includes(filter.value);
    case 'number': {
      const number = trace.number(filter.field);
      return number !== null && COMPARED[filter.comparison](number, filter.value);
    }
    case 'range': {
      const number = trace.number(filter.field);
      return number !== null && number >= filter.low && number < filter.high;
    }
  }
}

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

/** A filter's text as a person could have typed it, with all brackets. */
export function textOf(filter: Filter): string {
  switch (filter.type) {
    case 'all':
      return `(${filter.parts.map(textOf).join(' ')})`;
    case 'any':
      return `(${filter.parts.map(textOf).join(' or ')})`;
    case 'not':
      return `not ${textOf(filter.part)}`;
    case 'text':
      return quoted(filter.text);
    case 'in':
      return `in:${filter.part} ${quoted(filter.text)}`;
    case 'field':
      return `${filter.field}:${quoted(filter.value)}`;
    case 'is':
      return `${filter.field}=${quoted(filter.value)}`;
    case 'number':
      return `${filter.field}${filter.comparison}${valueText(filter.field, filter.value)}`;
    case 'range':
      return `${filter.field}:${filter.low / 100}xx`;
  }
}

const DURATIONS = new Set<FieldName>(['ttft', 'ttfb', 'duration', 'gap']);
const valueText = (field: FieldName, value: number): string =>
  DURATIONS.has(field) ? `${value / 1e6}ms` : String(value);

const fieldOf = (name: FieldName): FilterField => FIELDS[name];
const named = (kind: FilterField['kind']): fc.Arbitrary<FieldName> =>
  fc.constantFrom(...FIELD_NAMES.filter((name) => fieldOf(name).kind === kind));

/** Filters over `words` and `numbers`, which the traces should be made of too. */
export function filters(
  words: readonly string[],
  numbers: readonly number[],
  parts: readonly SearchPart[] = SEARCH_PARTS,
): fc.Arbitrary<Filter> {
  const word = fc.constantFrom(...words);
  const leaf: fc.Arbitrary<Filter> = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text: word }),
    fc.record({ type: fc.constantFrom('field' as const, 'is' as const), field: named('text'), value: word }),
    fc.record({
      type: fc.constant('field' as const),
      field: named('name'),
      value: word.map((name) => name.toLowerCase()),
    }),
    named('choice').chain((field) => {
      const known = fieldOf(field);
      return fc.record({
        type: fc.constant('field' as const),
        field: fc.constant(field),
        value: fc.constantFrom(...(known.kind === 'choice' ? known.choices : [])),
      });
    }),
    fc.record({
      type: fc.constant('number' as const),
      field: named('number').filter((field) => field !== 'status'),
      comparison: fc.constantFrom<Comparison>('<', '<=', '>', '>=', '='),
      value: fc.constantFrom(...numbers),
    }),
    ...(parts.length > 0
      ? [fc.record({ type: fc.constant('in' as const), part: fc.constantFrom(...parts), text: word })]
      : []),
    fc.constantFrom(200, 400, 500).map((low) => ({ type: 'range', field: 'status', low, high: low + 100 }) as const),
  );
  const { filter } = fc.letrec<{ readonly filter: Filter }>((tie) => {
    const several = fc.array(tie('filter'), { minLength: 2, maxLength: 3 });
    return {
      filter: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc.record({ type: fc.constant('all' as const), parts: several }),
        fc.record({ type: fc.constant('any' as const), parts: several }),
        fc.record({ type: fc.constant('not' as const), part: tie('filter') }),
      ),
    };
  });
  return filter;
}
