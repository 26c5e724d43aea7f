/** The contract from the side that keeps it: what the core gives and any host serves. */
import type { TraceItem } from '../model/items.ts';
import type { ItemBatch } from '../model/packed-items.ts';
import type { CheckedParamsOf, ItemOf, MethodName, ResultOf, StreamName } from './contract.ts';

/** `signal` aborts when whoever asked does not wait any more: what only reads, and takes long, then ends. */
export type MethodService<Name extends MethodName> = (
  params: CheckedParamsOf<Name>,
  signal?: AbortSignal,
) => ResultOf<Name> | Promise<ResultOf<Name>>;

/**
 * Gives its items in batches, none of them empty, on demand: the server asks for the next batch when the watcher has room
 * for it and the last one left long enough ago. A live source therefore gives all that has come since it was last asked,
 * so that a slow watcher gets larger batches and never a queue, and never slows what it watches. `signal` aborts when the
 * watcher has gone; the iteration then ends.
 */
export type StreamService<Name extends StreamName> = (
  params: CheckedParamsOf<Name>,
  signal: AbortSignal,
) => AsyncIterable<Batch<ItemOf<Name>>>;

/** Items, or parts of a list of them that are packed already and cross as they are. */
export type Batch<Item> = readonly Item[] | (Item extends TraceItem ? ItemBatch : never);

export type Services = { readonly [Name in MethodName]: MethodService<Name> } & {
  readonly [Name in StreamName]: StreamService<Name>;
};

/**
 * An error whose sentence is meant for the person: the fact, then the next step. It crosses to the window as it is; any
 * other error is a fault of ours, and is logged where it happened.
 */
export class ServiceError extends Error {
  readonly code: string;

  /** `code`: for programs, such as `not-found`. */
  constructor(code: string, message: string) {
    super(message);
    this.name = 'ServiceError';
    this.code = code;
  }
}
