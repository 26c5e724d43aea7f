/** Sounds of a stream: told by their bytes, their type or their event, and saved as files that a player opens. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { HeldSounds } from '../../../src/renderer/components/HeldSounds.tsx';
import { soundFile, soundsIn } from '../../../src/renderer/components/held-sounds.ts';

const base64 = (...parts: readonly (string | readonly number[])[]): string =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  ).toString('base64');
const SAMPLES = base64([1, 0, 2, 0, 3, 0, 4, 0, 5, 0]);
const WAV = base64('RIFF', [9, 9, 0, 0], 'WAVEfmt ');

const types = (value: unknown): readonly string[] => soundsIn(value).map(({ type, rate }) => `${type} ${rate}`);

test('are found where the APIs put them', () => {
  expect(types({ choices: [{ delta: { audio: { id: 'audio_123456', data: SAMPLES } } }] })).toEqual(['pcm 24000']);
  expect(types({ type: 'response.audio.delta', delta: SAMPLES })).toEqual(['pcm 24000']);
  expect(types({ type: 'response.output_audio.delta', delta: SAMPLES })).toEqual(['pcm 24000']);
  expect(types({ inlineData: { mimeType: 'audio/L16;codec=pcm;rate=16000', data: SAMPLES } })).toEqual(['pcm 16000']);
  expect(types({ source: { media_type: 'audio/mpeg', data: SAMPLES } })).toEqual(['mp3 24000']);
  expect(types([`data:audio/flac;base64,${SAMPLES}`, WAV, base64('OggS', [0, 2, 0, 0])])).toEqual([
    'flac 24000',
    'wav 24000',
    'ogg 24000',
  ]);
});

test('I3 I9 text, images, transcripts and addresses are none', () => {
  expect(
    types({
      audio: { id: 'audio_123456', transcript: 'Hello there', url: 'https://canary.invalid/a.wav' },
      type: 'response.audio_transcript.delta',
      delta: SAMPLES,
      inlineData: { mimeType: 'image/png', data: SAMPLES },
      data: SAMPLES,
    }),
  ).toEqual([]);
});

test('bare samples become a WAV file, pieces with their own padding are joined, and what is no base64 is not saved', async () => {
  const sound = soundsIn({ audio: { data: SAMPLES + SAMPLES } })[0]!;
  const { ending, content } = soundFile(sound)!;
  const file = Buffer.from(await content.arrayBuffer());
  expect(ending).toBe('wav');
  expect(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
  expect([file.readUInt32LE(4), file.readUInt32LE(24), file.readUInt32LE(40)]).toEqual([56, 24_000, 20]);
  expect(file.subarray(44, 54)).toEqual(Buffer.from([1, 0, 2, 0, 3, 0, 4, 0, 5, 0]));
  expect(soundFile(soundsIn(WAV)[0]!)!.ending).toBe('wav');
  expect(soundFile(soundsIn({ audio: { data: `${SAMPLES}<script>` } })[0]!)).toBeNull();
});

test('B14 B15 B19 nothing is played or made unasked, and a deep or wide value is looked through in part', () => {
  const html = renderToStaticMarkup(createElement(HeldSounds, { value: [WAV, WAV], name: 'event-1' }));
  expect(html).not.toMatch(/<audio|blob:/);
  expect(html.match(/Save sound/g)).toHaveLength(2);
  const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown;
  expect(types([deep, WAV, ...Array.from({ length: 100_000 }, () => 1)])).toHaveLength(1);
  expect(types(Array.from({ length: 50 }, () => WAV))).toHaveLength(8);
});
