/** A command that a sentence names can be typed as it stands there. */
import { expect, test } from 'vitest';
import { COMMAND_LINE, commandLineOf, typed } from '../../src/main/core/command-line/typed.ts';

const IN_CLONE = 'npm --prefix /home/me/tracelane run -s tracelane --';

test.each([
  ['file:///home/me/tracelane/src/main/core/command-line/typed.ts', IN_CLONE],
  ['file:///home/me/tracelane/out/main/chunks/typed-1.js', IN_CLONE],
  ['file:///home/me/tracelane/out/main/index.js', IN_CLONE],
  ['file:///out/main/src/main/index.js', 'npm --prefix /out/main run -s tracelane --'],
  ["file:///home/it's%20me/out/main/index.js", String.raw`npm --prefix '/home/it'\''s me' run -s tracelane --`],
  ['file:///usr/lib/node_modules/tracelane/out/main/cli.js', 'tracelane'],
  ['file:///opt/Tracelane/resources/app.asar/out/main/index.js', 'tracelane'],
])('of a program whose module is %s', (module, expected) => expect(commandLineOf(module)).toBe(expected));

test('an argument is one word of the shell', () => {
  expect(typed('repair', '/data')).toBe(`${COMMAND_LINE} repair /data`);
  expect(typed('repair', "/my data/it's")).toBe(String.raw`${COMMAND_LINE} repair '/my data/it'\''s'`);
});
