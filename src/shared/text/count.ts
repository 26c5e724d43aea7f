/** Counts in sentences, as they stand in the numbers of the window. */
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 1,204 */
export const count = (value: number): string => whole.format(value);
