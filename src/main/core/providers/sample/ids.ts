/** Names as the providers give them, drawn from a seed: the same sample has the same ids each time. */
import type { Random } from './random.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const BASE64 = `${LETTERS}+/`;

const drawn = (random: Random, alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join('');

export const letters = (random: Random, length: number): string => drawn(random, LETTERS, length);
export const hex = (random: Random, length: number): string => drawn(random, '0123456789abcdef', length);
/** Stands for signatures and encrypted parts: base64 that means nothing. */
export const opaque = (random: Random, length: number): string => drawn(random, BASE64, length);

/** FNV-1a, 32 bits: a seed out of a name. */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Samples carry one fixed time, 15 January 2026 09:00 UTC, in seconds: the same request gives the same bytes. */
export const CREATED = 1_768_467_600;
