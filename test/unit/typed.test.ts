/** A command that a sentence names can be typed as it stands there. */
import { expect, test } from 'vitest';
import { commandLineOf, stepOf } from '../../src/main/core/command-line/typed.ts';

const IN_CLONE = 'npm --prefix /home/me/tracelane run -s tracelane --';

test.each([
  ['file:///home/me/tracelane/src/main/core/command-line/typed.ts', IN_CLONE],
  ['file:///home/me/tracelane/out/main/chunks/typed-1.js', IN_CLONE],
  ['file:///home/me/tracelane/out/main/index.js', IN_CLONE],
  ['file:///out/main/src/main/index.js', 'npm --prefix /out/main run -s tracelane --'],
  ["file:///home/it's%20me/out/main/index.js", String.raw`npm --prefix '/home/it'\''s me' run -s tracelane --`],
  ['file:///usr/lib/node_modules/tracelane/out/main/cli.js', 'tracelane'],
  ['file:///opt/Tracelane/resources/app.asar/out/main/index.js', null],
  ['file:///opt/Tracelane/resources/app.asar/out/main/chunks/typed-1.js', null],
])('of a program whose module is %s', (module, expected) => expect(commandLineOf(module)).toBe(expected));

test('an argument is one word of the shell', () => {
  expect(stepOf(IN_CLONE, 'repair', '/data')).toBe(`run ${IN_CLONE} repair /data`);
  expect(stepOf(IN_CLONE, 'repair', "/my data/it's")).toBe(String.raw`run ${IN_CLONE} repair '/my data/it'\''s'`);
});

test('the packaged app, which has no command line, names that of a clone and where it is typed', () =>
  expect(stepOf(null, 'repair', '/data')).toBe(
    'run, in a clone of its repository, npm run -s tracelane -- repair /data',
  ));
