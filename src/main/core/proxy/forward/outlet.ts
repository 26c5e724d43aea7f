/**
 * Writes to a connection, each read as one write, and measures how long it took from the arrival of the bytes to their being
 * taken. What the system takes at once is this proxy's delay; what it does not take was waited for by reason of the receiver.
 */
import type { Socket } from 'node:net';
import type { CrossingMeter } from './crossing.ts';

/** A stretch of what is written, and the exchange whose body it belongs to. */
export type Stretch = readonly [meter: CrossingMeter, bytes: Uint8Array];

export interface Written {
  /** False when the receiver takes no more for now; the socket's `drain` says when it does. */
  readonly more: boolean;
  /** Says what was written, in the same turn: working that out must not come before the write. */
  readonly of: (stretches: readonly Stretch[]) => void;
}

export class Outlet {
  readonly #socket: Socket;
  #untaken = 0;
  #closed = false;
  #whenTaken: (() => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.once('close', () => {
      this.#closed = true;
      this.#tellTaken();
    });
  }

  /** `at`: when the bytes came. */
  write(bytes: Uint8Array, at: bigint): Written {
    const socket = this.#socket;
    const queued = socket.writableLength > 0;
    let stretches: readonly Stretch[] = [];
    this.#untaken++;
    // Called in a later turn, also for what was taken at once.
    const more = socket.write(bytes, (error) => {
      this.#untaken--;
      if (!error && !this.#closed) {
        for (const [meter, stretch] of stretches) meter.left(stretch);
        if (waits) delayed(stretches, at, process.hrtime.bigint(), true);
      }
      if (this.#untaken === 0) this.#tellTaken();
    });
    const waits = queued || socket.writableLength > 0;
    const taken = process.hrtime.bigint();
    return {
      more: more || !waits,
      of: (all) => {
        stretches = all;
        if (!waits) delayed(all, at, taken, false);
      },
    };
  }

  /** Calls back once all that was written has been taken, or will never be; at once when nothing waits. */
  afterTaken(then: () => void): void {
    if (this.#untaken === 0 || this.#closed) then();
    else this.#whenTaken.push(then);
  }

  #tellTaken(): void {
    for (const then of this.#whenTaken.splice(0)) then();
  }
}

function delayed(stretches: readonly Stretch[], from: bigint, to: bigint, held: boolean): void {
  const ns = Number(to - from);
  for (const [meter] of stretches) meter.delayed(ns, held);
}
