/** The text of a filter, cut into tokens. Never fails: what is not closed ends with the text. */
import { FIELDS, isFieldName } from './fields.ts';
import type { Comparison, Place } from './filter.ts';

export type Token = Place &
  (
    | { readonly type: 'open' | 'close' | 'and' | 'or' | 'not' }
    /** Text to look for, without its quotation marks. */
    | { readonly type: 'text'; readonly text: string }
    /** `field:value`, `field>2s`; `value` is empty where nothing follows. */
    | {
        readonly type: 'term';
        readonly field: string;
        readonly comparison: ':' | Comparison;
        readonly value: string;
        /** Where the value is. */
        readonly at: Place;
      }
  );

/** A field's name is a word of letters; anything else before a colon is text, such as an address. */
const TERM = /([a-z]+)(:(?:<=|>=|<|>|=)?|<=|>=|<|>|=)/iy;
/** With blanks around the sign, as sums are written. */
const SPACED = /([a-z]+)\s*(<=|>=|<|>|=|:)\s*(?=\.?\d)/iy;
const WORD = /[^\s()"]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)(?:"|\\?$)/sy;
/** A value may hold brackets and quotation marks where it does not begin with one. */
const VALUE = /[^\s()]*/y;
const KEYWORDS = new Set(['and', 'or', 'not']);

export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(text: string, start: number): Token {
  const first = text[start]!;
  if (first === '(' || first === ')') return { type: first === '(' ? 'open' : 'close', start, end: start + 1 };
  if (first === '-' && /[^\s)]/.test(text[start + 1] ?? ' ')) return { type: 'not', start, end: start + 1 };
  if (first === '"') {
    const { value, end } = quotedAt(text, start);
    return { type: 'text', text: value, start, end };
  }
  return termAt(text, start) ?? wordAt(text, start);
}

function termAt(text: string, start: number): Token | null {
  const [sign, field, operator] = spacedAt(text, start) ?? matchAt(TERM, text, start) ?? [];
  if (sign === undefined) return null;
  const from = start + sign.length;
  const { value, end } = text[from] === '"' ? quotedAt(text, from) : plainAt(text, from);
  // An address is text: `http://127.0.0.1:4141/`.
  if (operator === ':' && text.startsWith('//', from)) return null;
  const comparison = operator!.length > 1 && operator!.startsWith(':') ? operator!.slice(1) : operator!;
  return {
    type: 'term',
    field: field!.toLowerCase(),
    comparison: comparison as ':' | Comparison,
    value,
    at: { start: from, end },
    start,
    end,
  };
}

/** Of fields that are numbers only: elsewhere, signs may stand in a text. */
function spacedAt(text: string, start: number): RegExpExecArray | null {
  const found = matchAt(SPACED, text, start);
  const name = found?.[1]?.toLowerCase() ?? '';
  return isFieldName(name) && FIELDS[name].kind === 'number' ? found : null;
}

function wordAt(text: string, start: number): Token {
  const [word] = matchAt(WORD, text, start)!;
  const end = start + word.length;
  const keyword = word.toLowerCase();
  if (KEYWORDS.has(keyword)) return { type: keyword as 'and' | 'or' | 'not', start, end };
  return { type: 'text', text: word, start, end };
}

function quotedAt(text: string, start: number): { readonly value: string; readonly end: number } {
  const [whole, inside] = matchAt(QUOTED, text, start)!;
  return { value: inside!.replace(/\\(.)/gs, '$1'), end: start + whole.length };
}

function plainAt(text: string, start: number): { readonly value: string; readonly end: number } {
  const [value] = matchAt(VALUE, text, start)!;
  return { value, end: start + value.length };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
