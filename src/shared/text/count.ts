/** Counts in sentences, as they stand in the numbers of the window. */

/** 1,204. By hand: the formatter of the platform takes the window milliseconds to make, for which its first paint would wait. */
export const count = (value: number): string => String(Math.round(value)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');

/** 1 byte, 1,204 bytes. `unit`: of one; its plural has an s more, unless said. */
export const counted = (value: number, unit: string, plural = `${unit}s`): string =>
  `${count(value)} ${value === 1 ? unit : plural}`;
