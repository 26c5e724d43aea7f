/**
 * Server-sent events, as WHATWG frames them (https://html.spec.whatwg.org/multipage/server-sent-events.html). A frame is
 * the lines up to a blank line that name a field; while an event ID is in force, a blank line alone is one, too. Clients
 * differ in which of these they dispatch, so that a frame says what stood in it and each lane takes it its way.
 *
 * All whole lines of a read are decoded at once, and only the line that a read leaves unfinished is copied.
 */
import type { Framed, Read, SseFacts, SseFields } from '../model/stream.ts';
import type { ByteRange } from '../text/byte-range.ts';
import { CutFrame } from './frame.ts';
import { limitPassed, MAX_EVENT_BYTES, NOTHING, placeAt, remark, type Framer } from './framer.ts';
import { HeldBytes } from './held-bytes.ts';
import { PendingFields } from './sse-fields.ts';
import { BOM, isUtf8, lossyText, MARK_BYTES, MARK_DROPPED, REPLACEMENT } from './utf8.ts';

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;

export class SseFramer implements Framer {
  /** The line that the last read left unfinished, from byte `#lineStart` of the body on. */
  readonly #held = new HeldBytes();
  #lineStart = 0;
  /** The last byte taken was a CR that ended its line; an LF right after it is the other half of that line end. */
  #afterCr = false;
  /** Fields of the frame that is open, and where its first line starts (-1: none is open). */
  readonly #pending = new PendingFields();
  #start = -1;
  /** The same without the first line, in the frame that a byte order mark stands before. */
  #afterMark: PendingFields | undefined;
  /** The last event name: most frames repeat it, and a string that is used again is neither made nor hashed again. */
  #name = '';
  /** The standard's last event ID is not empty. */
  #idInForce = false;
  #frames = 0;
  #over = false;
  #read: Read = { n: 0, tNs: 0, offset: 0, bytes: new Uint8Array(0) };
  #out: Framed[] | undefined;

