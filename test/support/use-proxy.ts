/** A proxy and a server for each test of a file. */
import { afterEach } from 'vitest';
import { TestProxy } from './proxy.ts';
import { TcpServer } from './tcp-pair.ts';

/** A proxy with one route, `up`, to a server of plain TCP; both are new for each test. */
export function useProxy(): {
  open(basePath?: string): Promise<{ readonly proxy: TestProxy; readonly server: TcpServer }>;
} {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  return {
    async open(basePath = '') {
      const server = await TcpServer.open();
      const proxy = await TestProxy.open([{ name: 'up', baseUrl: server.url + basePath }]);
      open.push(proxy.listener, server);
      return { proxy, server };
    },
  };
}
