/**
 * The head of an HTTP/1 message as its bytes: lines, and the fields in them. What is not changed leaves as it came, with its
 * case, its blanks and its line ends, so a head is taken apart into lines and put together from them again.
 * Texts are latin1: one character for each byte, whatever the sender meant by it (RFC 9112, 2.2).
 */

export interface Field {
  /** As it came. */
  readonly name: string;
  /** Without the blanks around it. */
  readonly value: string;
  /** The whole line with its end, and the lines that continue it. */
  readonly line: string;
}

export interface Head {
  /** With its line end. */
  readonly startLine: string;
  readonly fields: readonly Field[];
  /** The blank line, and the last line's own end where it is not CRLF. */
  readonly end: string;
}

/** A request is not what HTTP says it must be; the message is a sentence, the status what it is refused with. */
export class MalformedHead extends Error {
  readonly status: 400 | 431 | 505;

  constructor(sentence: string, status: 400 | 431 | 505 = 400) {
    super(sentence);
    this.status = status;
  }
}

const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^]*?)[ \t]*$/;
// oxlint-disable-next-line no-control-regex -- these are the ones that no field may have
const FORBIDDEN = /[\u0000\r\n]/;

/** Where a head ends in `text`: the index after its blank line, -1 when that has not come. A line may end with a bare LF. */
export function headEnd(text: string, from = 0): number {
  for (let at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (text[at + 1] === '\n') return at + 2;
    if (text[at + 1] === '\r' && text[at + 2] === '\n') return at + 3;
  }
  return -1;
}

/**
 * Takes a whole head apart. Strict about what two readers could read in two ways; throws MalformedHead. `lenient`: for
 * answers, which are only watched here: a line that is no field is kept as one without a name, and lines may be folded.
 */
export function parseHead(text: string, lenient: boolean): Head {
  const lines = linesOf(text);
  const end = lines.pop()!;
  const [startLine = '', ...rest] = lines;
  const fields: Field[] = [];
  for (const line of rest) {
    const last = fields.at(-1);
    if (lenient && /^[ \t]/.test(line) && last) {
      fields[fields.length - 1] = { ...last, value: `${last.value} ${line.trim()}`.trim(), line: last.line + line };
    } else fields.push(fieldOf(line, lenient));
  }
  if (!lenient && !text.endsWith('\r\n\r\n')) throw new MalformedHead('A line of the head does not end with CR LF.');
  return { startLine, fields, end };
}

function linesOf(text: string): string[] {
  const lines: string[] = [];
  let from = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
    lines.push(text.slice(from, at + 1));
    from = at + 1;
  }
  return lines;
}

function fieldOf(line: string, lenient: boolean): Field {
  const content = line.replace(/\r?\n$/, '');
  if (!lenient && !line.endsWith('\r\n')) throw new MalformedHead('A line of the head does not end with CR LF.');
  const found = FIELD.exec(content);
  if (found && (lenient || !FORBIDDEN.test(content))) return { name: found[1]!, value: found[2]!, line };
  if (lenient) return { name: '', value: content, line };
  throw new MalformedHead('A line of the head is not a header field.');
}

/** The bytes of a head. */
export const headBytes = ({ startLine, fields, end }: Head): Buffer =>
  Buffer.from(startLine + fields.map(({ line }) => line).join('') + end, 'latin1');

/** The values of all fields of this name, in lower case, in order. */
export function valuesOf({ fields }: Pick<Head, 'fields'>, name: string): readonly string[] {
  return fields.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value);
}

/** The members of a field that is a list of tokens, in lower case, over all its lines. */
export function tokensOf(head: Pick<Head, 'fields'>, name: string): readonly string[] {
  return valuesOf(head, name)
    .flatMap((value) => value.split(','))
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== '');
}

/** A field with the line that it gets. */
export const field = (name: string, value: string): Field => ({ name, value, line: `${name}: ${value}\r\n` });

export interface RequestLine {
  readonly method: string;
  /** As it came. */
  readonly target: string;
  /** `1.0` or `1.1`. */
  readonly version: '1.0' | '1.1';
}

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\u0021-\u007E\u0080-\u00FF]+) HTTP\/1\.([01])\r\n$/;

/** Throws MalformedHead. */
export function requestLine(startLine: string): RequestLine {
  const found = REQUEST_LINE.exec(startLine);
  if (/ HTTP\/(?!1\.[01]\r\n$)\d\.\d\r\n$/.test(startLine))
    throw new MalformedHead('The capture proxy speaks HTTP/1.1 only. Switch HTTP/2 off in the client.', 505);
  if (!found) throw new MalformedHead('The first line is not one of an HTTP/1.1 request.');
  return { method: found[1]!, target: found[2]!, version: found[3] === '0' ? '1.0' : '1.1' };
}

export interface StatusLine {
  readonly status: number;
  /** The reason phrase as it came. */
  readonly text: string;
  readonly version: string;
}

const STATUS_LINE = /^HTTP\/(\d\.\d) (\d{3})(?: (.*?))?\r?\n$/;

/** Null for what is no status line. */
export function statusLine(startLine: string): StatusLine | null {
  const found = STATUS_LINE.exec(startLine);
  return found ? { status: Number(found[2]), text: found[3] ?? '', version: found[1]! } : null;
}
