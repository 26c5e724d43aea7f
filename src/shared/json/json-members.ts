/**
 * Where the members of a JSON text stand in it, without reading their values: so that a value can be marked in the text as
 * it came and, by the same number, in the indented copy of it.
 */

export interface JsonMember {
  /** null: an array's element. */
  readonly key: string | null;
  /** Of the key, or of the value where there is none. */
  readonly start: number;
  readonly valueStart: number;
  /** Exclusive. */
  readonly end: number;
  /** Neither object nor array. */
  readonly leaf: boolean;
  /** Number of the member whose value it stands in; −1: the outermost one. */
  readonly parent: number;
  /** Its place in an array; 0 in an object. */
  readonly at: number;
}

interface Draft {
  key: string | null;
  start: number;
  valueStart: number;
  end: number;
  leaf: boolean;
  parent: number;
  at: number;
}
interface Container {
  readonly object: boolean;
  readonly member: Draft | null;
  /** Of that member. */
  readonly number: number;
  /** Elements begun so far. */
  elements: number;
  key: { readonly text: string; readonly start: number } | null;
}

/** In the order in which they begin. Of a broken text, what could be told. Linear. Only ASCII has a meaning to it. */
export function jsonMembers(text: string): readonly JsonMember[] {
  const members: Draft[] = [];
  const open: Container[] = [];

  /** A value begins at `at`: a member, unless it is the whole text. */
  const begin = (at: number, leaf: boolean): Draft | null => {
    const inside = open.at(-1);
    if (!inside) return null;
    const { key } = inside;
    inside.key = null;
    const member = {
      key: key?.text ?? null,
      start: key?.start ?? at,
      valueStart: at,
      end: text.length,
      leaf,
      parent: inside.number,
      at: inside.object ? 0 : inside.elements++,
    };
    members.push(member);
    return member;
  };

  for (let at = 0; at < text.length;) {
    const char = text[at]!;
    if (char === '{' || char === '[') {
      const member = begin(at, false);
      const number = member === null ? -1 : members.length - 1;
      open.push({ object: char === '{', member, number, elements: 0, key: null });
      at++;
    } else if (char === '}' || char === ']') {
      at++;
      const member = open.pop()?.member;
      if (member) member.end = at;
    } else if (char === '"') {
      const end = stringEnd(text, at);
      const inside = open.at(-1);
      if (inside?.object === true && inside.key === null) inside.key = { text: text.slice(at + 1, end - 1), start: at };
      else close(begin(at, true), end);
      at = end;
    } else if (isSpace(char) || char === ',' || char === ':') at++;
    else {
      const end = literalEnd(text, at);
      close(begin(at, true), end);
      at = end;
    }
  }
  return members;
}

function close(member: Draft | null, end: number): void {
  if (member) member.end = end;
}

const isSpace = (char: string): boolean => char === ' ' || char === '\n' || char === '\r' || char === '\t';

/** Behind the closing quote of the string that begins at `at`. */
function stringEnd(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === '"') return end + 1;
  }
  return text.length;
}

function literalEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && !isSpace(text[end]!) && !',:{}[]"'.includes(text[end]!)) end++;
  return end;
}
