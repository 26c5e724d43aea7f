/**
 * What a server sends over a WebSocket (RFC 6455, 5.2): each text message is an event. The body is as capture keeps it: each message
 * in one frame, its compression undone. Frames in which a message is in several, compressed or masked are remarks.
 */
import type { Framed, Read } from '../model/stream.ts';
import type { ByteRange } from '../text/byte-range.ts';
import { CutFrame } from './frame.ts';
import { FramedQueue, type Framer, MAX_EVENT_BYTES, messageTooLong, NOTHING, placeAt, remark } from './framer.ts';
import { HeldBytes } from './held-bytes.ts';
import { isUtf8, lossyText, REPLACEMENT } from './utf8.ts';
import { counted } from '../text/count.ts';

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What stands before the payload of a frame. */
export interface SocketHeader {
  readonly last: boolean;
  /** RSV1, which permessage-deflate sets on the first frame of a compressed message (RFC 7692, 6). */
  readonly compressed: boolean;
  readonly opcode: number;
  /** Of a client's frame; its bytes are those of the payload XOR these. */
  readonly mask: Uint8Array | undefined;
  /** Bytes before the payload, and of it. */
  readonly headBytes: number;
  readonly length: number;
}

/** The header at index `at`; undefined where more bytes are needed. */
export function socketHeader(bytes: Uint8Array, at: number): SocketHeader | undefined {
  const [first, second] = [bytes[at], bytes[at + 1]];
  if (first === undefined || second === undefined) return undefined;
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const masked = (second & 0x80) !== 0;
  const headBytes = 2 + lengthBytes + (masked ? 4 : 0);
  if (bytes.length - at < headBytes) return undefined;
  let length = lengthBytes === 0 ? short : 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + bytes[at + 2 + i]!;
  return {
    last: (first & 0x80) !== 0,
    compressed: (first & 0x40) !== 0,
    opcode: first & 0x0f,
    mask: masked ? bytes.slice(at + headBytes - 4, at + headBytes) : undefined,
    headBytes,
    length,
  };
}

export class WebSocketFramer implements Framer {
  /** The frame that is not whole yet, from byte `#start` of the body on. */
  readonly #held = new HeldBytes();
  #start = 0;
  #frames = 0;
  #over = false;
  #read: Read = { n: 0, tNs: 0, offset: 0, bytes: new Uint8Array(0) };
  readonly #out = new FramedQueue();

  feed(read: Read): readonly Framed[] {
    if (this.#over || read.bytes.length === 0) return NOTHING;
    this.#read = read;
    if (this.#held.length === 0) {
      this.#start = read.offset;
      const taken = this.#take(read.bytes);
      if (!this.#over) this.#held.append(read.bytes, taken, read.bytes.length);
    } else {
      this.#held.append(read.bytes, 0, read.bytes.length);
      this.#held.drop(this.#take(this.#held.bytes));
    }
    return this.#out.take();
  }

  end(): readonly Framed[] {
    if (this.#over || this.#held.length === 0) return NOTHING;
    this.#over = true;
    const { bytes } = this.#held;
    const header = socketHeader(bytes, 0);
    const text =
      header?.opcode === OPCODES.text
        ? lossyText(bytes.subarray(header.headBytes))
        : `The body ends ${counted(bytes.length, 'byte')} into a frame.`;
    this.#out.push({
      type: 'unfinished',
      text: remark(text),
      ...placeAt(this.#read, this.#start, this.#start + bytes.length),
    });
    return this.#out.take();
  }

  /** Takes all frames that are whole. Returns how many bytes those are. */
  #take(bytes: Uint8Array): number {
    let at = 0;
    for (let header = socketHeader(bytes, at); header; header = socketHeader(bytes, at)) {
      if (header.length > MAX_EVENT_BYTES) {
        this.#endAtLimit(this.#start, header);
        return at;
      }
      const size = header.headBytes + header.length;
      if (bytes.length - at < size) break;
      this.#frame(header, bytes.subarray(at + header.headBytes, at + size));
      at += size;
      this.#start += size;
    }
    return at;
  }

  #frame(header: SocketHeader, payload: Uint8Array): void {
    const [start, end] = [this.#start, this.#start + header.headBytes + header.length];
    const place = placeAt(this.#read, start, end);
    const fault = faultOf(header);
    if (fault !== undefined) {
      this.#out.push({ type: 'damaged', text: `The frame at byte ${start} is not decoded: ${fault}.`, ...place });
    } else if (header.opcode === OPCODES.text) {
      const data = lossyText(payload);
      if (data.includes(REPLACEMENT) && !isUtf8(payload)) this.#out.push({ type: 'bad-utf8', ...place });
      this.#out.push({ type: 'frame', frame: new CutFrame(this.#frames++, start, end, this.#read, '', data) });
    } else this.#out.push({ type: 'comment', text: remark(wordsOf(header.opcode, payload)), ...place });
  }

  #endAtLimit(start: number, { length, headBytes }: SocketHeader): void {
    this.#over = true;
    this.#held.clear();
    this.#out.push(messageTooLong(this.#read, start, length, headBytes));
  }
}

/** Why a frame is none that can be read; to stand after a colon. */
function faultOf({ mask, compressed, last, opcode }: SocketHeader): string | undefined {
  if (mask) return 'it is masked, as only those of a client may be';
  if (compressed) return 'it is compressed';
  if (!last || opcode === OPCODES.continuation) return 'it is one of several of a message';
  return (Object.values(OPCODES) as number[]).includes(opcode) ? undefined : `its opcode ${opcode} has no meaning`;
}

/** What a frame without text says. A close frame begins with a code (RFC 6455, 5.5.1). */
function wordsOf(opcode: number, payload: Uint8Array): string {
  if (opcode === OPCODES.binary) return `A binary message of ${counted(payload.length, 'byte')}.`;
  if (opcode !== OPCODES.close) return `${opcode === OPCODES.ping ? 'Ping' : 'Pong'} ${lossyText(payload)}`.trim();
  if (payload.length < 2) return 'Close';
  return `Close ${payload[0]! * 256 + payload[1]!} ${lossyText(payload.subarray(2))}`.trim();
}

/** See FramingDefinition.dataRanges. */
export function messageRanges(frame: Uint8Array, start: number): readonly ByteRange[] {
  const header = socketHeader(frame, 0);
  return header ? [[start + header.headBytes, start + frame.length]] : [];
}
