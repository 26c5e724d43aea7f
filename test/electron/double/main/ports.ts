/**
 * Message channels between the program and a page. An end that was sent to a page lives on there, and the end that stayed
 * speaks to it through the browser's half. Held weakly: an end that nobody holds closes, as it does in Electron.
 */
import { EventEmitter } from 'node:events';
import { cloned } from '../json.ts';
import { browser, tell } from './browser.ts';

let nextId = 1;
/** The ends that stayed, by the number of the channel. */
const ends = new Map<number, WeakRef<MessagePortMain>>();
const collected = new FinalizationRegistry<number>((id) => {
  ends.delete(id);
  tell(browser.portClosed(id));
});

export class MessagePortMain extends EventEmitter {
  peer: MessagePortMain | undefined;
  /** Set when the other end was sent away. */
  #remote: number | undefined;
  #closed = false;
  #started = false;
  readonly #waiting: unknown[] = [];

  postMessage(message: unknown, transfer: readonly MessagePortMain[] = []): void {
    if (transfer.length > 0) throw new Error('The double sends no port over a port.');
    if (this.#closed) return;
    let copy;
    try {
      copy = cloned(message);
    } catch (error) {
      this.close();
      throw error;
    }
    if (this.#remote !== undefined) tell(browser.portMessage(this.#remote, copy));
    else this.peer?.receive(copy);
  }

  start(): void {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] });
  }

  close(): void {
    if (this.#closed) return;
    if (this.#remote !== undefined) tell(browser.portClosed(this.#remote));
    const { peer } = this;
    this.end();
    peer?.end();
  }

  receive(data: unknown): void {
    if (this.#closed) return;
    if (this.#started) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }

  /** Closed from the other side. */
  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#remote !== undefined) ends.delete(this.#remote);
    // Later, as in Electron, so that whoever closes it has returned before it is told.
    setImmediate(() => this.emit('close'));
  }

  /** Sends this end away; gives the number under which its page will speak. */
  transfer(): number {
    const stays = this.peer;
    if (!stays || this.#closed) throw new Error('A port can be sent once, while it is open.');
    const id = nextId++;
    this.peer = undefined;
    this.#closed = true;
    stays.becomeRemote(id);
    return id;
  }

  becomeRemote(id: number): void {
    this.peer = undefined;
    this.#remote = id;
    ends.set(id, new WeakRef(this));
    collected.register(this, id);
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();

  constructor() {
    this.port1.peer = this.port2;
    this.port2.peer = this.port1;
  }
}

export function portMessage(id: number, data: unknown): void {
  ends.get(id)?.deref()?.receive(data);
}

export function portClosed(id: number): void {
  ends.get(id)?.deref()?.end();
}

export const openPorts = (): number => ends.size;
