/**
 * Writes to a connection, each read as one write, and measures how long it took from the arrival of the bytes to their being
 * taken. What the system takes at once is this proxy's delay; what it does not take was waited for by reason of the receiver.
 */
import type { Socket } from 'node:net';
import type { CrossingMeter } from './crossing.ts';

/** A stretch of what is written, and the exchange whose body it belongs to. */
export type Stretch = readonly [meter: CrossingMeter, bytes: Uint8Array];

export class Outlet {
  readonly #socket: Socket;
  #untaken = 0;
  #whenTaken: (() => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** False when the receiver takes no more for now; the socket's `drain` says when it does. `at`: when the bytes came. */
  write(bytes: Uint8Array, at: bigint, stretches: readonly Stretch[]): boolean {
    const socket = this.#socket;
    const queued = socket.writableLength > 0;
    let waits = true;
    this.#untaken++;
    const more = socket.write(bytes, (error) => {
      this.#untaken--;
      if (!error) {
        for (const [meter, stretch] of stretches) meter.left(stretch);
        if (waits) delayed(stretches, at, true);
      }
      if (this.#untaken === 0) for (const then of this.#whenTaken.splice(0)) then();
    });
    waits = queued || socket.writableLength > 0;
    if (!waits) delayed(stretches, at, false);
    return more || !waits;
  }

  /** Calls back once all that was written has been taken, or will never be; at once when nothing waits. */
  afterTaken(then: () => void): void {
    if (this.#untaken === 0) then();
    else this.#whenTaken.push(then);
  }
}

function delayed(stretches: readonly Stretch[], at: bigint, held: boolean): void {
  const ns = Number(process.hrtime.bigint() - at);
  for (const [meter] of stretches) meter.delayed(ns, held);
}
