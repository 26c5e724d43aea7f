/**
 * The two directions of a WebSocket as they are kept. Of the server's bytes each message is put into one frame and its compression
 * (permessage-deflate, RFC 7692) undone, as a content encoding is undone for a body; what is in one plain frame already passes as it
 * comes. Of the client's, whose frames are masked, the messages are told.
 */
import { constants, inflateRawSync } from 'node:zlib';
import { OPCODES, socketHeader, type SocketHeader } from '../../../../shared/framing/websocket.ts';
import type { SentMessage } from '../../../../shared/model/capture.ts';

export interface SocketMessage {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** What a client sent, with its JSON where it is an object. */
export interface ClientMessage {
  readonly sent: SentMessage;
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

/** What a server and a client agreed on, from the answer's `sec-websocket-extensions`; null without compression. */
export interface Deflate {
  /** Whether a message of this side needs what came before it to be decompressed. */
  readonly server: boolean;
  readonly client: boolean;
}

/** A longer message is none of an API, and must not fill the memory. */
const MAX_MESSAGE_BYTES = 16 * 1024 ** 2;
/** RFC 7692, 7.2.2: what a sender takes off the end of each message. */
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const WINDOW_BYTES = 32 * 1024;
/** Opcodes from here on are of control frames, which stand between the frames of a message. */
const FIRST_CONTROL = 8;

export function agreedDeflate(extensions: string): Deflate | null {
  const found = extensions.split(',').find((one) => one.trim().startsWith('permessage-deflate'));
  if (found === undefined) return null;
  return {
    server: !found.includes('server_no_context_takeover'),
    client: !found.includes('client_no_context_takeover'),
  };
}

/** A message that cannot be decompressed or is too long: nothing that follows can be read. */
export class UnreadableMessage extends Error {}

class Inflater {
  readonly #keeps: boolean;
  #window: Buffer = Buffer.alloc(0);

  constructor(keeps: boolean) {
    this.#keeps = keeps;
  }

  message(payload: Buffer): Buffer {
    try {
      const message = inflateRawSync(Buffer.concat([payload, TAIL]), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: MAX_MESSAGE_BYTES,
        ...(this.#window.length > 0 && { dictionary: this.#window }),
      });
      if (this.#keeps) this.#window = Buffer.concat([this.#window, message]).subarray(-WINDOW_BYTES);
      return message;
    } catch (error) {
      throw new UnreadableMessage(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Joins the frames of messages and undoes their compression. */
class Messages {
  readonly #inflater: Inflater | undefined;
  #first: SocketHeader | undefined;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(inflater: Inflater | undefined) {
    this.#inflater = inflater;
  }

  /** A frame whose message is in no other one and not compressed. */
  isWhole({ last, compressed, opcode }: SocketHeader): boolean {
    return opcode >= FIRST_CONTROL || (last && !compressed && opcode !== OPCODES.continuation);
  }

  /** The message that this frame completes. Throws UnreadableMessage. */
  take(header: SocketHeader, payload: Buffer): SocketMessage | undefined {
    if (this.isWhole(header)) return { opcode: header.opcode, payload };
    const first = (this.#first ??= header);
    this.#parts.push(payload);
    this.#bytes += payload.length;
    if (this.#bytes > MAX_MESSAGE_BYTES)
      throw new UnreadableMessage(`A message is longer than ${MAX_MESSAGE_BYTES} bytes.`);
    if (!header.last) return undefined;
    const joined = Buffer.concat(this.#parts);
    this.#first = undefined;
    this.#parts = [];
    this.#bytes = 0;
    if (!first.compressed) return { opcode: first.opcode, payload: joined };
    if (!this.#inflater) throw new UnreadableMessage('A message is compressed, which was not agreed on.');
    return { opcode: first.opcode, payload: this.#inflater.message(joined) };
  }
}

export class ServerMessages {
  readonly #messages: Messages;
  #held: Buffer = Buffer.alloc(0);
  /** Bytes of a plain frame that are still to come. */
  #passing = 0;

  constructor(deflate: Deflate | null) {
    this.#messages = new Messages(deflate ? new Inflater(deflate.server) : undefined);
  }

  /** What is kept of these bytes, with what was held of those before. Throws UnreadableMessage. */
  feed(bytes: Buffer): Buffer {
    let rest = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const out: Buffer[] = [];
    while (rest.length > 0) {
      if (this.#passing > 0) {
        out.push(rest.subarray(0, this.#passing));
        const passed = Math.min(this.#passing, rest.length);
        this.#passing -= passed;
        rest = rest.subarray(passed);
        continue;
      }
      const header = socketHeader(rest, 0);
      if (!header) break;
      const size = header.headBytes + header.length;
      if (this.#messages.isWhole(header)) {
        this.#passing = size;
        continue;
      }
      if (size > MAX_MESSAGE_BYTES) throw new UnreadableMessage(`A message is longer than ${MAX_MESSAGE_BYTES} bytes.`);
      if (rest.length < size) break;
      const message = this.#messages.take(header, rest.subarray(header.headBytes, size));
      if (message) out.push(frameOf(message));
      rest = rest.subarray(size);
    }
    this.#held = Buffer.from(rest);
    return Buffer.concat(out);
  }

  /** The bytes of a frame that was cut, as they came. */
  end(): Buffer {
    return this.#held;
  }
}

export class ClientMessages {
  readonly #messages: Messages;
  #held: Buffer = Buffer.alloc(0);

  constructor(deflate: Deflate | null) {
    this.#messages = new Messages(deflate ? new Inflater(deflate.client) : undefined);
  }

  /** Throws UnreadableMessage. */
  feed(bytes: Buffer): readonly SocketMessage[] {
    let rest = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const out: SocketMessage[] = [];
    for (let header = socketHeader(rest, 0); header; header = socketHeader(rest, 0)) {
      const size = header.headBytes + header.length;
      if (size > MAX_MESSAGE_BYTES) throw new UnreadableMessage(`A message is longer than ${MAX_MESSAGE_BYTES} bytes.`);
      if (rest.length < size) break;
      const message = this.#messages.take(header, unmasked(rest.subarray(header.headBytes, size), header.mask));
      if (message) out.push(message);
      rest = rest.subarray(size);
    }
    this.#held = Buffer.from(rest);
    return out;
  }
}

function unmasked(bytes: Buffer, mask: Uint8Array | undefined): Buffer {
  const out = Buffer.from(bytes);
  if (mask) for (let i = 0; i < out.length; i++) out[i]! ^= mask[i & 3]!;
  return out;
}

/** A frame that is the whole message, as a server sends it. */
function frameOf({ opcode, payload }: SocketMessage): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = head.length === 2 ? length : head.length === 4 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
