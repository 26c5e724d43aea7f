/**
 * The thread of the capture proxy: it forwards, and does nothing else, so that no work of the program (decoding, comparing,
 * collecting) delays a stream between two other programs.
 */
import type { Batch } from '../../worker/batch.ts';
import { Channel, type ChannelPort } from '../../worker/channel.ts';
import type { Closable } from '../../worker/worker-thread.ts';
import { ProxyListener } from '../forward/listener.ts';
import type { Route } from '../forward/routes.ts';
import type { TapEvent } from '../forward/tap.ts';
import type { OpenedTunnels, ReadHost } from '../forward/tunnels.ts';
import { TapSender } from './tap-sender.ts';

export type ProxyThreadHandlers = Closable & {
  /** Resolves with the port, which is this one or the next that is free. Once, first. */
  readonly open: (port: number, routes: readonly Route[]) => Promise<number>;
  readonly setRoutes: (routes: readonly Route[]) => void;
  /** Whether somebody watches a recording; nobody does at first. */
  readonly watch: (watched: boolean) => void;
  readonly openTunnels: (session: string, hosts: readonly ReadHost[]) => Promise<OpenedTunnels>;
  /** Ends what a session has under way; its last events are on their way when this resolves. See ProxyListener. */
  readonly endSession: (session: string) => Promise<readonly (readonly [host: string, connections: number])[]>;
};

/** What the thread asks of the program. */
export type RecordingHandlers = {
  /** Resolves when the batch has been worked off far enough that more can come. */
  readonly take: (batch: Batch<TapEvent>) => Promise<void>;
};

export function serveProxy(port: ChannelPort & { close(): void }): void {
  let listener: ProxyListener | undefined;
  void new Channel<RecordingHandlers>(port, (program): ProxyThreadHandlers => {
    const tap = new TapSender((batch) => program.request('take', [batch], { transfer: [batch.bytes.buffer] }));
    return {
      async open(wanted, routes) {
        listener = await ProxyListener.open({ tap, port: wanted });
        listener.setRoutes(routes);
        return listener.port;
      },
      watch: (watched) => tap.watch(watched),
      setRoutes: (routes) => listener?.setRoutes(routes),
      openTunnels: (session, hosts) => {
        if (!listener) throw new Error('The capture proxy does not listen.');
        return listener.openTunnels(session, hosts);
      },
      async endSession(session) {
        const distrusted = await listener?.endSession(session);
        await tap.flushed();
        return distrusted ?? [];
      },
      close: async () => {
        await listener?.close();
        await tap.flushed();
        port.close();
      },
    };
  });
}
