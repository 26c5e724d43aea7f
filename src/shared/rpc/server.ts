/**
 * The server's half of the contract: takes frames from a port, checks parameters with the contract's schemas, calls the
 * services and sends what they give. Nothing that a client sends throws out of here; the worst is an error frame.
 */
import { z } from 'zod';
import { Alive, BEAT_MS } from './heartbeat.ts';
import { contract, type MethodName, type StreamName } from './contract.ts';
import { parseClientFrame, type ClientFrame, type ServerFrame } from './frames.ts';
import { frameText, pieceFrames } from './pieces.ts';
import type { Port } from './port.ts';
import { ServiceError, type Services } from './services.ts';
import { StreamSender, type SentBatch } from './stream-sender.ts';

/** Told what is our own fault; the window only hears that something is. */
export type Log = (sentence: string, error: unknown) => void;

/** What one window may have under way at a time: far beyond what ours has, far below what would hurt. */
const MAX_CALLS = 1000;
const MAX_STREAMS = 500;

const INTERNAL = 'Tracelane had an internal error. Its log says more; trying again may help.';

const names = Object.keys(contract) as (keyof typeof contract)[];
const HELLO: ServerFrame = {
  t: 'hello',
  repeatable: names.filter((name): name is MethodName => isRepeatable(name)),
  resumable: names.filter(
    (name): name is StreamName => contract[name].type === 'stream' && 'from' in contract[name].params.shape,
  ),
};

function isRepeatable(name: keyof typeof contract): boolean {
  const entry = contract[name];
  return entry.type === 'method' && entry.repeatable;
}

export interface ServerSettings {
  /** See heartbeat.ts. */
  readonly beatMs?: number;
  /** See StreamSender; benchmarks set 0. */
  readonly batchMs?: number;
}

/** Serves one port until it closes. */
export function serve(services: Services, port: Port, log: Log, settings: ServerSettings = {}): void {
  const session = new Session(services, port, log, settings);
  port.onMessage((text) => session.take(text));
  port.onClose(() => session.end());
  session.send(HELLO);
}

type Asked = Extract<ClientFrame, { readonly t: 'call' | 'open' }>;

class Session {
  readonly #services: Services;
  readonly #port: Port;
  readonly #log: Log;
  readonly #alive: Alive;
  readonly #batchMs: number | undefined;
  readonly #calls = new Map<number, AbortController>();
  readonly #streams = new Map<number, StreamSender>();

  constructor(services: Services, port: Port, log: Log, { beatMs = BEAT_MS, batchMs }: ServerSettings) {
    this.#services = services;
    this.#port = port;
    this.#log = log;
    this.#alive = new Alive(port, beatMs);
    this.#batchMs = batchMs;
  }

  take(text: string): void {
    const frame = parseClientFrame(text);
    this.#alive.heard(frame?.t ?? '');
    if (frame === undefined) {
      this.send({ t: 'error', id: null, code: 'bad-frame', message: 'The message is not a frame of the contract.' });
      return;
    }
    if (frame.t === 'call') void this.#call(frame);
    else if (frame.t === 'open') void this.#open(frame);
    else if (frame.t === 'ack') this.#streams.get(frame.id)?.acknowledge(frame.size);
    else if (frame.t === 'close') this.#close(frame.id);
  }

  send(frame: ServerFrame): void {
    this.#port.send(JSON.stringify(frame));
  }

  /** The port has closed: nobody watches or waits any more. */
  end(): void {
    this.#alive.stop();
    for (const id of [...this.#streams.keys(), ...this.#calls.keys()]) this.#close(id);
  }

  /** A call that changes something runs to its end all the same. */
  #close(id: number): void {
    this.#calls.get(id)?.abort();
    this.#streams.get(id)?.stop();
    this.#streams.delete(id);
  }

  async #call(frame: Asked): Promise<void> {
    const { id } = frame;
    if (this.#calls.has(id)) return;
    const caller = new AbortController();
    const { signal } = caller;
    this.#calls.set(id, caller);
    try {
      if (this.#calls.size > MAX_CALLS)
        throw new ServiceError(
          'busy',
          `More than ${MAX_CALLS} calls are waiting for an answer. Try again when some have been answered.`,
        );
      const name = this.#nameOf(frame, 'method') as MethodName;
      const service = this.#services[name] as (params: unknown, signal: AbortSignal) => unknown;
      const value = await service(checked(name, frame.params), signal);
      if (!signal.aborted) this.#answer(id, value);
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) this.#fail(frame, error);
    } finally {
      this.#calls.delete(id);
    }
  }

  #answer(id: number, value: unknown): void {
    const text = frameText(value);
    if (text !== undefined) this.#port.send(`{"t":"result","id":${id},"value":${text}}`);
    else for (const frame of pieceFrames(id, value)) this.#port.send(frame);
  }

  async #open(frame: Asked): Promise<void> {
    const { id } = frame;
    if (this.#streams.has(id)) return;
    let sender: StreamSender | undefined;
    try {
      if (this.#streams.size >= MAX_STREAMS)
        throw new ServiceError('busy', `More than ${MAX_STREAMS} streams are watched. Close a window and try again.`);
      const name = this.#nameOf(frame, 'stream') as StreamName;
      const params = checked(name, frame.params);
      const service = this.#services[name] as (params: unknown, signal: AbortSignal) => AsyncIterable<SentBatch>;
      sender = new StreamSender(this.#port, id, (params as { readonly from?: number }).from ?? 0, this.#batchMs);
      this.#streams.set(id, sender);
      if (await sender.run(service(params, sender.signal))) this.send({ t: 'end', id });
    } catch (error) {
      // What a source throws after its watcher has gone is only its way of ending.
      if (!sender?.signal.aborted) this.#fail(frame, error);
    } finally {
      this.#close(id);
    }
  }

  #nameOf({ name }: Asked, type: 'method' | 'stream'): keyof typeof contract {
    if (Object.hasOwn(contract, name) && contract[name as keyof typeof contract].type === type)
      return name as keyof typeof contract;
    throw new ServiceError(
      'unknown',
      `There is no ${type} named ${JSON.stringify(name.slice(0, 100))}. Reload the window if the program was updated.`,
    );
  }

  #fail({ id, name }: Asked, error: unknown): void {
    if (error instanceof ServiceError) {
      this.send({ t: 'error', id, code: error.code, message: error.message });
      return;
    }
    this.#log(`${name} failed`, error);
    this.send({ t: 'error', id, code: 'internal', message: INTERNAL });
  }
}

/** The parameters as the schema gives them, with defaults filled in. */
function checked(name: keyof typeof contract, params: unknown): unknown {
  const result = contract[name].params.safeParse(params);
  if (result.success) return result.data;
  throw new ServiceError(
    'bad-params',
    `${name} was called with invalid parameters. ${z.prettifyError(result.error).slice(0, 500)}`,
  );
}
