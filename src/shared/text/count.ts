/** Counts in sentences, as they stand in the numbers of the window. */
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 1,204 */
export const count = (value: number): string => whole.format(value);

/** 1 byte, 1,204 bytes. `unit`: of one; its plural has an s more, unless said. */
export const counted = (value: number, unit: string, plural = `${unit}s`): string =>
  `${count(value)} ${value === 1 ? unit : plural}`;
