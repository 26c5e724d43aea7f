/**
 * Reads the text of a filter: terms such as `model:gpt-4o` and `ttft>800ms`, words and "quoted text", joined by `and` (which
 * may be left out), `or`, `not` (or `-` before a term) and brackets. `not` binds before `and`, `and` before `or`.
 */
import type { SearchPart } from '../model/search.ts';
import { count } from '../text/count.ts';
import { nearestName } from '../text/nearest.ts';
import { FIELD_NAMES, FIELDS, isFieldName, type FieldName, type FilterField } from './fields.ts';
import type { Filter, FilterProblem, Place, ReadFilter } from './filter.ts';
import { MOMENTS, readMoment } from './moments.ts';
import { tokensOf, type Token } from './tokens.ts';

type Term = Extract<Token, { readonly type: 'term' }>;

/** In UTF-16 code units. Each term costs, and SQLite takes no long text for a pattern. */
export const LONGEST_FILTER = 1000;
/** Deeper ones are refused: each level costs the store's SQL one too. */
const DEEPEST = 50;

/** Never fails. `now`: milliseconds since 1970, for moments that are told from now. */
export function readFilter(text: string, now: number): ReadFilter {
  if (text.length > LONGEST_FILTER) return { filter: all([]), problems: [tooLong(text.length)] };
  const reading = new FilterReading(tokensOf(text), text.length, now);
  return { filter: reading.whole(), problems: reading.problems.toSorted((a, b) => a.start - b.start) };
}

class FilterReading {
  readonly problems: FilterProblem[] = [];
  readonly #tokens: readonly Token[];
  readonly #length: number;
  readonly #now: number;
  #at = 0;
  #depth = 0;
  /** The rest of the text is not read. */
  #tooDeep = false;

  constructor(tokens: readonly Token[], length: number, now: number) {
    this.#tokens = tokens;
    this.#length = length;
    this.#now = now;
  }

  whole(): Filter {
    const parts = [this.#any()];
    while (this.#at < this.#tokens.length) {
      this.#problem(this.#tokens[this.#at]!, 'This bracket closes nothing. Remove it, or put it in quotation marks.');
      this.#at++;
      parts.push(this.#any());
    }
    return all(parts);
  }

  #any(): Filter {
    const parts = [this.#all()];
    for (let or = this.#take('or'); or; or = this.#take('or')) {
      const part = this.#all();
      if (isEmpty(parts.at(-1)!) || isEmpty(part))
        this.#problem(or, '“or” stands between two filters. To search for the word, put it in quotation marks.');
      parts.push(part);
    }
    const said = parts.filter((part) => !isEmpty(part));
    return said.length > 1 ? { type: 'any', parts: said } : (said[0] ?? all([]));
  }

  #all(): Filter {
    const parts: Filter[] = [];
    for (let part = this.#part(); part; part = this.#part()) parts.push(part);
    return all(parts);
  }

  /** Null: the next token is none that begins a part. */
  #part(): Filter | null {
    const token = this.#tokens[this.#at];
    if (!token || token.type === 'close' || token.type === 'or') return null;
    this.#at++;
    if (token.type === 'text') return token.text === '' ? all([]) : { type: 'text', text: token.text };
    if (token.type === 'term') return this.#term(token);
    if (token.type === 'not') return this.#negated(token);
    if (token.type === 'open') return this.#bracketed(token);
    return all([]);
  }

  #negated(not: Token): Filter {
    const part = this.#deeper(not, () => this.#part());
    if (part && !isEmpty(part)) return { type: 'not', part };
    if (!part && !this.#tooDeep)
      this.#problem(not, '“not” stands before a filter. To search for the word, put it in quotation marks.');
    return all([]);
  }

  #bracketed(open: Token): Filter {
    const part = this.#deeper(open, () => this.#any());
    if (!this.#tooDeep && !this.#take('close'))
      this.#problem({ ...open, end: this.#length }, 'This bracket is not closed. Add “)”.');
    return part ?? all([]);
  }

  #deeper<Value>(place: Place, read: () => Value): Value | null {
    if (this.#depth === DEEPEST) {
      this.#problem(place, `Filters are read up to ${DEEPEST} levels deep.`);
      this.#at = this.#tokens.length;
      this.#tooDeep = true;
      return null;
    }
    this.#depth++;
    const value = read();
    this.#depth--;
    return value;
  }

