/** What a file is that holds no text, for the sentence that refuses it. */
import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { binaryKind } from '../../../src/shared/text/binary.ts';
import { bytesOf } from '../../support/framing.ts';

test.each<readonly [string, Uint8Array, string | null]>([
  ['gzip', gzipSync('data: {}'), 'gzip-compressed data'],
  ['gzip as text', Buffer.from(gzipSync('data: {}').toString('utf8')), 'gzip-compressed data that was decoded as text'],
  ['zlib', deflateSync('data: {}'), 'zlib-compressed data'],
  ['UTF-16 without a mark', new Uint8Array(Buffer.from('data: {}', 'utf16le')), 'text in UTF-16, without its mark'],
  ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d), 'a PNG image'],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x64, 0x00), 'text in UTF-16'],
  ['zeros', new Uint8Array(8), 'binary data'],
  ['text', bytesOf('data: {"a":"ü🙂\u001b[0m"}\r\n\t\f'), null],
  ['text that is no UTF-8', Uint8Array.of(0x64, 0xe4, 0x0a), null],
  ['nothing', new Uint8Array(0), null],
])('%s', (_what, bytes, kind) => {
  expect(binaryKind(bytes)).toBe(kind);
});
