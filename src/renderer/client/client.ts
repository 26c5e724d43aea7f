/** What the window asks of the program: calls and streams of the contract, over whatever port the host gave. */
import type { ItemOf, MethodName, ParamsOf, ResultOf, StreamName } from '../../shared/rpc/contract.ts';

export interface StreamHandlers<Item> {
  /** In order, none twice, none left out; over a lost connection the stream goes on where it stood. */
  items(batch: readonly Item[]): void;
  end?(): void;
  error?(error: Error): void;
}

export type ConnectionStatus = 'connecting' | 'open' | 'lost';

export interface Client {
  call<Name extends MethodName>(name: Name, params: ParamsOf<Name>): Promise<ResultOf<Name>>;
  /** Returns what ends it. */
  subscribe<Name extends StreamName>(name: Name, params: ParamsOf<Name>, handlers: StreamHandlers<ItemOf<Name>>): () => void;
  onStatus(listener: (status: ConnectionStatus) => void): () => void;
}

let current: Client | undefined;

/** The window's one client. */
export function client(): Client {
  if (!current) throw new Error('The client is used before it was set.');
  return current;
}

export function setClient(value: Client): void {
  current = value;
}
