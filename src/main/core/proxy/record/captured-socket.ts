/** A WebSocket of an exchange: what of the server's bytes is kept, and what the client sent. */
import { objectOf, stringOf } from '../../../../shared/json/json-object.ts';
import { payloadOf } from '../../../../shared/framing/frame.ts';
import { OPCODES } from '../../../../shared/framing/websocket.ts';
import type { SentMessage } from '../../../../shared/model/capture.ts';
import { agreedDeflate, ClientMessages, ServerMessages, type SocketMessage } from './socket-messages.ts';

export interface ReadMessage {
  readonly sent: SentMessage;
  /** Undefined for a message that is no JSON object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

const KINDS = new Map<number, SentMessage['kind']>([
  [OPCODES.text, 'text'],
  [OPCODES.binary, 'binary'],
  [OPCODES.close, 'close'],
  [OPCODES.ping, 'ping'],
  [OPCODES.pong, 'pong'],
]);
const MAX_TYPE_CHARS = 100;

export class CapturedSocket {
  readonly compressed: boolean;
  readonly #server: ServerMessages;
  readonly #client: ClientMessages;

  /** `extensions`: the answer's `sec-websocket-extensions`. */
  constructor(extensions: string) {
    const deflate = agreedDeflate(extensions);
    this.compressed = deflate !== null;
    this.#server = new ServerMessages(deflate);
    this.#client = new ClientMessages(deflate);
  }

  /** Throws UnreadableMessage. */
  fromServer(bytes: Uint8Array): Uint8Array {
    return this.#server.feed(Buffer.from(bytes));
  }

  /** Throws UnreadableMessage. */
  fromClient(bytes: Uint8Array, tNs: number): readonly ReadMessage[] {
    return this.#client.feed(Buffer.from(bytes)).map((message) => read(message, tNs));
  }

  /** What is left of the server's bytes. */
  end(): Uint8Array {
    return this.#server.end();
  }
}

function read({ opcode, payload }: SocketMessage, tNs: number): ReadMessage {
  const kind = KINDS.get(opcode) ?? 'binary';
  const parsed = kind === 'text' ? payloadOf(payload.toString('utf8')) : undefined;
  const json = (parsed?.ok && objectOf(parsed.value)) || undefined;
  const type = stringOf(json?.['type'])?.slice(0, MAX_TYPE_CHARS);
  return { sent: { tNs, kind, bytes: payload.length, ...(type !== undefined && { type }) }, json };
}
