/** A filter of the list of traces as a tree, and what could not be read of its text. */
import type { SearchPart } from '../model/search.ts';
import type { FieldName } from './fields.ts';

export type Comparison = '<' | '<=' | '>' | '>=' | '=';

export type Filter =
  /** True for all traces that fit every part; none: for all traces. */
  | { readonly type: 'all'; readonly parts: readonly Filter[] }
  | { readonly type: 'any'; readonly parts: readonly Filter[] }
  | { readonly type: 'not'; readonly part: Filter }
  /** What a person can find a trace by contains the text, in capitals or not. */
  | { readonly type: 'text'; readonly text: string }
  /** A document of that part of the trace contains the text. */
  | { readonly type: 'in'; readonly part: SearchPart; readonly text: string }
  /** The field contains the text, or has the name, in lower case, or is the choice. */
  | { readonly type: 'field'; readonly field: FieldName; readonly value: string }
  /** The whole text of the field is this one, letter for letter. */
  | { readonly type: 'is'; readonly field: FieldName; readonly value: string }
  /** In the unit of the field; a trace without the number does not fit. */
  | { readonly type: 'number'; readonly field: FieldName; readonly comparison: Comparison; readonly value: number }
  /** From `low` to below `high`. */
  | { readonly type: 'range'; readonly field: FieldName; readonly low: number; readonly high: number };

/** A stretch of the filter's text, in UTF-16 code units. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A part of the text that is no filter: what is wrong with it and what could stand there. */
export interface FilterProblem extends Place {
  readonly sentence: string;
}

export interface ReadFilter {
  readonly filter: Filter;
  /** In the order of the text; with any of them the filter is not what its author meant. */
  readonly problems: readonly FilterProblem[];
}
