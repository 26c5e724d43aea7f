/** Values of filters that are compared: each is read as a stretch of numbers, which for most is a single one. */

/** From `low` to below `high`; of a single number both are the same. */
export interface Stretch {
  readonly low: number;
  readonly high: number;
}

/** Null: the text is no such value. */
export type Reader = (text: string) => Stretch | null;

const single = (value: number): Stretch | null => (Number.isFinite(value) ? { low: value, high: value } : null);

const AMOUNT = /^(\d+(?:\.\d+)?|\.\d+)(k|m)?$/i;
const THOUSANDS = new Map([
  ['k', 1e3],
  ['m', 1e6],
]);

/** `250`, `0.01`, `4k`, `1.5m`. */
export const readAmount: Reader = (text) => {
  const [, digits, unit = ''] = AMOUNT.exec(text) ?? [];
  return digits === undefined ? null : single(Number(digits) * (THOUSANDS.get(unit.toLowerCase()) ?? 1));
};

const BYTES = /^(\d+(?:\.\d+)?)(b|kb|mb|gb)?$/i;
const BYTE_UNITS = new Map([
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
]);

/** `500`, `64kb`, `2mb`, in powers of ten, as sizes are shown. */
export const readBytes: Reader = (text) => {
  const [, digits, unit = 'b'] = BYTES.exec(text) ?? [];
  return digits === undefined ? null : single(Number(digits) * BYTE_UNITS.get(unit.toLowerCase())!);
};

const DURATION = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/i;
const NS_OF_PARTS = [3600e9, 60e9, 1e9, 1e6];

/** `800ms`, `2s`, `1m30s`, in nanoseconds. A bare number is refused, since it may mean either. */
export const readDuration: Reader = (text) => {
  const parts = DURATION.exec(text)?.slice(1);
  if (!parts?.some((part) => part !== undefined)) return null;
  return single(parts.reduce((sum, part, at) => sum + Number(part ?? 0) * NS_OF_PARTS[at]!, 0));
};

/** `429`, or a class of them: `5xx`. */
export const readStatus: Reader = (text) => {
  if (/^\d{3}$/.test(text)) return single(Number(text));
  if (!/^[1-9]xx$/i.test(text)) return null;
  const low = Number(text[0]) * 100;
  return { low, high: low + 100 };
};
