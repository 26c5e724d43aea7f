/** A request's body as it is kept: JSON as JSON, text as text, anything else not. Secrets are taken out. */
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { Redaction } from '../../capture/secrets.ts';
import { parsedJson } from '../../../../shared/text/json-text.ts';

export interface KeptRequest {
  /** Null where there is no body, or it is not kept. */
  readonly body: unknown;
  /** Why it is not kept, as a sentence. */
  readonly missing?: string;
}

/** Far beyond what a model reads; larger ones would be slow to show. */
export const MAX_REQUEST_BYTES = 16 * 1024 ** 2;

const DECODERS: Readonly<Record<string, (bytes: Uint8Array, limit: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

/** `encoding` and `type`: the headers as they came, '' without them. */
export function keptRequest(bytes: Uint8Array, encoding: string, type: string, redaction: Redaction): KeptRequest {
  if (bytes.length === 0) return { body: null };
  const decoded = decodedBody(bytes, encoding.trim().toLowerCase());
  if (decoded === null) return { body: null, missing: `The request's ${encoding} body could not be decoded.` };
  const text = textOf(decoded);
  if (text === null)
    return { body: null, missing: `The request's body is not text${type === '' ? '' : ` (content-type: ${type})`}.` };
  try {
    return { body: redaction.json(parsedJson(text)) };
  } catch {
    return { body: redaction.text(text) };
  }
}

function decodedBody(bytes: Uint8Array, encoding: string): Uint8Array | null {
  if (encoding === '' || encoding === 'identity') return bytes;
  try {
    return Object.hasOwn(DECODERS, encoding)
      ? DECODERS[encoding]!(bytes, { maxOutputLength: MAX_REQUEST_BYTES })
      : null;
  } catch {
    return null;
  }
}

function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
