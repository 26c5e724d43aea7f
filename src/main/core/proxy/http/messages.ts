/**
 * Follows the messages in one direction of a connection, read by read, without changing them: which bytes belong to a head,
 * which to a body, what of the body is data, and where a message ends.
 */
import { answerLength, requestLength, type BodyLength } from './body-length.ts';
import { ChunkedBody } from './chunked.ts';
import {
  headEnd,
  MalformedHead,
  parseHead,
  requestLine,
  statusLine,
  type Field,
  type Head,
  type RequestLine,
  type StatusLine,
} from './head.ts';

/** A stretch of one read, all of it of one message. */
export interface Part<Line> {
  /** `rest`: what follows a change of the protocol, or what is no HTTP: it has no messages. */
  readonly of: 'head' | 'body' | 'rest';
  /** Index after its last byte. */
  readonly to: number;
  /** The head, where it is complete with this part. */
  readonly head?: Head & { readonly line: Line };
  /** Where in the read the body's data lie: start, end, start, end … */
  readonly data: readonly number[];
  /** The message ends here. */
  readonly ends: boolean;
  /** Of a chunked body that ends here. */
  readonly trailers?: readonly Field[];
}

/** A longer head is refused in a request, and in an answer no HTTP. */
const LONGEST_HEAD = 1024 ** 2;
const NO_DATA: readonly number[] = [];
const REST = { of: 'rest', data: NO_DATA, ends: false } as const;

/** Where a body ends. */
class BodyEndFinder {
  readonly #chunked: ChunkedBody | undefined;
  #left: number;

  constructor(length: BodyLength) {
    this.#chunked = length.type === 'chunked' ? new ChunkedBody() : undefined;
    this.#left = length.type === 'length' ? length.bytes : Infinity;
  }

  /** The framing is broken, or there is none: it lasts as long as the connection. */
  get endless(): boolean {
    return this.#chunked?.broken ?? this.#left === Infinity;
  }

  get broken(): boolean {
    return this.#chunked?.broken === true;
  }

  next(bytes: Uint8Array, at: number): Part<never> {
    const chunked = this.#chunked;
    if (!chunked) {
      const to = Math.min(bytes.length, at + this.#left);
      this.#left -= to - at;
      return { of: 'body', to, data: [at, to], ends: this.#left === 0 };
    }
    const data: number[] = [];
    const to = chunked.follow(bytes, at, (from, end) => data.push(from, end));
    if (!chunked.over) return { of: 'body', to, data, ends: false };
    return { of: 'body', to, data, ends: true, trailers: chunked.trailers };
  }
}

abstract class MessageReader<Line> {
  #head = '';
  #body: BodyEndFinder | undefined;
  #rest = false;
  #isHttp = true;

  /** Nothing of a message has come since the last one ended. */
  get between(): boolean {
    return !this.#rest && this.#head === '' && this.#body === undefined;
  }

  /** Within a body, or what has no messages. */
  get inBody(): boolean {
    return this.#rest || this.#body !== undefined;
  }

  /** Within a head that is not complete. */
  get inHead(): boolean {
    return this.#head !== '';
  }

  /** The message at hand lasts until the connection is closed, which is its proper end. */
  get untilClose(): boolean {
    return this.#rest || (this.#body !== undefined && this.#body.endless && !this.#body.broken);
  }

  /** False once something came that is no message. */
  get isHttp(): boolean {
    return this.#isHttp;
  }

  /** The body's framing is not what HTTP says. */
  get broken(): boolean {
    return this.#body?.broken === true;
  }

  /** From here on there are no messages. */
  tunnel(): void {
    this.#rest = true;
  }

  /** The next part of `bytes`, from `at` on, which must be less than their number. */
  next(bytes: Buffer, at: number): Part<Line> {
    if (this.#rest) return { ...REST, to: bytes.length };
    if (!this.#body) return this.#nextOfHead(bytes, at);
    const part = this.#body.next(bytes, at);
    if (part.ends) this.#body = undefined;
    return part;
  }

  #nextOfHead(bytes: Buffer, at: number): Part<Line> {
    const before = this.#head.length;
    const blank = before === 0 ? this.blank(bytes, at) : 0;
    if (blank > 0) return { of: 'head', to: at + blank, data: NO_DATA, ends: false };
    this.#head += bytes.toString('latin1', at);
    if (before === 0 && !this.begins(this.#head)) return this.#noHttp(bytes);
    const end = headEnd(this.#head, Math.max(0, before - 3));
    if (end < 0 || end > LONGEST_HEAD) {
      if (this.#head.length <= LONGEST_HEAD) return { of: 'head', to: bytes.length, data: NO_DATA, ends: false };
      this.tooLong();
      return this.#noHttp(bytes);
    }
    const text = this.#head.slice(0, end);
    this.#head = '';
    const found = this.parsed(text);
    if (!found) return this.#noHttp(bytes);
    const { head, body } = found;
    const part = { of: 'head', to: at + end - before, head, data: NO_DATA } as const;
    if (body === 'another-head') return { ...part, ends: false };
    if (body.type === 'none') return { ...part, ends: true };
    this.#body = new BodyEndFinder(body);
    return { ...part, ends: false };
  }

  #noHttp(bytes: Buffer): Part<Line> {
    this.#head = '';
    this.#rest = true;
    this.#isHttp = false;
    return { ...REST, to: bytes.length };
  }

  /** How many bytes at `at` stand between messages and are of none. */
  protected abstract blank(bytes: Buffer, at: number): number;
  /** Whether a message may begin like this. */
  protected abstract begins(text: string): boolean;
  /** Called for a head that is too long; may throw. */
  protected abstract tooLong(): void;
  /** Null for what is no HTTP. `another-head`: the message's own head is still to come. */
  protected abstract parsed(
    text: string,
  ): { readonly head: Head & { readonly line: Line }; readonly body: BodyLength | 'another-head' } | null;
}

/** Of the requests that a client sends. `next` throws MalformedHead for one that cannot be passed on. */
export class RequestReader extends MessageReader<RequestLine> {
  /** Some clients end a body with a blank line (RFC 9112, 2.2). */
  protected blank(bytes: Buffer, at: number): number {
    let to = at;
    while (bytes[to] === 0x0d || bytes[to] === 0x0a) to++;
    return to - at;
  }

  protected begins(): boolean {
    return true;
  }

  protected tooLong(): void {
    throw new MalformedHead(`The head of the request is longer than ${LONGEST_HEAD} bytes.`, 431);
  }

  protected parsed(text: string) {
    const head = parseHead(text, false);
    const line = requestLine(head.startLine);
    return { head: { ...head, line }, body: requestLength(head, line.version) };
  }
}

/** Of the answers that a server sends. Lenient: it only watches. */
export class AnswerReader extends MessageReader<StatusLine> {
  readonly #method: () => string;

  /** `method`: of the request whose answer comes next. */
  constructor(method: () => string) {
    super();
    this.#method = method;
  }

  protected blank(): number {
    return 0;
  }

  protected begins(text: string): boolean {
    return 'HTTP/'.startsWith(text.slice(0, 5));
  }

  protected tooLong(): void {
    // Passed on as it is, and not understood.
  }

  protected parsed(text: string) {
    const head = parseHead(text, true);
    const line = statusLine(head.startLine);
    if (!line) return null;
    const { status } = line;
    const informational = status < 200 && status !== 101;
    const body = informational ? ('another-head' as const) : answerLength(head, status, this.#method());
    return { head: { ...head, line }, body };
  }
}
