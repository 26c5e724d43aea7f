/**
 * Follows a chunked body without changing it: where its data lie, and where it ends (RFC 9112, 7.1). Sizes, extensions and
 * trailers are passed over, the trailers remembered.
 */
import { parseHead, type Field } from './head.ts';

/** A line of the framing that is longer is none. */
const LONGEST_LINE = 64 * 1024;
const [CR, LF] = [0x0d, 0x0a];

/** Receives what is found in one read: the data's ranges in it. */
export type DataRange = (from: number, to: number) => void;

export class ChunkedBody {
  #state: 'size' | 'data' | 'data-end' | 'trailers' | 'over' | 'broken' = 'size';
  /** Of the chunk at hand, still to come. */
  #left = 0;
  #line = '';
  #trailers = '';

  get over(): boolean {
    return this.#state === 'over';
  }

  /** Its framing is not what the standard says: nobody knows where it ends. */
  get broken(): boolean {
    return this.#state === 'broken';
  }

  /** The fields after the last chunk. */
  get trailers(): readonly Field[] {
    return this.#trailers === '' ? [] : parseHead(`\r\n${this.#trailers}\r\n`, true).fields;
  }

  /** Follows `bytes` from `at` on; returns the index after the body's end, or the length of `bytes`. */
  follow(bytes: Uint8Array, at: number, data: DataRange): number {
    while (at < bytes.length && this.#state !== 'over' && this.#state !== 'broken')
      at = this.#state === 'data' ? this.#data(bytes, at, data) : this.#framing(bytes, at);
    return this.#state === 'broken' ? bytes.length : at;
  }

  #data(bytes: Uint8Array, at: number, data: DataRange): number {
    const to = Math.min(bytes.length, at + this.#left);
    data(at, to);
    this.#left -= to - at;
    if (this.#left === 0) this.#state = 'data-end';
    return to;
  }

  #framing(bytes: Uint8Array, at: number): number {
    const end = bytes.indexOf(LF, at);
    const to = end < 0 ? bytes.length : end + 1;
    this.#line += latin1(bytes, at, to);
    if (this.#line.length > LONGEST_LINE) this.#state = 'broken';
    else if (end >= 0) this.#endLine();
    // Two bytes end a chunk's data, and nothing else may stand there.
    else if (this.#state === 'data-end' && this.#line !== '\r') this.#state = 'broken';
    return to;
  }

  #endLine(): void {
    const line = this.#line;
    const content = line.replace(/\r?\n$/, '');
    this.#line = '';
    if (this.#state === 'data-end') this.#state = content === '' ? 'size' : 'broken';
    else if (this.#state === 'size') this.#size(content);
    else if (content === '') this.#state = 'over';
    else {
      this.#trailers += line;
      if (this.#trailers.length > LONGEST_LINE) this.#state = 'broken';
    }
  }

  #size(line: string): void {
    const size = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;|$)/.exec(line)?.[1];
    if (size === undefined) this.#state = 'broken';
    else {
      this.#left = Number.parseInt(size, 16);
      this.#state = this.#left === 0 ? 'trailers' : 'data';
    }
  }
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  // Most lines are a few bytes long.
  if (to - from === 2 && bytes[from] === CR && bytes[from + 1] === LF) return '\r\n';
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
