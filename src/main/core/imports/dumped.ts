/**
 * Text that shows the bytes of another file one by one, and from which all of them can be had back: hex dumps, base64, `cat -A`, text
 * inside an HTML page, a Markdown document or code.
 */
import { isUtf8 } from 'node:buffer';
import { framingOf } from '../../../shared/framing/detect.ts';
import { withoutEntities } from '../../../shared/text/html-entities.ts';
import { inCode, inScript, isEventLine } from './code-literals.ts';
import { bytesOfText, utf8 } from './imported.ts';

export interface Undumped {
  readonly bytes: Uint8Array;
  /** What the text was, as a sentence. */
  readonly sentence: string;
}

/** Null where the text is what it is. `text`: of UTF-8. */
export function undumped(text: string): Undumped | null {
  for (const read of [coloured, charDump, hexDump, base64, printedBuffers, catted, page, fenced, ofCode]) {
    const found = read(text);
    if (found !== null) return found;
  }
  return null;
}

type Read = (text: string) => Undumped | null;

// oxlint-disable-next-line no-control-regex -- what terminals are told begins with ESC.
const TERMINAL = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;
// oxlint-disable-next-line no-control-regex -- the same.
const STARTS_COLOURED = /^\s*\x1b\[/;

/** Null where nothing was written for a terminal. JSON has no ESC. */
export function withoutColours(text: string): string | null {
  const plain = text.replaceAll(TERMINAL, '');
  return plain === text ? null : plain;
}

export const COLOURS = 'The text had colours of a terminal in it; they were taken out.';

/** What a program printed in colours from its first line on, heads and all. */
const coloured: Read = (text) => {
  const plain = STARTS_COLOURED.test(text.slice(0, LOOKED_AT)) ? withoutColours(text) : null;
  return plain === null ? null : { bytes: utf8(plain), sentence: COLOURS };
};

const linesOf = (text: string): readonly string[] => text.split(/\r?\n/);

/** The beginning tells; a file of another kind is not looked through. */
const LOOKED_AT = 4096;

/** `xxd` and `hexdump -C`, with offsets and the text beside; a `*` stands for lines that are the same. */
const DUMP_LINE = /^([0-9a-f]{4,10}):?\s+((?:[0-9a-f]{2,8} {1,2})*[0-9a-f]{2,8})(?:\s{2,}.*|\s*\|.*)?\s*$/i;

const hexDump: Read = (text) => {
  const start = text.slice(0, LOOKED_AT);
  if (/^\s*(?:[0-9a-f]{2}\s*){16,}$/i.test(start.slice(0, start.lastIndexOf('\n') + 1 || LOOKED_AT)))
    return plainHex(text);
  if (!DUMP_LINE.test(linesOf(start.trimStart())[0]!)) return null;
  const bytes = bytesOfLines(text, (line) => {
    const [, offset, hex] = DUMP_LINE.exec(line) ?? /^([0-9a-f]{4,10}):?()\s*$/i.exec(line) ?? [];
    return offset === undefined
      ? null
      : { from: Number.parseInt(offset, 16), bytes: Buffer.from(hex!.replaceAll(' ', ''), 'hex') };
  });
  return bytes && { bytes, sentence: HEX };
};

/**
 * `od -c` and `od -b`, with offsets in octal: each byte has four columns, in which its character, an escape or three octal digits stand
 * (https://www.gnu.org/software/coreutils/manual/html_node/od-invocation.html).
 */
const CHAR_LINE = /^([0-7]{7,})((?: {3}[ -~]| {2}\\[0abfnrtv]| [0-3][0-7]{2}){1,16})$/;
const ESCAPES: Readonly<Record<string, number>> = {
  '\\0': 0,
  '\\a': 7,
  '\\b': 8,
  '\\t': 9,
  '\\n': 10,
  '\\v': 11,
  '\\f': 12,
  '\\r': 13,
};

const charDump: Read = (text) => {
  if (!CHAR_LINE.test(linesOf(text.slice(0, LOOKED_AT))[0]!)) return null;
  const bytes = bytesOfLines(text, (line) => {
    const [, offset, shown] = CHAR_LINE.exec(line) ?? /^([0-7]{7,})()$/.exec(line) ?? [];
    if (offset === undefined) return null;
    const columns = shown!.match(/.{4}/g) ?? [];
    return { from: Number.parseInt(offset, 8), bytes: Buffer.from(columns.map(byteOf)) };
  });
  return bytes && { bytes, sentence: 'It was a dump of od; its bytes were put back.' };
};

function byteOf(columns: string): number {
  const shown = columns.trim();
  if (shown.length === 3) return Number.parseInt(shown, 8);
  return ESCAPES[shown] ?? columns.charCodeAt(3);
}

/** What the lines of a dump say together; null where one of them is none, or does not begin where the one before it ends. */
function bytesOfLines(
  text: string,
  read: (line: string) => { readonly from: number; readonly bytes: Buffer } | null,
): Uint8Array | null {
  const parts: Buffer[] = [];
  let [at, repeats] = [0, false];
  for (const line of linesOf(text)) {
    if (line.trim() === '') continue;
    if (line.trim() === '*') {
      repeats = true;
      continue;
    }
    const found = read(line);
    if (found === null) return null;
    const { from, bytes } = found;
    const before = parts.at(-1);
    if (repeats && before !== undefined)
      for (; at < from && parts.length < MAX_LINES; at += before.length) parts.push(before);
    repeats = false;
    if (from !== at) return null;
    parts.push(bytes);
    at += bytes.length;
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** Lines that a `*` stands for; a dump of more is refused elsewhere for its size. */
const MAX_LINES = 4_000_000;
const HEX = 'It was a hex dump; its bytes were put back.';

const plainHex: Read = (text) => {
  const hex = text.replaceAll(/\s+/g, '');
  if (hex.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(hex)) return null;
  const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
  return isLikely(bytes) ? { bytes, sentence: HEX } : null;
};

const base64: Read = (text) => {
  const whole = text.trim().replace(/^data:[\w/.+-]+;base64,/, '');
  if (whole.length < 24 || !/^[A-Za-z0-9+/_\s-]+={0,2}$/.test(whole.slice(0, LOOKED_AT))) return null;
  if (!/^[A-Za-z0-9+/_\s-]+={0,2}$/.test(whole)) return null;
  const bytes = new Uint8Array(Buffer.from(whole, 'base64'));
  return isLikely(bytes) ? { bytes, sentence: 'It was in base64; it was decoded.' } : null;
};

/** Whether bytes are a stream, JSON, a printed head, or compressed: words in capitals are base64 as well. */
function isLikely(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return true;
  if (framingOf(null, bytes) !== null) return true;
  return isUtf8(bytes) && /^\s*(?:HTTP\/\d|[[{]\s*["{\]}])/.test(Buffer.from(bytes.subarray(0, 256)).toString());
}

/** `console.log(chunk)` of Node, where nothing was left out: it shows the first fifty bytes alone unless told otherwise. */
const BUFFER = /^<Buffer((?: [0-9a-f]{2})+)>$/;

const printedBuffers: Read = (text) => {
  if (!text.trimStart().startsWith('<Buffer ')) return null;
  const found = linesOf(text.trim()).map((line) => BUFFER.exec(line.trim()));
  if (found.some((one) => one === null)) return null;
  const hex = found.map((one) => one![1]!.replaceAll(' ', '')).join('');
  return {
    bytes: new Uint8Array(Buffer.from(hex, 'hex')),
    sentence: 'It was buffers as Node prints them; their bytes were put back.',
  };
};

/** What `cat -v` writes for the bytes of UTF-8 that are no ASCII. */
const META = /M-(\^?)([ -~])/g;

/** `cat -A` and `cat -e` mark the end of each line; `cat -v` does not, and is known by characters that can be had back. */
const catted: Read = (text) => {
  // oxlint-disable-next-line no-control-regex -- all that cat -v writes is ASCII.
  if (!/^[\t\n\r -~]*$/.test(text.slice(0, LOOKED_AT))) return null;
  const mayBeMarked = /^[^\n]*\$\r?\n/.test(text);
  if (!mayBeMarked && !/M-[ -~]/.test(text)) return null;
  const lines = linesOf(text.replace(/\r?\n$/, ''));
  const marked = lines.length > 1 && lines.every((line, at) => line.endsWith('$') || at === lines.length - 1);
  if (!marked && !/M-[ -~]/.test(text)) return null;
  const ends = marked ? lines.map((line) => line.replace(/\$$/, '')) : lines;
  const tabbed = marked ? ends.map((line) => line.replaceAll('^I', '\t')) : ends;
  const plain = tabbed.map((line) => line.replace(/\^M$/, '\r')).join('\n');
  const bytes = bytesOfText(
    `${plain.replace(META, (_all, control: string, unit: string) => String.fromCharCode(128 + (control === '' ? unit.charCodeAt(0) : unit.charCodeAt(0) ^ 64)))}\n`,
  );
  if (!isUtf8(bytes) || !(marked || bytes.some((byte) => byte > 127))) return null;
  return {
    bytes,
    sentence: 'It was shown by cat, with marks for line ends and for bytes that are no ASCII; they were taken back.',
  };
};

/** The text of a page that shows a stream: saved from a viewer, an issue, a chat. */
const page: Read = (text) => {
  if (!/^\s*<(?:!doctype html|html|head|body|pre|div|code|p)\b/i.test(text.slice(0, LOOKED_AT))) return null;
  const plain = withoutEntities(
    text
      .replaceAll(/<(script|style|title)\b[^]*?<\/\1>|<![^>]*>/gi, '')
      .replaceAll(/<(?:br|\/p|\/div|\/tr|\/li)\b[^>]*>\n?/gi, '\n')
      .replaceAll(/<\/?[a-z][^>]*>/gi, ''),
  );
  const events = linesOf(plain).filter(isEventLine);
  return events.length < 2
    ? null
    : { bytes: utf8(plain), sentence: 'It stood in an HTML page; its tags and entities were taken out.' };
};

/** Fields, heads, or what curl says: what is worth taking out of a document. */
const HOLDS_STREAM = /^\s*(?:(?:data|event): ?\S|[<>] |HTTP\/\d|[[{])/m;

/** The one block of code of a Markdown document that holds a stream. */
const fenced: Read = (text) => {
  const blocks = blocksOf(text).filter((lines) => HOLDS_STREAM.test(lines.join('\n')));
  if (blocks.length !== 1) return null;
  const sentence = 'It stood in a block of code of a Markdown document; the rest of the document was left out.';
  const block = `${blocks[0]!.join('\n').trimEnd()}\n\n`;
  const code = ofCode(block);
  return code === null
    ? { bytes: utf8(block), sentence }
    : { bytes: code.bytes, sentence: `${sentence} ${code.sentence}` };
};

const ofCode: Read = (text) => {
  const stream = inCode(text);
  if (stream !== null)
    return {
      bytes: utf8(stream),
      sentence: 'It stood in a string literal of code; the rest of the code was left out.',
    };
  const printed = inScript(text);
  return printed === null
    ? null
    : {
        bytes: utf8(printed),
        sentence: 'It stood in the printf or echo commands of a script; the rest of the script was left out.',
      };
};

const OPENING = /^([ \t>]*)(`{3,}|~{3,})(.*)$/;

/** The lines within each fenced block that is closed. Chats copy the first line right behind the fence, and the last right before. */
function blocksOf(text: string): readonly (readonly string[])[] {
  if (!/```|~~~/.test(text)) return [];
  const blocks: (readonly string[])[] = [];
  let open: { readonly indent: string; readonly fence: string; readonly lines: string[] } | null = null;
  for (const line of linesOf(text)) {
    if (open === null) {
      const [, indent, fence, behind] = OPENING.exec(line) ?? [];
      if (fence === undefined) continue;
      const begun = /^(?:data|event): ?\S/.test(behind!);
      if (!begun && behind!.includes('`')) continue;
      open = { indent: indent!, fence, lines: begun ? [behind!] : [] };
      continue;
    }
    const { indent, fence, lines } = open;
    const inner = line.startsWith(indent) ? line.slice(indent.length) : line;
    const last = lastOf(inner, fence);
    if (last === null) {
      lines.push(inner);
      continue;
    }
    blocks.push(last === '' ? lines : [...lines, last]);
    open = null;
  }
  return blocks;
}

/** What a line holds before the fence that closes a block; null where none does. */
function lastOf(line: string, fence: string): string | null {
  const said = line.trimEnd();
  if (!said.endsWith(fence)) return null;
  const before = said.slice(0, -fence.length);
  return before === '' || /(?:\}|\[DONE\])$/.test(before) ? before : null;
}
