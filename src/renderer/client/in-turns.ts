/**
 * A port whose frames are told over several turns of the page's thread. A browser may give all that has come in one task, and a
 * stored trace comes by the megabyte: between two turns the page is drawn, and answers keys and clicks.
 */
import type { Port } from '../../shared/rpc/port.ts';

/** After so much work in one turn, what has come waits for the next. Milliseconds. */
const TURN_MS = 8;

export function inTurns(port: Port): Port {
  let listener: (frame: string) => void = () => undefined;
  const waiting: string[] = [];
  let worked = 0;
  /** The next turn is asked for: what comes waits for it. */
  let isFull = false;
  const { port1: turn, port2: asker } = new MessageChannel();
  const tell = (frame: string): void => {
    const began = performance.now();
    listener(frame);
    worked += performance.now() - began;
    if (worked < TURN_MS || isFull) return;
    isFull = true;
    // To the other end of its own channel, which has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    asker.postMessage(null);
  };
  turn.addEventListener('message', () => {
    isFull = false;
    worked = 0;
    for (let frame = waiting.shift(); frame !== undefined; frame = isFull ? undefined : waiting.shift()) tell(frame);
  });
  turn.start();
  return {
    send: (frame) => port.send(frame),
    onMessage(told) {
      listener = told;
      port.onMessage((frame) => {
        if (isFull) waiting.push(frame);
        else tell(frame);
      });
    },
    onClose(closed) {
      port.onClose(() => {
        for (const frame of waiting.splice(0)) listener(frame);
        turn.close();
        closed();
      });
    },
    close: () => port.close(),
  };
}
