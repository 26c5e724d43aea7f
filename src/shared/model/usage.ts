/**
 * Token counts as the provider reported them, normalised by name only. A count that was never sent is absent, one sent
 * as null is null; 0 is a value. Counts are never added up: the last one said wins, field by field.
 */
export interface Usage {
  /** All input tokens, cached ones included (Anthropic's wire figure excludes them; here they are added). */
  readonly input?: number | null;
  /** The part of `input` that was read from a cache. */
  readonly cachedInput?: number | null;
  /** The part of `input` that was written to a cache. */
  readonly cacheWrite?: number | null;
  /** All output tokens, reasoning included. */
  readonly output?: number | null;
  /** The part of `output` that was reasoning. */
  readonly reasoning?: number | null;
  readonly total?: number | null;
  /** Output tokens per second by the server's own clock. */
  readonly serverRate?: number;
  /** US dollars, as the server reckons them. */
  readonly cost?: number;
  /** The provider's own usage objects, in order of arrival. */
  readonly raw: readonly unknown[];
}

export const FINISH_REASONS = [
  'stop',
  'length',
  'tool_use',
  'content_filter',
  'refusal',
  'pause',
  'error',
  'other',
] as const;
/** Why generation ended: one word for all providers, and the provider's own. */
export interface FinishReason {
  readonly unified: (typeof FINISH_REASONS)[number];
  readonly raw: string | null;
}
