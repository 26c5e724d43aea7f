/**
 * Sounds that a value holds in itself as base64, and the files that they make. That it is one is said by its bytes, by the type
 * that stands beside it, or by the event that it came with. Nothing is fetched, and nothing is played. Pure.
 */
import { bytesOf } from '../../shared/text/base64.ts';
import { filesIn, type HeldAt } from './held-files.ts';

export interface HeldSound {
  /** How its file ends; `pcm`: bare samples, which are put into a WAV file. */
  readonly type: 'wav' | 'mp3' | 'ogg' | 'flac' | 'aac' | 'pcm';
  /** Samples a second, of `pcm`. */
  readonly rate: number;
  /** The characters of base64; several pieces may follow each other, each with its padding. */
  readonly base64: string;
  /** Bytes, about. */
  readonly bytes: number;
}

const LONGEST_HEAD = 128;
/** What the speech APIs send where nothing says otherwise: 16-bit samples of one channel. */
const USUAL_RATE = 24_000;
const DATA_URL = /^data:(audio\/[\w.+-]+)((?:;[\w.+=-]+)*);base64,/i;
/** Of fields that name the type of what stands beside them. */
const TYPE_FIELDS = ['mimeType', 'mime_type', 'media_type', 'mediaType', 'format'] as const;
/** Events of the Responses API whose `delta` is sound; their transcripts are not. */
const DELTA_EVENT = /^response\.(?:output_)?audio\.delta$/;

/** See filesIn for the order and the bounds. */
export const soundsIn = (value: unknown): readonly HeldSound[] => filesIn(value, soundOf);

function soundOf(text: string, { field, holder, holderField }: HeldAt): HeldSound | null {
  if (text.length < 8) return null;
  const url = DATA_URL.exec(text.slice(0, LONGEST_HEAD));
  if (url) return made(text.slice(url[0].length), `${url[1]}${url[2]}`);
  const own = typeByBytes(text);
  if (own !== null) return { ...made(text, ''), type: own };
  // The object of Chat Completions has no type of its own.
  if (holderField === 'audio' && field === 'data') return made(text, '');
  if (holder === null) return null;
  const said = holder as Readonly<Record<string, unknown>>;
  if (field === 'delta' && typeof said['type'] === 'string' && DELTA_EVENT.test(said['type'])) return made(text, '');
  if (field !== 'data') return null;
  const type = TYPE_FIELDS.map((name) => said[name]).find((one) => typeof one === 'string');
  return typeof type === 'string' && /^audio\//i.test(type) ? made(text, type) : null;
}

function typeByBytes(base64: string): 'wav' | 'mp3' | 'ogg' | 'flac' | null {
  // RIFF, four bytes of length, WAVE.
  if (/^UklGR.{6}XQVZF/.test(base64)) return 'wav';
  if (/^SUQz[AB]/.test(base64)) return 'mp3';
  if (base64.startsWith('T2dnUw')) return 'ogg';
  return base64.startsWith('ZkxhQw') ? 'flac' : null;
}

const KNOWN: readonly (readonly [RegExp, HeldSound['type']])[] = [
  [/wav/i, 'wav'],
  [/mpeg|mp3/i, 'mp3'],
  [/ogg|opus/i, 'ogg'],
  [/flac/i, 'flac'],
  [/aac/i, 'aac'],
];

function made(base64: string, said: string): HeldSound {
  const type = typeByBytes(base64) ?? KNOWN.find(([name]) => name.test(said))?.[1] ?? 'pcm';
  const rate = Number(/rate=(\d{4,6})/.exec(said)?.[1] ?? USUAL_RATE);
  return { type, rate, base64, bytes: Math.floor((base64.length * 3) / 4) };
}

/** Above this no file is made. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Its file; null: it is no base64, or too large. */
export function soundFile({
  type,
  rate,
  base64,
  bytes,
}: HeldSound): { readonly ending: string; readonly content: Blob } | null {
  if (bytes > MOST_BYTES) return null;
  const pieces = piecesOf(base64);
  if (pieces === null) return null;
  if (type !== 'pcm') return { ending: type, content: new Blob(pieces) };
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return { ending: 'wav', content: new Blob([wavHead(length, rate), ...pieces]) };
}

/** Each with its own padding, as where texts of several deltas were joined. */
function piecesOf(base64: string): Uint8Array<ArrayBuffer>[] | null {
  const plain = base64.replaceAll('-', '+').replaceAll('_', '/');
  try {
    return (plain.match(/[^=]+=*/g) ?? []).map(bytesOf);
  } catch {
    return null;
  }
}

const WAV_HEAD_BYTES = 44;

/** RIFF WAVE, PCM, one channel, 16 bits, little-endian: http://soundfile.sapp.org/doc/WaveFormat/. */
function wavHead(bytes: number, rate: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(WAV_HEAD_BYTES);
  const view = new DataView(head.buffer);
  const text = (at: number, value: string) => head.set(new TextEncoder().encode(value), at);
  text(0, 'RIFF');
  view.setUint32(4, WAV_HEAD_BYTES - 8 + bytes, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, bytes, true);
  return head;
}
