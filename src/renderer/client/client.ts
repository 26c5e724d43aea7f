/** The window's one client: what it asks of the program, over whatever port the host gave. */
import type { Client } from '../../shared/rpc/client.ts';

export type { Client, ConnectionStatus } from '../../shared/rpc/client.ts';

let current: Client | undefined;

/** The window's one client. */
export function client(): Client {
  if (!current) throw new Error('The client is used before it was set.');
  return current;
}

export function setClient(value: Client): void {
  current = value;
}
