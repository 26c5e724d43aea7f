/** Names and limits that the contract and the window share: apart from the schemas, which the window would be long in making as it opens. */

/** Of the filters that are saved. */
export const MOST_FILTERS = 50;
/** In UTF-16 code units. */
export const LONGEST_FILTER_NAME = 100;

/** What the list can be grouped by, apart from the day. */
export const RUN_GROUPINGS = ['endpoint', 'model', 'conversation'] as const;
export type RunGrouping = (typeof RUN_GROUPINGS)[number];

/** Bytes of a frame that come with its event. */
export const EVENT_BYTES = 524_288;

/** The code of an import whose file is not held any more: it is to be sent. */
export const NOT_HELD = 'not-held';
