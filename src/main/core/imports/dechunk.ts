/** Undoes the chunked transfer coding (RFC 9112, 7.1), piece by piece, for files that keep a body as it was on the wire. */
import { byteText } from './imported.ts';

type Step = 'size' | 'data' | 'data-end' | 'trailer' | 'over';

/** A chunk's size in hex, perhaps with extensions. */
const SIZE = /^([0-9a-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?$/i;

/** Whether a body begins with a chunk's size and as many bytes, or as many as there are. */
export function looksChunked(body: Uint8Array): boolean {
  const end = body.subarray(0, LONGEST_SIZE + 1).indexOf(LF);
  if (end < 0) return false;
  const size = SIZE.exec(byteText(body.subarray(0, end)))?.[1];
  if (size === undefined) return false;
  const after = end + 1 + Number.parseInt(size, 16);
  return after >= body.length || /^\r?\n/.test(byteText(body.subarray(after, after + 2)));
}
const LONGEST_SIZE = 64;
const LF = 0x0a;

export class Dechunker {
  #step: Step = 'size';
  /** What is held of a line that is not whole. */
  #held = '';
  #left = 0;

  /** Whether the last chunk came, so that the body is whole. */
  get over(): boolean {
    return this.#step === 'over';
  }

  /** The body's bytes in a piece; both as text of bytes. What is no chunk is taken as a part of the body. */
  feed(piece: string): string {
    let text = this.#held + piece;
    this.#held = '';
    let body = '';
    while (text !== '') {
      if (this.#step === 'data') {
        const data = text.slice(0, this.#left);
        body += data;
        this.#left -= data.length;
        text = text.slice(data.length);
        if (this.#left === 0) this.#step = 'data-end';
        continue;
      }
      if (this.#step === 'over') return body;
      const end = text.indexOf('\n');
      if (end < 0) {
        this.#held = text;
        return body;
      }
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      body += this.#line(line);
    }
    return body;
  }

  #line(line: string): string {
    if (this.#step === 'data-end') {
      this.#step = 'size';
      return line.replace(/\r$/, '');
    }
    if (this.#step === 'trailer') {
      if (/^\r?$/.test(line)) this.#step = 'over';
      return '';
    }
    const size = SIZE.exec(line)?.[1];
    if (size === undefined) return `${line}\n`;
    this.#left = Number.parseInt(size, 16);
    this.#step = this.#left === 0 ? 'trailer' : 'data';
    return '';
  }
}
