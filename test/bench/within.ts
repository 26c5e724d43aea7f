/** What a benchmark waits for, with a bound: one that would never end says why instead. */

/** Milliseconds; many times what anything that is measured takes. */
const MOST_MS = 60_000;

/** Rejects with the sentence where `work` takes longer than a minute. What it does goes on: whoever waits ends it. */
export async function within<Value>(sentence: string, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${sentence} within a minute.`)), MOST_MS);
  });
  try {
    return await Promise.race([work, bound]);
  } finally {
    clearTimeout(timer);
  }
}
