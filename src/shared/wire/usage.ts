/**
 * What providers share in reading token counts, a server's own figures and finish reasons: names are made one, no count is
 * computed.
 */
import { numberOf, objectOf, type JsonObject } from '../json/json-object.ts';
import type { FinishReason, Usage } from '../model/usage.ts';

export type Counts = Omit<Usage, 'raw' | keyof Figures>;
/** What a server says of its own speed and price. */
export type Figures = Pick<Usage, 'serverRate' | 'cost'>;

/** The first of these places that is not absent: its number, null where null was said. */
export function said(...places: readonly unknown[]): number | null | undefined {
  for (const place of places) if (place !== undefined) return numberOf(place);
  return undefined;
}

/** Without the counts that were never said. */
export function counts(fields: Readonly<Record<keyof Counts, number | null | undefined>>): Counts {
  return Object.fromEntries(Object.entries(fields).filter(([, count]) => count !== undefined));
}

/** Without what was not said, and without what no server can mean: a negative price, a speed of nothing. */
export function figures({ rate, cost }: { readonly rate?: unknown; readonly cost?: unknown }): Figures {
  return {
    ...(typeof rate === 'number' && Number.isFinite(rate) && rate > 0 && { serverRate: rate }),
    ...(typeof cost === 'number' && Number.isFinite(cost) && cost >= 0 && { cost }),
  };
}

/** Tokens per second; undefined where a server does not say both, or says a time of zero. */
export function perSecond(tokens: unknown, seconds: unknown): number | undefined {
  return typeof tokens === 'number' && typeof seconds === 'number' && seconds > 0 ? tokens / seconds : undefined;
}

/** Of llama.cpp's `timings`, which stand beside the usage of any API that it speaks; milliseconds. */
export function timedRate(timings: unknown): number | undefined {
  const fields = objectOf(timings);
  return (
    numberOf(fields?.['predicted_per_second']) ??
    perSecond(fields?.['predicted_n'], (numberOf(fields?.['predicted_ms']) ?? 0) / 1000)
  );
}

/** xAI counts money in ticks: so many are a dollar. */
const TICKS = 1e10;

/**
 * The price in a usage object, US dollars: `cost` of OpenRouter and LiteLLM, `cost.total_cost` of Perplexity,
 * `estimated_cost` of DeepInfra, `cost_in_usd_ticks` of xAI.
 */
export function costIn(usage: JsonObject): number | undefined {
  const { cost } = usage;
  const ticks = numberOf(usage['cost_in_usd_ticks']);
  return (
    numberOf(cost) ??
    numberOf(objectOf(cost)?.['total_cost']) ??
    numberOf(usage['estimated_cost']) ??
    (ticks === null ? undefined : ticks / TICKS)
  );
}

/** A provider's word for why it stopped, by its list of words. An unknown word is no error: it is shown as it came. */
export function finishReason(
  raw: string | null,
  words: Readonly<Record<string, FinishReason['unified']>>,
): FinishReason {
  return { unified: raw !== null && Object.hasOwn(words, raw) ? words[raw]! : 'other', raw };
}
