/**
 * What travels over a port: JSON texts of one object each, told apart by `t`. A client names its calls and streams by
 * numbers of its own, never used twice on one port. The size of a frame is the length of its text in UTF-16 units, since
 * both sides know that without counting.
 */
import type { ItemColumns } from '../model/packed-items.ts';
import type { MethodName, StreamName } from './contract.ts';

export type ClientFrame =
  | { readonly t: 'call'; readonly id: number; readonly name: string; readonly params: unknown }
  | { readonly t: 'open'; readonly id: number; readonly name: string; readonly params: unknown }
  /** The stream is no longer watched, or the answer of the call no longer waited for. */
  | { readonly t: 'close'; readonly id: number }
  /** So much more of the stream's frames was taken in. */
  | { readonly t: 'ack'; readonly id: number; readonly size: number }
  | Beat;

export type ServerFrame =
  /** The first frame. Which methods may be asked again, and which streams can go on at a number: the rest begin anew. */
  | { readonly t: 'hello'; readonly repeatable: readonly MethodName[]; readonly resumable: readonly StreamName[] }
  | { readonly t: 'result'; readonly id: number; readonly value: unknown }
  /** `at`: the number of the first item. */
  | { readonly t: 'items'; readonly id: number; readonly at: number; readonly items: readonly unknown[] }
  /** The same of a trace, in parts that hold them as columns. */
  | { readonly t: 'columns'; readonly id: number; readonly at: number; readonly parts: readonly ItemColumns[] }
  /** Of a value that is too long for one frame: of the result, or of the list of the next items. See pieces.ts. */
  | ({ readonly t: 'piece'; readonly id: number } & Piece)
  /** All pieces of it have come. `at`: the number of the first item, absent of a result. */
  | { readonly t: 'whole'; readonly id: number; readonly at?: number; readonly places: readonly Place[] }
  | { readonly t: 'end'; readonly id: number }
  /** Ends a call or a stream; null answers a frame that named neither. */
  | { readonly t: 'error'; readonly id: number | null; readonly code: string; readonly message: string }
  | Beat;

/** A stretch of a text, a list or an object; those with one number belong together, in order. */
export interface Piece {
  readonly slot: number;
  readonly value: unknown;
}

/** Where a text, list or object was taken out: the number of what it stood in, its key there, and its own number. */
export type Place = readonly [holder: number, key: string | number, slot: number];

/** Asked into a silence and answered at once, so that each side can tell the other from a dead port; see heartbeat.ts. */
export interface Beat {
  readonly t: 'ping' | 'pong';
}

/** The largest frame a client may send: an imported stream of the largest size in base64, or as text with its escapes. */
export const MAX_FRAME = 96 * 1024 * 1024;
/**
 * Items are put into frames of about this size, and what is longer crosses in pieces of it: a call's answer can pass between two
 * of them, and none takes long to read.
 */
export const FRAME_SIZE = 256 * 1024;
/** The most that is sent of one stream and not yet acknowledged; one frame may go beyond it. */
export const WINDOW_SIZE = 4 * FRAME_SIZE;
/** A client acknowledges when it has taken in this much. Must stay below WINDOW_SIZE, or both sides wait for each other. */
export const ACK_SIZE = FRAME_SIZE / 2;
/** The shortest time after a batch of a stream that is none of the full ones, in milliseconds: a screen shows no more. */
export const BATCH_MS = 16;
/** A source that gave so much has more: it is asked at once. */
export const FULL_BATCH = FRAME_SIZE / 16;

/** A frame of a client, as far as its form goes; undefined when it is none. Names and parameters are checked later. */
export function parseClientFrame(text: string): ClientFrame | undefined {
  if (text.length > MAX_FRAME) return undefined;
  const frame = parsed(text);
  if (frame === undefined) return undefined;
  const { t, id, name, params, size } = frame;
  if (t === 'ping' || t === 'pong') return { t };
  if (!isCount(id)) return undefined;
  if (t === 'close') return { t, id };
  if (t === 'ack') return isCount(size) ? { t, id, size } : undefined;
  if ((t === 'call' || t === 'open') && typeof name === 'string') return { t, id, name, params };
  return undefined;
}

/** A frame of a server, which is ours and of the same build; undefined when it is no object at all. */
export const parseServerFrame = (text: string): ServerFrame | undefined => parsed(text) as ServerFrame | undefined;

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
