/** Values printed as Python prints them: json.dumps, str() and repr(). */
import { isDict, type PyDict, type PyKey, type PyValue } from './python-value.ts';

/** What JSON.stringify leaves as it is in a string and Python escapes; the controls are escaped by both. */
const BEYOND_ASCII = /[\x7f-\uffff]/g;

/** `json.dumps(value, indent=2)`, with its default of escaping everything that is not ASCII. */
export function dumps(value: PyValue): string {
  return indented(value, '').replaceAll(BEYOND_ASCII, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function indented(value: PyValue, indent: string): string {
  if (Array.isArray(value))
    return wrap(
      '[',
      value.map((item) => indented(item, `${indent}  `)),
      ']',
      indent,
    );
  if (isDict(value))
    return wrap(
      '{',
      [...value].map(([key, item]) => `${JSON.stringify(keyText(key))}: ${indented(item, `${indent}  `)}`),
      '}',
      indent,
    );
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' ? floatText(value, 'NaN', 'Infinity') : String(value);
}

function wrap(open: string, items: readonly string[], close: string, indent: string): string {
  return items.length === 0 ? open + close : `${open}\n${indent}  ${items.join(`,\n${indent}  `)}\n${indent}${close}`;
}

function keyText(key: PyKey): string {
  return typeof key === 'number' ? floatText(key, 'NaN', 'Infinity') : String(key);
}

/** `str(value)`: strings as they are, everything else as repr() has it. */
export function pythonStr(value: PyValue): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

function pythonRepr(value: PyValue | PyKey): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return floatText(value, 'nan', 'inf');
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return reprText(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  return `{${[...(value as PyDict)].map(([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`).join(', ')}}`;
}

const REPR_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
/** What repr() does not take for printable: controls, formats, surrogates, private and unassigned, separators but the space. */
const NOT_PRINTABLE = /[\p{C}\p{Zl}\p{Zp}\\]|(?! )\p{Zs}/gu;

function reprText(text: string): string {
  const quoteMark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replaceAll(NOT_PRINTABLE, (c) => REPR_ESCAPES[c] ?? hexEscape(c.codePointAt(0)!));
  return quoteMark + (quoteMark === "'" ? body.replaceAll("'", "\\'") : body) + quoteMark;
}

function hexEscape(codePoint: number): string {
  const hex = codePoint.toString(16);
  if (codePoint < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return codePoint < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** repr() of a float: the shortest digits, with an exponent below 1e-4 and from 1e16 on. */
function floatText(value: number, nan: string, infinity: string): string {
  if (Number.isNaN(value)) return nan;
  if (!Number.isFinite(value)) return value < 0 ? `-${infinity}` : infinity;
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa, exponentText] = Math.abs(value).toExponential().split('e') as [string, string];
  const digits = mantissa.replace('.', '');
  const exponent = Number(exponentText);
  return (
    (value < 0 ? '-' : '') +
    (exponent < -4 || exponent >= 16 ? scientific(mantissa, exponent) : positional(digits, exponent))
  );
}

function scientific(mantissa: string, exponent: number): string {
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function positional(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${whole}.${digits.slice(exponent + 1) || '0'}`;
}
