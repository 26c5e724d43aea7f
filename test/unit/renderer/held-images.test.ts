/** Images of a stream: told by their bytes, drawn from what is held, and never from elsewhere. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { HeldImages } from '../../../src/renderer/components/HeldImages.tsx';
import { imagesIn, urlOf } from '../../../src/renderer/components/held-images.ts';

const base64 = (...parts: readonly (string | readonly number[])[]): string =>
  Buffer.concat([
    ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
    Buffer.alloc(40),
  ]).toString('base64');
const png = (width: number, height: number): string =>
  base64(
    '\x89PNG\r\n\x1a\n',
    [0, 0, 0, 13],
    'IHDR',
    [0, 0, width >> 8, width & 255],
    [0, 0, height >> 8, height & 255],
  );
const PNG = png(1, 1);
const JPEG = base64([0xff, 0xd8, 0xff, 0xe0]);
const GIF = base64('GIF89a', [1, 0, 1, 0]);
const WEBP = [12, 1_000, 99_999].map((length) =>
  base64('RIFF', [length & 255, (length >> 8) & 255, length >> 16, 0], 'WEBP'),
);

const types = (value: unknown): readonly string[] => imagesIn(value).map(({ type }) => type);

test('are found where the APIs put them, by what their bytes are', () => {
  // Responses, Gemini, gateways of Chat Completions, Anthropic.
  expect(types({ type: 'response.image_generation_call.partial_image', partial_image_b64: PNG })).toEqual(['png']);
  expect(types({ mimeType: 'image/png', data: JPEG })).toEqual(['jpeg']);
  expect(types({ images: [{ image_url: { url: `data:image/jpeg;name=a.jpg;base64,${GIF}` } }] })).toEqual(['gif']);
  expect(types({ source: { type: 'base64', media_type: 'image/webp', data: WEBP[0] } })).toEqual(['webp']);
  expect(WEBP.flatMap(types)).toEqual(['webp', 'webp', 'webp']);
});

test('I3 I9 a URL to elsewhere, SVG, sound and text are none', () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>').toString('base64');
  const others = ['https://canary.invalid/a.png?padding=aaaaaaaaaaaaaaaa', `data:image/svg+xml;base64,${svg}`, svg];
  expect(
    types([...others, `data:image/png,${PNG}`, base64('RIFF', [9, 9, 0, 0], 'WAVE'), 'x'.repeat(99), 1, null]),
  ).toEqual([]);
});

test('B19 are not drawn unasked, and not at all beyond what a window can hold', () => {
  const html = renderToStaticMarkup(createElement(HeldImages, { value: [PNG, WEBP[0]] }));
  expect(html).not.toContain('<img');
  expect(html.match(/Show image/g)).toHaveLength(2);
  const url = (text: string): string | null => urlOf(imagesIn(text)[0]!);
  expect(url(PNG)).toBe(`data:image/png;base64,${PNG}`);
  expect(url(PNG.replaceAll('+', '-').replaceAll('/', '_'))).toBe(`data:image/png;base64,${PNG}`);
  expect([url(png(60_000, 60_000)), url(`${PNG}"><script>`), url(PNG + 'A'.repeat(48 * 1024 * 1024))]).toEqual([
    null,
    null,
    null,
  ]);
});

test('B14 B15 a deep or wide value is looked through in part', () => {
  const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown;
  expect(types([deep, PNG, ...Array.from({ length: 100_000 }, () => 1)])).toEqual(['png']);
  expect(types(Array.from({ length: 50 }, () => PNG))).toHaveLength(8);
});
