import { expect, test } from 'vitest';
import { fileName } from '../../../src/shared/text/file-name.ts';

test('a file is named by the words of a title, whatever they are written in', () => {
  expect(fileName('I can go to Reykjavík, or to São Paulo?')).toBe('I-can-go-to-Reykjavik-or-to-Sao-Paulo');
  expect(fileName('हिन्दी 한국어')).toBe('हिन्दी-한국어');
  expect(fileName(' … ')).toBe('trace');
});

test('I11 of a hostile title no sign is left that a file system, a shell or a screen would obey', () => {
  const name = fileName(
    '../..\\C:\\x\0<img src=x onerror=alert(1)>\u202egpj.\u001b]0;owned\u0007$(rm -rf ~)\n%00\u{e0041}',
  );
  expect(name).toMatch(/^[\p{L}\p{M}\p{N}-]+$/u);
  expect(name).toMatch(/^C-x-img-src-x-onerror-alert-1-gpj-0-owned-rm-rf-00/);
  expect([...fileName('😀a'.repeat(500_000))].length).toBeLessThanOrEqual(60);
});
