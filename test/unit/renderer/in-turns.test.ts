/** Frames that come together are told in several turns of the thread, in order, and none is lost. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inTurns } from '../../../src/renderer/client/in-turns.ts';
import { Inbox } from '../../../src/shared/rpc/inbox.ts';

/** Of each frame, milliseconds. */
const WORK_MS = 30;

/** Turns that were asked for. */
let asked: (() => void)[] = [];

/** Node may tell several messages of a channel in one turn. */
class OneByOne {
  readonly port1 = Object.assign(new EventTarget(), { start: () => undefined, close: () => undefined });
  readonly port2 = { postMessage: () => asked.push(() => this.port1.dispatchEvent(new Event('message'))) };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.stubGlobal('MessageChannel', OneByOne);
  asked = [];
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A port that gives frames when told to, and what its listener has heard of each turn. */
function watched() {
  const inbox = new Inbox();
  const turns: string[][] = [[]];
  let closed = 0;
  const port = inTurns({
    send: () => undefined,
    onMessage: (listener) => inbox.onMessage(listener),
    onClose: (listener) => inbox.onClose(listener),
    close: () => inbox.close(),
  });
  const listen = (): void => {
    port.onMessage((frame) => {
      turns.at(-1)!.push(frame);
      vi.advanceTimersByTime(frame.startsWith('long') ? WORK_MS : 0);
    });
    port.onClose(() => closed++);
  };
  const turn = (): void => {
    turns.push([]);
    for (const next of asked.splice(0)) next();
  };
  return { port, inbox, turns, listen, turn, closed: () => closed };
}

it('gives the thread a turn after each frame that takes long', () => {
  const { inbox, turns, listen, turn } = watched();
  listen();
  for (const frame of ['short 1', 'long 2', 'long 3', 'short 4', 'long 5']) inbox.deliver(frame);
  expect(turns).toEqual([['short 1', 'long 2']]);
  turn();
  turn();
  turn();
  expect(turns).toEqual([['short 1', 'long 2'], ['long 3'], ['short 4', 'long 5'], []]);
  expect(asked).toEqual([]);
  inbox.deliver('short 6');
  expect(turns.at(-1)).toEqual(['short 6']);
});

it('tells what came before anyone listened, and before it closed', () => {
  const { port, inbox, turns, listen, closed } = watched();
  for (const frame of ['long 1', 'long 2', 'long 3']) inbox.deliver(frame);
  listen();
  expect(turns).toEqual([['long 1']]);
  port.close();
  expect(turns).toEqual([['long 1', 'long 2', 'long 3']]);
  expect(closed()).toBe(1);
});
