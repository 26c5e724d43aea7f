/** What is said of what was copied. */
import { resolveObjectURL } from 'node:buffer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { copyCommand, copyText, linesOf } from '../../../src/renderer/components/copy.ts';
import { useToasts } from '../../../src/renderer/stores/toasts.ts';

const copied: string[] = [];
beforeEach(() => {
  copied.length = 0;
  useToasts.setState({ toasts: [] });
  vi.useFakeTimers();
  vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => void copied.push(text) } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const said = (): readonly string[] => useToasts.getState().toasts.map(({ text }) => text);

test('I12 of a command of several lines it is said what another shell makes of them', async () => {
  await copyCommand('The request as cURL', "curl -X POST 'http://h.test/' \\\n  --data-raw '{\n\u009b\"a\": 1}'");
  expect(copied).toEqual(["curl -X POST 'http://h.test/' \\\n  --data-raw '{\n\"a\": 1}'"]);
  expect(said()).toEqual([
    'The request as cURL copied without 1 control character. Its 3 lines are one command for a POSIX shell, such as bash; another shell may run each of them by itself.',
  ]);
});

test('I12 a command of one line, and a text of several that is none, are copied without a remark', async () => {
  await copyCommand('The command', "curl 'http://h.test/'");
  await copyText('2 messages', 'a\nb');
  expect([copied, said()]).toEqual([
    ["curl 'http://h.test/'", 'a\nb'],
    ['The command copied', '2 messages copied'],
  ]);
});

test.each([0, 1, 1_000, 1_001, 2_500])(
  'R24 %i lines are copied as one text, however they are joined',
  async (count) => {
    const numbers = Array.from({ length: count }, (_, number) => number);
    await copyText(
      'The lines',
      linesOf(numbers, (number) => `${number}\u0007`),
    );
    expect(copied).toEqual([numbers.join('\n')]);
  },
);

test('R24 a text that is too long for the clipboard is not copied but offered as a file, whole and without control characters', async () => {
  const link = { href: '', download: '', click: vi.fn() };
  vi.stubGlobal('document', { createElement: () => link });
  // One whose halves a stretch would part.
  const long = `${'a'.repeat(1_048_575)}\u{1f600}${'b'.repeat(8_000_000)}`;
  const copying = copyText('2 messages', `\u009b${long}`);
  await vi.advanceTimersByTimeAsync(1_000);
  await copying;
  expect(copied).toEqual([]);
  const [{ text, action } = { text: '', action: undefined }] = useToasts.getState().toasts;
  expect(text).toBe('2 messages not copied: 9,048,577 characters are too many for the clipboard');
  expect(action?.label).toBe('Save as file');
  const saved = vi.waitFor(() => expect(link.click).toHaveBeenCalledOnce());
  action?.run();
  await vi.advanceTimersByTimeAsync(1_000);
  await saved;
  expect(link.download).toBe('2-messages.txt');
  expect((await resolveObjectURL(link.href)!.text()) === long).toBe(true);
});
