/**
 * JSON lines: one JSON value a line, which ends at LF or CRLF (https://jsonlines.org). Blank lines carry nothing. The last
 * line needs no line end; without one it counts when it is a whole JSON value, since else nothing tells it from a cut one.
 */
import type { Framed, Read } from '../model/stream.ts';
import type { ByteRange } from '../text/byte-range.ts';
import { CutFrame } from './frame.ts';
import { FramedQueue, type Framer, limitPassed, MAX_EVENT_BYTES, NOTHING, placeAt, remark } from './framer.ts';
import { HeldBytes } from './held-bytes.ts';
import { BOM, isUtf8, lossyText, MARK_BYTES, MARK_DROPPED, REPLACEMENT } from './utf8.ts';

const LF = 0x0a;
const CR = 0x0d;
const BLANK = /^[ \t\r]*$/;

export class JsonLinesFramer implements Framer {
  /** The line that the last read left unfinished, from byte `#lineStart` of the body on. */
  readonly #held = new HeldBytes();
  #lineStart = 0;
  #frames = 0;
  #over = false;
  #read: Read = { n: 0, tNs: 0, offset: 0, bytes: new Uint8Array(0) };
  readonly #out = new FramedQueue();

  feed(read: Read): readonly Framed[] {
    if (this.#over || read.bytes.length === 0) return NOTHING;
    this.#read = read;
    const { bytes } = read;
    let at = 0;
    for (let lf = bytes.indexOf(LF); lf >= 0 && !this.#over; lf = bytes.indexOf(LF, at)) {
      this.#takeLine(bytes, at, lf);
      at = lf + 1;
    }
    if (!this.#over) this.#hold(bytes, at);
    return this.#out.take();
  }

  end(): readonly Framed[] {
    if (this.#over || this.#held.length === 0) return NOTHING;
    this.#over = true;
    const end = this.#lineStart + this.#held.length;
    const frame = this.#frameOf(this.#held.bytes, this.#lineStart, end);
    if (frame?.payload.ok) this.#out.push({ type: 'frame', frame });
    else if (frame)
      this.#out.push({ type: 'unfinished', text: remark(frame.data), ...placeAt(this.#read, this.#lineStart, end) });
    return this.#out.take();
  }

  /** A line that ends at index `lf` of the read; what earlier reads held of it comes first. */
  #takeLine(bytes: Uint8Array, from: number, lf: number): void {
    const { offset } = this.#read;
    if (this.#held.length === 0) this.#lineStart = offset + from;
    const end = offset + lf + 1;
    if (this.#passesLimit(end)) return;
    const whole = this.#held.length === 0;
    if (!whole) this.#held.append(bytes, from, lf);
    const frame = this.#frameOf(whole ? bytes.subarray(from, lf) : this.#held.bytes, this.#lineStart, end);
    if (frame) this.#out.push({ type: 'frame', frame });
    this.#frames += frame ? 1 : 0;
    this.#held.clear();
  }

  /** The frame of a line without its LF; undefined when it is blank. */
  #frameOf(line: Uint8Array, start: number, end: number): CutFrame | undefined {
    const text = lossyText(line.at(-1) === CR ? line.subarray(0, -1) : line);
    const marked = start === 0 && text.charCodeAt(0) === BOM;
    const data = marked ? text.slice(1) : text;
    if (BLANK.test(data)) return undefined;
    if (data.includes(REPLACEMENT) && !isUtf8(line))
      this.#out.push({ type: 'bad-utf8', ...placeAt(this.#read, start, start + line.length) });
    return new CutFrame(this.#frames, start, end, this.#read, '', data, marked ? [MARK_DROPPED] : undefined);
  }

  #hold(bytes: Uint8Array, from: number): void {
    if (from >= bytes.length) return;
    if (this.#held.length === 0) this.#lineStart = this.#read.offset + from;
    if (!this.#passesLimit(this.#read.offset + bytes.length)) this.#held.append(bytes, from, bytes.length);
  }

  /** Ends the framing when the open line is too long up to byte `end`, which must not depend on the cut. */
  #passesLimit(end: number): boolean {
    if (end - this.#lineStart <= MAX_EVENT_BYTES) return false;
    this.#over = true;
    this.#held.clear();
    this.#out.push(limitPassed(this.#read, this.#lineStart));
    return true;
  }
}

/** See FramingDefinition.dataRanges. */
export function lineDataRanges(frame: Uint8Array, start: number): readonly ByteRange[] {
  const marked = start === 0 && MARK_BYTES.every((byte, at) => frame[at] === byte);
  let end = frame.length;
  if (frame[end - 1] === LF) end--;
  if (frame[end - 1] === CR) end--;
  return [[start + (marked ? MARK_BYTES.length : 0), start + end]];
}
