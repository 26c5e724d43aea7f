/** A stream says by its own events which API it follows. */
import { describe, expect, test } from 'vitest';
import { guessApi } from '../../../src/shared/providers/detect.ts';
import { framesOf } from '../../../src/main/core/samples/answers.ts';
import { FORMATS } from '../../../src/main/core/providers/sample-formats.ts';
import { SCENARIOS } from '../../../src/main/core/samples/scenarios.ts';
import { APIS } from '../../../src/shared/model/stream.ts';
import { allStreams } from '../../support/fixtures.ts';
import { bytesOf } from '../../support/framing.ts';

describe('guessApi', () => {
  test('knows every stream we have', () => {
    for (const { name, api, bytes } of allStreams()) expect({ name, api: guessApi(bytes) }).toEqual({ name, api });
  });

  test('knows every sample, also from its end alone', () => {
    for (const scenario of SCENARIOS) {
      for (const api of scenario.apis) {
        const texts = framesOf(scenario, FORMATS[api], FORMATS[api].request(scenario)).map(({ text }) => text);
        expect(guessApi(bytesOf(texts.join('')))).toBe(api);
        expect(guessApi(bytesOf(texts.slice(-3).join('')))).toBe(api);
      }
    }
  });

  test('knows an API by its errors', () => {
    for (const api of APIS) {
      const { errorFrames, error } = FORMATS[api];
      expect(
        guessApi(
          bytesOf(
            errorFrames(error('overloaded', 'Too much.'), [])
              .map(({ text }) => text)
              .join(''),
          ),
        ),
      ).toBe(api);
    }
  });

  test('reads over comments and what is no JSON', () => {
    expect(
      guessApi(bytesOf(': ping\n\ndata: oops\n\ndata: 7\n\ndata: {}\n\ndata: {"type":"response.created"}\n\n')),
    ).toBe('responses');
  });

  test('says nothing where no event does', () => {
    for (const text of ['', 'Hello', '{"choices":[]}', 'data: {"a":1}\n\n', 'data: {"choices":[]}'])
      expect(guessApi(bytesOf(text))).toBeNull();
  });
});
