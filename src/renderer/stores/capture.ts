/** Where the capture proxy listens and what it forwards to, as the program says it now. */
import { create } from 'zustand';
import type { CaptureInfo } from '../../shared/rpc/contract.ts';
import { client } from '../client/client.ts';
import { useApp } from './app.ts';

/** Null until it is known. */
export const useCapture = create<{ readonly info: CaptureInfo | null }>()(() => ({ info: null }));

async function load(): Promise<void> {
  useCapture.setState({ info: await client().call('capture.info', {}) });
}

/** Follows it: routes are the endpoints, so they change with them. Called once. */
export function watchCapture(): void {
  useApp.subscribe(({ connection, endpoints }, before) => {
    if (connection === 'open' && (before.connection !== 'open' || endpoints !== before.endpoints))
      load().catch((error: unknown) => reportError(error));
  });
}
