/** Text as it is compared where capitals, and letters that only look otherwise, do not count. */
export const folded = (text: string): string => text.normalize('NFKC').toLowerCase();