  #term(term: Term): Filter {
    if (!isFieldName(term.field)) {
      this.#problem(term, unknownField(term.field));
      return all([]);
    }
    const field: FilterField = FIELDS[term.field];
    const filter = term.value === '' ? `${term.field} needs a value: ${field.example}.` : this.#read(term, term.field);
    if (typeof filter !== 'string') return filter;
    this.#problem(term, filter);
    return all([]);
  }

  /** The filter, or why the term is none. */
  #read({ comparison, value }: Term, name: FieldName): Filter | string {
    const field: FilterField = FIELDS[name];
    if (field.kind === 'number') {
      const stretch = field.read(value);
      if (!stretch) return `“${value}” is not ${field.wants}.`;
      if (stretch.low === stretch.high)
        return { type: 'number', field: name, comparison: comparison === ':' ? '=' : comparison, value: stretch.low };
      if (comparison === ':' || comparison === '=') return { type: 'range', field: name, ...stretch };
      const whole = comparison === '<' || comparison === '>=';
      return {
        type: 'number',
        field: name,
        comparison: whole ? comparison : SIDES[comparison],
        value: whole ? stretch.low : stretch.high,
      };
    }
    if (comparison !== ':' && comparison !== '=') return `${name} has no order. Write ${field.example}.`;
    if (field.kind === 'text') return { type: comparison === '=' ? 'is' : 'field', field: name, value };
    if (field.kind === 'part') return this.#textIn(field.choices, value.toLowerCase(), name);
    if (field.kind === 'name')
      return { type: 'field', field: name, value: (field.read?.(value) ?? value).toLowerCase() };
    if (field.kind === 'moment') {
      const moment = readMoment(value, this.#now);
      if (moment === null) return `“${value}” is not ${MOMENTS}.`;
      return { type: 'number', field: name, comparison: field.side, value: moment };
    }
    const choice = value.toLowerCase();
    if (field.choices.includes(choice)) return { type: 'field', field: name, value: choice };
    return `${name} is one of ${field.choices.join(', ')}.`;
  }

  /** The part with the text that stands behind it. */
  #textIn(parts: readonly string[], part: string, name: FieldName): Filter | string {
    if (!parts.includes(part)) return `${name} is one of ${parts.join(', ')}.`;
    const token = this.#tokens[this.#at];
    if (token?.type !== 'text' || token.text === '')
      return `${name}:${part} needs a text behind it: ${name}:${part} "Paris".`;
    this.#at++;
    return { type: 'in', part: part as SearchPart, text: token.text };
  }

  #take(type: 'or' | 'close'): Token | null {
    const token = this.#tokens[this.#at];
    if (token?.type !== type) return null;
    this.#at++;
    return token;
  }

  #problem({ start, end }: Place, sentence: string): void {
    this.problems.push({ start, end, sentence });
  }
}

const tooLong = (length: number): FilterProblem => ({
  start: LONGEST_FILTER,
  end: length,
  sentence: `A filter has at most ${count(LONGEST_FILTER)} characters, and this one has ${count(length)}. Look for a part of the text.`,
});

/** Past a whole stretch: `>5xx` begins where it ends, `<=5xx` ends there. */
const SIDES = { '>': '>=', '<=': '<' } as const;

const all = (parts: readonly Filter[]): Filter => {
  const said = parts.filter((part) => !isEmpty(part));
  return said.length === 1 ? said[0]! : { type: 'all', parts: said };
};

const isEmpty = (filter: Filter): boolean => filter.type === 'all' && filter.parts.length === 0;

function unknownField(field: string): string {
  const near = nearestName(field, FIELD_NAMES);
  const next = near === null ? `Fields are ${FIELD_NAMES.join(', ')}.` : `Did you mean “${near}”?`;
  return `There is no field “${field}”. ${next} To search for the text, put it in quotation marks.`;
}
