/** What an answer cost, by the price list that comes with the program. No network: the list is as old as the program. */
import { calcPrice } from '@pydantic/genai-prices';
import type { Usage } from '../../../shared/model/usage.ts';

export interface Priced {
  /** Where it was sent: it says who charges for it. A model of the same name on a server of one's own costs nothing. */
  readonly url: string;
  readonly model: string | null;
  readonly usage: Usage | undefined;
  /** Wall clock, milliseconds since 1970: prices change. */
  readonly startedAt: number;
}

/** US dollars; undefined, and never 0, when the provider, the model or the counts are not known. */
export function costOf({ url, model, usage, startedAt }: Priced): number | undefined {
  const { input, output, cachedInput, cacheWrite } = usage ?? {};
  if (model === null || typeof input !== 'number' || typeof output !== 'number') return undefined;
  const counts = {
    input_tokens: input,
    output_tokens: output,
    cache_read_tokens: cachedInput ?? 0,
    cache_write_tokens: cacheWrite ?? 0,
  };
  try {
    return calcPrice(counts, model, { providerApiUrl: url, timestamp: new Date(startedAt) })?.total_price;
  } catch {
    // Counts that contradict each other, such as more cached tokens than there are.
    return undefined;
  }
}
