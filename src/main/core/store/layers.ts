/**
 * Queries on two databases: one in memory, where this run of the program records, and under it a file that can be read but not
 * written.
 */
import type { Connection } from './connection.ts';
import { orFound } from './lookup.ts';
import type { Query } from './ops/operation.ts';

type AnyQuery = Query<readonly unknown[], readonly unknown[], unknown, unknown>;

/** What a query gives over both; `stored` is undefined where there is no file under it. */
export function layeredQuery(
  { run, layered }: Pick<AnyQuery, 'run' | 'layered'>,
  params: readonly unknown[],
  own: Connection,
  stored: Connection | undefined,
): unknown {
  if (!stored) return run(own, ...params);
  const above = (...args: readonly unknown[]): unknown => run(own, ...args);
  const under = (...args: readonly unknown[]): unknown => run(stored, ...args);
  return layered
    ? layered(above, under, ...params)
    : orFound(
        () => above(...params),
        () => under(...params),
      );
}
