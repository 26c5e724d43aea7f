/** A server with only the services that a test gives, and a client of it whose connection the test can cut. */
import { createClient, type Client, type ClientSettings } from '../../src/shared/rpc/client.ts';
import type { ItemOf, StreamName } from '../../src/shared/rpc/contract.ts';
import type { Port } from '../../src/shared/rpc/port.ts';
import { serve } from '../../src/shared/rpc/server.ts';
import type { Services } from '../../src/shared/rpc/services.ts';
import { TRANSPORTS, type Transport } from './transports.ts';

/** Frames as they pass, for tests of what is sent and when. */
export interface Tap {
  /** May hold a frame back by returning undefined, or change it. */
  toClient?(frame: string): string | undefined;
  toServer?(frame: string): string | undefined;
}

export interface Rig {
  readonly client: Client & { close(): void };
  /** What the server logged as its own faults. */
  readonly faults: { readonly sentence: string; readonly error: unknown }[];
  /** Cuts the present connection as a crash would. */
  cut(): void;
  /** While true, there is nothing to connect to. */
  down: boolean;
  /** How many connections there were. */
  readonly connections: number;
  /** A connection of its own that speaks frames by hand. */
  raw(): Promise<{ readonly port: Port; next(): Promise<Record<string, unknown>> }>;
  close(): Promise<void>;
}

export type SomeServices = Partial<Services>;

export async function rig(
  name: string,
  given: SomeServices,
  { tap = {}, beatMs, ...settings }: ClientSettings & { readonly tap?: Tap } = {},
): Promise<Rig> {
  const transport: Transport = await TRANSPORTS[name]!();
  const faults: Rig['faults'] = [];
  const beat = beatMs === undefined ? {} : { beatMs };
  const accept = (port: Port): void =>
    serve(given as Services, tapped(port, tap), (sentence, error) => faults.push({ sentence, error }), beat);
  let present: Port | undefined;
  let connections = 0;
  let down = false;
  const client = createClient(
    async () => {
      if (down) throw new Error('down');
      present = await transport.connect(accept);
      connections++;
      return present;
    },
    { retryMs: 1, ...beat, ...settings },
  );
  return {
    client,
    faults,
    cut: () => present?.close(),
    set down(value: boolean) {
      down = value;
    },
    get down() {
      return down;
    },
    get connections() {
      return connections;
    },
    async raw() {
      const port = await transport.connect(accept);
      const frames = queue(port);
      await frames.next(); // hello
      return { port, next: () => frames.next() };
    },
    async close() {
      client.close();
      await transport.close();
    },
  };
}

function tapped(port: Port, tap: Tap): Port {
  const pass = (
    through: ((frame: string) => string | undefined) | undefined,
    frame: string,
    on: (frame: string) => void,
  ): void => {
    const passed = through ? through(frame) : frame;
    if (passed !== undefined) on(passed);
  };
  return {
    ...port,
    send: (frame) => pass(tap.toClient, frame, port.send),
    onMessage: (listener) => port.onMessage((frame) => pass(tap.toServer, frame, listener)),
  };
}

/** The frames of a port, one at a time; beats are left out. */
function queue(port: Port): { next(): Promise<Record<string, unknown>> } {
  const come: Record<string, unknown>[] = [];
  let wake: () => void = () => undefined;
  port.onMessage((text) => {
    const frame = JSON.parse(text) as Record<string, unknown>;
    if (frame['t'] === 'ping' || frame['t'] === 'pong') return;
    come.push(frame);
    wake();
  });
  return {
    async next() {
      while (come.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return come.shift()!;
    },
  };
}

export interface Watched<Item> {
  readonly items: Item[];
  readonly batches: number[];
  /** Resolves with the stream's end, rejects with its error. */
  readonly ended: Promise<void>;
  /** Resolves once there are so many items. */
  reached(count: number): Promise<void>;
  stop(): void;
}

/** Subscribes, and keeps what comes. */
export function watch<Name extends StreamName>(
  client: Client,
  name: Name,
  params: Parameters<typeof client.subscribe<Name>>[1],
  onItems?: (count: number) => void,
): Watched<ItemOf<Name>> {
  const items: ItemOf<Name>[] = [];
  const batches: number[] = [];
  const waiting = new Set<() => void>();
  let stop = (): void => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    stop = client.subscribe(name, params, {
      items(batch) {
        items.push(...batch);
        batches.push(batch.length);
        onItems?.(items.length);
        for (const wake of waiting) wake();
      },
      restart: () => items.splice(0),
      end: resolve,
      error: reject,
    });
  });
  // Tests that expect no end do not look at it.
  ended.catch(() => undefined);
  return {
    items,
    batches,
    ended,
    async reached(count) {
      while (items.length < count) {
        await new Promise<void>((resolve) => {
          waiting.add(resolve);
        });
      }
    },
    stop: () => stop(),
  };
}
