import fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { PythonEvents } from '../../../src/shared/adapters/agent-server/python-events.ts';
import { isPythonInt } from '../../../src/shared/json/python-int.ts';
import { bytesOf, frameAll, readsOf } from '../../support/framing.ts';

interface Event {
  readonly name: string;
  readonly data: string;
}

/** The decoder of the Python SDKs, line by line: what the framing's facts must be enough to tell. */
function pythonEvents(body: string): Event[] {
  const events: Event[] = [];
  let name = '';
  let data: string[] = [];
  let id = '';
  let retry = false;
  // What follows the last line end is no line.
  for (const line of body.split(/\r\n|\r|\n/).slice(0, -1)) {
    if (line === '') {
      if (name !== '' || data.length > 0 || id !== '' || retry) events.push({ name, data: data.join('\n') });
      [name, data, retry] = ['', [], false];
      continue;
    }
    const [field, rest] = line.includes(':')
      ? [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]
      : [line, ''];
    const value = rest.startsWith(' ') ? rest.slice(1) : rest;
    if (field === 'event') name = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && isPythonInt(value)) retry = true;
  }
  return events;
}

const LINES =
  'data: a,data:,data,event: ping,event:,id: 7,id:,id,id: a\0,retry: 3_0,retry: x,retry,: ping,foo: 1,\uFEFFdata: b,,,,';
const line = fc.constantFrom(...LINES.split(','));
const body = fc
  .tuple(
    fc.constantFrom('', '\uFEFF'),
    fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 24 }),
  )
  .map(([mark, lines]) => mark + lines.map(([text, lineEnd]) => text + lineEnd).join(''));

test('the Python SDKs dispatch what they did, told by the facts of the frames', () => {
  fc.assert(
    fc.property(body, fc.integer({ min: 1, max: 50 }), (text, size) => {
      const sse = new PythonEvents();
      const events = frameAll(readsOf(bytesOf(text), [size])).flatMap((item) => {
        const event = item.type === 'frame' ? sse.read(item.frame) : null;
        return event === null ? [] : [{ name: event.name, data: event.data }];
      });
      expect(events).toEqual(pythonEvents(text));
    }),
    { numRuns: 5_000 },
  );
});
