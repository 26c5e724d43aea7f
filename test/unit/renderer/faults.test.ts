/** What is said of a fault of the window: enough to find it, and nothing of what people sent or received. */
import fc from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { faultReport, faultSentence, LoadError, type Place } from '../../../src/renderer/stores/faults.ts';

const PLACE: Place = {
  info: { version: '1.2.3', host: 'headless', platform: 'linux' },
  browser: 'Chrome 150',
  origin: 'http://127.0.0.1:4000',
  trace: 'a-trace',
  centre: 'compare',
  pane: 'raw',
  dialog: null,
};

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('It did not throw.');
}

describe('the report of a fault', () => {
  it('names versions, place, error and the places of its stack without their origin', () => {
    const error = new TypeError('x is not iterable', { cause: new Error('first') });
    error.stack = 'TypeError: x is not iterable\n    at draw (http://127.0.0.1:4000/assets/a.js:1:2)\n    at b.js:3:4';
    expect(faultReport({ what: 'The Compare tab', error, components: '\n    at Tab (a.js:1:1)' }, PLACE)).toBe(
      [
        'Fault in the Tracelane window: The Compare tab',
        'Version: 1.2.3, headless, linux',
        'Browser: Chrome 150',
        'Trace: a-trace',
        'Tab: compare; pane: raw; dialog: none',
        'Error: TypeError: x is not iterable',
        'Cause: Error: first',
        'Stack:',
        '  at draw (/assets/a.js:1:2)',
        '  at b.js:3:4',
        'Components:',
        '  at Tab (a.js:1:1)',
        '',
      ].join('\n'),
    );
  });

  it('takes whatever is thrown, before the program has answered', () => {
    for (const error of [undefined, null, 7, {}, Symbol('s')])
      expect(faultReport({ what: 'It', error }, { ...PLACE, info: null })).toContain('it gave no message\nStack: none');
    expect(faultSentence({ what: 'It', error: 'gone!' })).toBe('It failed: gone!');
    expect(faultSentence({ what: 'It', error: new LoadError('no matter') })).toBe('It could not be loaded.');
  });

  it('keeps the names in a message', () => {
    const error = thrown(() => (undefined as unknown as { readonly blocks: unknown }).blocks);
    expect(faultSentence({ what: 'The Live tab', error })).toBe(
      "The Live tab failed: Cannot read properties of undefined (reading 'blocks').",
    );
  });

  it('has nothing of a text that could not be parsed', () => {
    const secret = 'what nobody else may read';
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        for (const text of [`${before}${secret}${after}`, `{"a":"${before}","${secret}":${after}`]) {
          let error: unknown;
          try {
            JSON.parse(text);
            return;
          } catch (caught) {
            error = caught;
          }
          const report = faultReport({ what: 'It', error }, PLACE);
          // The engine quotes ten characters to each side of the fault.
          for (let at = 0; at + 6 <= secret.length; at++) expect(report).not.toContain(secret.slice(at, at + 6));
        }
      }),
    );
  });

  it('has no key, quoted or not', () => {
    for (const message of ['refused sk-0123456789-abcdefgh', 'header `Bearer abc def`', "it's 'a b c"])
      expect(faultReport({ what: 'It', error: new Error(message) }, PLACE)).not.toMatch(/sk-0|abc def|a b c/);
  });
});
