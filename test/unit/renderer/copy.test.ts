/** What is said of what was copied. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { copyCommand, copyText } from '../../../src/renderer/components/copy.ts';
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
