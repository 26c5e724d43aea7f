/** What is searched of traces: the parts of each, as the grammar of filters names them. */

export const SEARCH_PARTS = ['request', 'answer', 'reasoning', 'tool', 'args', 'error', 'note'] as const;
export type SearchPart = (typeof SEARCH_PARTS)[number];

/** Characters of a search: longer ones are refused. */
export const LONGEST_SEARCH = 200;
