/** What stays visible of text from outside: hidden characters by their number, blanks as signs, nothing lost, nothing obeyed. */
import fc from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { isHidden, seenText, segments, withoutControls } from '../../../src/renderer/components/visible.ts';

const shown = (text: string, blanks = false) =>
  segments(text, { blanks })
    .map((segment) => segment.text)
    .join('|');

describe('I4 I5 hidden characters', () => {
  it('are shown by number: bidi, zero width, control, tags, lone surrogates', () => {
    expect(shown('a\u202eb')).toBe('a|U+202E|b');
    expect(shown('\u200b')).toBe('U+200B');
    expect(shown('\u001b[2J')).toBe('U+001B|[2J');
    expect(shown('\u{e0041}')).toBe('U+E0041');
    expect(shown('\ud800x')).toBe('U+D800|x');
    expect(segments('\u202e')[0]).toEqual({
      text: 'U+202E',
      mark: 'hidden',
      name: 'right-to-left override',
      char: '\u202e',
    });
  });

  it('begin no sequence that what follows would be part of, be it 10 MB that nothing ends', () => {
    const open = ['\u001b]0;', '\u001bP', '\u009d8;;'].map((start) => start + 'x'.repeat(10_000_000));
    for (const text of open) {
      const parts = segments(text);
      expect(parts.map(({ mark }) => mark)).toEqual(['hidden', undefined]);
      expect(parts[1]!.text.length).toBeGreaterThan(10_000_000);
      expect(withoutControls(text)).toEqual({ text: text.slice(1), removed: 1 });
    }
  });

  it('in a name are letters of other scripts that look like Latin ones, as those that turn it', () => {
    const named = (name: string): string =>
      segments(name, { isName: true })
        .map(({ text }) => text)
        .join('|');
    expect(named('gpt-4\u043e')).toBe('gpt-4|U+043E');
    expect(named('cl\u0430ude')).toBe('cl|U+0430|ude');
    expect(named('read_\u0441\u043e\u0440\u0443')).toBe('read_|U+0441|U+043E|U+0440|U+0443');
    expect(named('\u03bf\uff41\u{1d41a}\u0131')).toBe('U+03BF|U+FF41|U+1D41A|U+0131');
    expect(named('exe.\u202etxt\u200b')).toBe('exe.|U+202E|txt|U+200B');
    expect(segments('\u043e', { isName: true })).toEqual([
      { text: 'U+043E', mark: 'hidden', char: '\u043e', name: 'looks like o' },
    ]);
    expect(seenText('cl\u0430ude\u202e')).toBe('clU+0430udeU+202E');
  });

  it('leave names alone that say in which script they are, and prose', () => {
    for (const name of [
      'Погода в Осло',
      'Рыбак с удочкой',
      'API-сервер',
      'Résumé',
      '東京 API',
      'Ελλάδα',
      'naïve µs 5kΩ',
    ])
      expect(segments(name, { isName: true }), name).toEqual([{ text: name }]);
    expect(shown('cl\u0430ude')).toBe('cl\u0430ude');
  });

  it('leave what is seen alone: letters, emoji, line ends', () => {
    expect(shown('Grüße 日本 ❤️\n\t')).toBe('Grüße 日本 ❤️\n\t');
    expect(segments('')).toEqual([]);
  });

  it('show blanks where they count, neighbours as one piece', () => {
    expect(shown('a  b\n', true)).toBe('a|··|b|¶');
    expect(shown('\t', true)).toBe('→');
  });

  it('lose nothing: what is not marked is the text without what is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)) }),
        (text) => {
          const plain = segments(text)
            .filter(({ mark }) => mark === undefined)
            .map((segment) => segment.text)
            .join('');
          expect(plain).toBe([...text].filter((char) => !isHidden(char.codePointAt(0)!)).join(''));
        },
      ),
    );
  });
});

describe('I12 the clipboard', () => {
  it('gets no control characters, but tabs and line ends', () => {
    expect(withoutControls('a\u001b]52;c;x\u0007\r\n\tb')).toEqual({ text: 'a]52;c;x\r\n\tb', removed: 2 });
    expect(withoutControls('plain')).toEqual({ text: 'plain', removed: 0 });
  });
});
