import { expect, test } from 'vitest';
import { fileName } from '../../../src/shared/text/file-name.ts';

test('a file is named by the words of a title, whatever they are written in', () => {
  expect(fileName('I can go to Reykjavík, or to São Paulo?')).toBe('I-can-go-to-Reykjavik-or-to-Sao-Paulo');
  expect(fileName('हिन्दी 한국어')).toBe('हिन्दी-한국어');
  expect(fileName(' … ')).toBe('trace');
});
