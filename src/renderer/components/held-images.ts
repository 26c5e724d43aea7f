/**
 * Images that a value holds in itself, as base64 or as data: URLs. What an image is, its first bytes say and not its label: SVG,
 * which can hold scripts and links, is none, and a URL to elsewhere is only text. Pure.
 */

import { bytesOf } from '../../shared/text/base64.ts';
import { filesIn } from './held-files.ts';

export interface HeldImage {
  readonly type: 'png' | 'jpeg' | 'gif' | 'webp';
  /** The characters of base64. */
  readonly base64: string;
  /** Bytes, about. */
  readonly bytes: number;
}

/** Shorter ones are no image that could be seen. */
const SHORTEST = 32;
/** Characters behind which a data: URL must have named its type. */
const LONGEST_HEAD = 128;
const DATA_URL = /^data:[\w.+/-]*(?:;[\w.+=-]+)*;base64,/i;

/** See filesIn for the order and the bounds. */
export const imagesIn = (value: unknown): readonly HeldImage[] => filesIn(value, imageOf);

function imageOf(text: string): HeldImage | null {
  if (text.length < SHORTEST) return null;
  const head = DATA_URL.exec(text.slice(0, LONGEST_HEAD))?.[0].length ?? 0;
  const type = typeOf(text.slice(head, head + 16));
  if (type === null) return null;
  const base64 = text.slice(head);
  return { type, base64, bytes: Math.floor((base64.length * 3) / 4) };
}

function typeOf(base64: string): HeldImage['type'] | null {
  if (base64.startsWith('iVBORw0KGgo')) return 'png';
  if (base64.startsWith('/9j/') || base64.startsWith('_9j_')) return 'jpeg';
  if (/^R0lGOD(?:lh|dh)/.test(base64)) return 'gif';
  // RIFF, four bytes of length, WEBP.
  return /^UklGR.{6}XRUJQ/.test(base64) ? 'webp' : null;
}

/** Above these an image is not drawn: a few bytes may say that they are a picture of gigabytes. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_PIXELS = 64_000_000;

/** A data: URL of its true type; null: it is no base64, or too large to be drawn. Linear. */
export function urlOf({ type, base64, bytes }: HeldImage): string | null {
  const plain = base64.replaceAll('-', '+').replaceAll('_', '/');
  if (bytes > MOST_BYTES || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(plain)) return null;
  return pixelsOf(type, plain) > MOST_PIXELS ? null : `data:image/${type};base64,${plain}`;
}

/** As its head says; 0 where that is not a fixed place of it. */
function pixelsOf(type: HeldImage['type'], base64: string): number {
  if (type !== 'png' && type !== 'gif') return 0;
  const head = bytesOf(base64.slice(0, 32));
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return type === 'png' ? view.getUint32(16) * view.getUint32(20) : view.getUint16(6, true) * view.getUint16(8, true);
}
