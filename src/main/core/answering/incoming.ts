/** Requests of programs on this machine, as servers of this program take them. */
import type { IncomingMessage } from 'node:http';
import { isObject, type Json } from '../providers/sample/format.ts';

/** A web page gives itself away by its origin, or by the name under which it reached this machine. */
export function isOwn(incoming: IncomingMessage): boolean {
  const port = incoming.socket.localPort;
  const { host, origin } = incoming.headers;
  return origin === undefined && (host === `127.0.0.1:${port}` || host === `localhost:${port}`);
}

/** Null when it has more bytes than that. */
export async function readBody(incoming: IncomingMessage, mostBytes: number): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= mostBytes) parts.push(part);
  }
  return length > mostBytes ? null : Buffer.concat(parts).toString('utf8');
}

/** Null when the text is no JSON object. */
export function jsonObjectOf(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