  feed(read: Read): readonly Framed[] {
    if (this.#over || read.bytes.length === 0) return NOTHING;
    this.#read = read;
    const { bytes, offset } = read;
    let at = 0;
    if (this.#afterCr) {
      this.#afterCr = false;
      if (bytes[0] === LF) this.#lineStart = offset + ++at;
      else this.#pending.bareCr = true;
    }
    const lines = endOfLastLine(bytes, at);
    if (this.#held.length > 0 && lines > at) at = this.#finishHeldLine(bytes, at);
    if (lines > at && !this.#over) this.#takeLines(bytes, at, lines);
    if (!this.#over) this.#hold(bytes, Math.max(at, lines));
    return this.#drain();
  }

  end(): readonly Framed[] {
    if (this.#over) return NOTHING;
    this.#over = true;
    const end = this.#lineStart + this.#held.length;
    const start = this.#start < 0 ? this.#lineStart : this.#start;
    if (start === end) return NOTHING;
    const tail = this.#held.bytes;
    if (!isUtf8(tail)) this.#emit({ type: 'bad-utf8', ...placeAt(this.#read, this.#lineStart, end) });
    const text = lossyText(tail);
    const note = remark(this.#start < 0 ? text : `${this.#pending.data}${text}`);
    this.#emit({
      type: 'unfinished',
      text: note,
      open: { fields: this.#fieldsWith(text), lineStart: this.#lineStart },
      ...placeAt(this.#read, start, end),
    });
    return this.#drain();
  }

  /** The fields of the open frame, with the line that the end of the body cuts off. */
  #fieldsWith(line: string): SseFields {
    const from = this.#lineStart === 0 && line.charCodeAt(0) === BOM ? 1 : 0;
    const colon = line.indexOf(':', from);
    if (line.length > from && colon !== from) {
      const end = colon < 0 ? line.length : colon;
      const value = line.charCodeAt(end + 1) === SPACE ? end + 2 : end + 1;
      this.#pending.set(line.slice(from, end), line.slice(value));
    }
    const { name, data, dataLines, id, retries } = this.#pending;
    return { name, data, dataLines, id, retries };
  }

  /** Ends the line that earlier reads began. Returns the index after its line end. */
  #finishHeldLine(bytes: Uint8Array, from: number): number {
    const stop = lineEnd(bytes, from);
    this.#held.append(bytes, from, stop);
    const line = this.#held.bytes;
    const text = lossyText(line);
    const start = this.#lineStart;
    const end = start + line.length;
    this.#held.clear();
    if (text.includes(REPLACEMENT) && !isUtf8(line))
      this.#emit({ type: 'bad-utf8', ...placeAt(this.#read, start, end) });
    this.#line(text, 0, text.length, start, end + 1);
    const next = this.#afterLineEnd(bytes, stop);
    this.#lineStart = this.#read.offset + next;
    return next;
  }

  /** Takes the whole lines `bytes[from..until]`; `until` is right after a line end. */
  #takeLines(bytes: Uint8Array, from: number, until: number): void {
    const region = from === 0 && until === bytes.length ? bytes : bytes.subarray(from, until);
    const text = lossyText(region);
    const ascii = text.length === region.length;
    if (text.includes(REPLACEMENT)) return this.#takeLinesOneByOne(bytes, from, until);
    const base = this.#read.offset + from;
    let cr = text.indexOf('\r');
    let at = 0;
    let byteAt = 0;
    while (at < text.length && !this.#over) {
      let stop = text.indexOf('\n', at);
      if (cr >= 0 && cr < at) cr = text.indexOf('\r', at);
      const endsWithCr = cr >= 0 && (stop < 0 || cr < stop);
      if (endsWithCr) stop = cr;
      const byteStop = ascii ? stop : lineEnd(region, byteAt);
      this.#line(text, at, stop, base + byteAt, base + byteStop + 1);
      const width = endsWithCr && text.charCodeAt(stop + 1) === LF ? 2 : 1;
      // Of a CR that is the last byte of the read, the next read tells.
      if (endsWithCr && width === 1 && stop + 1 < text.length) this.#pending.bareCr = true;
      at = stop + width;
      byteAt = byteStop + width;
    }
    this.#lineStart = base + byteAt;
    if (region[region.length - 1] !== CR) return;
    if (until === bytes.length) this.#afterCr = true;
    else this.#pending.bareCr = true;
  }

  /** The same where some bytes may be no UTF-8 and it must be known which line holds them. */
  #takeLinesOneByOne(bytes: Uint8Array, from: number, until: number): void {
    const { offset } = this.#read;
    let at = from;
    while (at < until && !this.#over) {
      const stop = lineEnd(bytes, at);
      const line = bytes.subarray(at, stop);
      if (!isUtf8(line)) this.#emit({ type: 'bad-utf8', ...placeAt(this.#read, offset + at, offset + stop) });
      const text = lossyText(line);
      this.#line(text, 0, text.length, offset + at, offset + stop + 1);
      at = this.#afterLineEnd(bytes, stop);
    }
    this.#lineStart = offset + at;
  }

  /** The index after the line end at `stop`; a CR that is the read's last byte may have its LF in the next read. */
  #afterLineEnd(bytes: Uint8Array, stop: number): number {
    if (bytes[stop] !== CR) return stop + 1;
    this.#afterCr = stop + 1 === bytes.length;
    if (bytes[stop + 1] === LF) return stop + 2;
    if (!this.#afterCr) this.#pending.bareCr = true;
    return stop + 1;
  }

  /**
   * One line, `text[from..to]`. `end` is the body's byte after the first byte of its line end: where that is CRLF, the LF
   * belongs to no frame, because the frame must neither wait for it nor depend on the cut.
   */
  #line(text: string, from: number, to: number, start: number, end: number): void {
    if (this.#passesLimit(start, end)) return;
    const marked = start === 0 && text.charCodeAt(from) === BOM;
    if (marked) {
      // The standard drops the mark; who does not reads it as part of the field's name, and so loses the line.
      this.#afterMark = new PendingFields();
      from++;
    }
    if (from >= to) this.#blankLine(start, end);
    else if (text.charCodeAt(from) === COLON)
      this.#emit({ type: 'comment', text: remark(text.slice(from + 1, to)), ...placeAt(this.#read, start, end) });
    else {
      if (this.#start < 0) this.#start = start;
      this.#field(text, from, to, marked, start, end);
    }
  }

  #field(text: string, from: number, to: number, marked: boolean, start: number, end: number): void {
    // The field is nearly always one of these two, and then there is nothing to search for.
    const usual = startsWithField(text, 'data', from, to)
      ? 'data'
      : startsWithField(text, 'event', from, to)
        ? 'event'
        : undefined;
    // Looked for in the line alone: to look on for it in each line of a read without one would take the square of its length.
    const offset = usual === undefined ? text.slice(from, to).indexOf(':') : usual.length;
    const colon = offset < 0 ? to : from + offset;
    const value = text.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1;
    const name = usual ?? text.slice(from, colon);
    const content = value >= to ? '' : name === 'event' ? this.#eventName(text, value, to) : text.slice(value, to);
    if (!this.#pending.set(name, content))
      this.#emit({ type: 'ignored', text: remark(text.slice(from, to)), ...placeAt(this.#read, start, end) });
    if (!marked) this.#afterMark?.set(name, content);
  }

  #eventName(text: string, from: number, to: number): string {
    if (to - from !== this.#name.length || !text.startsWith(this.#name, from))
      this.#name = internalized(text.slice(from, to));
    return this.#name;
  }

  #blankLine(start: number, end: number): void {
    const pending = this.#pending;
    if (pending.id !== undefined) this.#idInForce = pending.id !== '';
    if (pending.any || this.#idInForce) {
      const from = this.#start < 0 ? start : this.#start;
      const frame = new SseFrame(this.#frames++, from, end, this.#read, pending, this.#afterMark);
      this.#emit({ type: 'frame', frame });
    }
    pending.clear();
    this.#afterMark = undefined;
    this.#start = -1;
  }

  /** Keeps the bytes of a line whose end has not come. */
  #hold(bytes: Uint8Array, from: number): void {
    if (from >= bytes.length) return;
    if (this.#held.length === 0) this.#lineStart = this.#read.offset + from;
    if (!this.#passesLimit(this.#lineStart, this.#read.offset + bytes.length))
      this.#held.append(bytes, from, bytes.length);
  }

  /** Ends the framing when what stands open up to byte `end` is too long, which must not depend on the cut. */
  #passesLimit(lineStart: number, end: number): boolean {
    const start = this.#start < 0 ? lineStart : this.#start;
    if (end - start <= MAX_EVENT_BYTES) return false;
    this.#over = true;
    this.#held.clear();
    this.#emit(limitPassed(this.#read, start));
    return true;
  }

  #emit(framed: Framed): void {
    (this.#out ??= []).push(framed);
  }

  #drain(): readonly Framed[] {
    const out = this.#out;
    this.#out = undefined;
    return out ?? NOTHING;
  }
}

class SseFrame extends CutFrame implements SseFacts {
  readonly bareCr: boolean;
  readonly dataLines: number;
  readonly id: string | undefined;
  readonly retries: readonly string[] | undefined;
  readonly afterMark: SseFields | undefined;

  constructor(
    index: number,
    start: number,
    end: number,
    read: Read,
    fields: PendingFields,
    afterMark: SseFields | undefined,
  ) {
    super(index, start, end, read, fields.name, fields.data, notesOn(fields, afterMark));
    this.bareCr = fields.bareCr;
    this.dataLines = fields.dataLines;
    this.id = fields.id;
    this.retries = fields.retries;
    this.afterMark = afterMark;
  }

  override get dispatches(): boolean {
    return this.dataLines > 0;
  }

  /** Itself, so that the hot path makes one object a frame. */
  get sse(): SseFacts {
    return this;
  }
}

function notesOn({ dataLines }: SseFields, afterMark: SseFields | undefined): readonly string[] | undefined {
  if (dataLines > 0 && afterMark === undefined) return undefined;
  return [
    ...(afterMark === undefined ? [] : [MARK_DROPPED]),
    ...(dataLines > 0 ? [] : ['no data line: not an event by the standard']),
  ];
}

const DATA = new TextEncoder().encode('data');

/** See FramingDefinition.dataRanges. */
export function sseDataRanges(frame: Uint8Array, start: number): readonly ByteRange[] {
  const ranges: ByteRange[] = [];
  for (
    let at = start === 0 && MARK_BYTES.every((byte, n) => frame[n] === byte) ? MARK_BYTES.length : 0;
    at < frame.length;
  ) {
    const end = lineEnd(frame, at);
    if (
      DATA.every((byte, n) => frame[at + n] === byte) &&
      (at + DATA.length === end || frame[at + DATA.length] === COLON)
    ) {
      const value = at + DATA.length + 1;
      const from = Math.min(end, frame[value] === SPACE ? value + 1 : value);
      ranges.push([start + from, start + end]);
    }
    at = end + (frame[end] === CR && frame[end + 1] === LF ? 2 : 1);
  }
  return ranges;
}

/** No API has a longer name of an event. */
const MAX_NAME_CHARS = 100;

/**
 * The same text as the one string that the engine keeps for each name of a property and each literal: every lane compares the
 * name of each event with literals, and with that string it need not read it.
 */
const internalized = (name: string): string =>
  name.length > MAX_NAME_CHARS ? name : Object.keys({ [name]: null })[0]!;

/** Compared unit by unit, which for names so short costs less than the call of `startsWith`. */
function startsWithField(text: string, name: string, from: number, to: number): boolean {
  for (let at = 0; at < name.length; at++) if (text.charCodeAt(from + at) !== name.charCodeAt(at)) return false;
  const end = from + name.length;
  return end === to || text.charCodeAt(end) === COLON;
}

/** Index of the first CR or LF from `from` on, or the length. */
function lineEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
  return at;
}

/** Index after the last CR or LF at `from` or later, or `from` when there is none. */
function endOfLastLine(bytes: Uint8Array, from: number): number {
  let at = bytes.length;
  while (at > from && bytes[at - 1] !== LF && bytes[at - 1] !== CR) at--;
  return at;
}
