/** Where stored traces are read from: the store, or a connection of the decode worker's own. */
import type { Store } from '../store/store.ts';

export type TraceSource = Pick<Store, 'get' | 'head' | 'reads' | 'bytes'>;
