/** How much is kept, and which traces go to keep within limits. */
import type { Outdated, StoreSize } from '../../../../shared/rpc/contract.ts';
import { traceId, type TraceId } from '../../../../shared/model/ids.ts';
import type { Connection } from '../connection.ts';
import { query } from './operation.ts';

/** What of a StoreSize the database itself knows. */
type DatabaseSize = Pick<StoreSize, 'traces' | 'bytes' | 'leaving' | 'free'>;

const LISTED = `SELECT count(*) AS traces, ifnull(sum(size), 0) AS bytes
  FROM traces INDEXED BY traces_sizes WHERE deleted_at IS NULL`;
const LEAVING = 'SELECT count(*) AS leaving FROM traces WHERE deleted_at IS NOT NULL';
const FREE = 'SELECT freelist_count * page_size AS free FROM pragma_freelist_count, pragma_page_size';

export const size = query({
  run: (db: Connection): DatabaseSize =>
    db.snapshot(() => ({
      ...db.one<Pick<DatabaseSize, 'traces' | 'bytes'>>(LISTED)!,
      ...db.one<Pick<DatabaseSize, 'leaving'>>(LEAVING)!,
      ...db.one<Pick<DatabaseSize, 'free'>>(FREE)!,
    })),
  layered: (own, stored) => {
    const [above, under] = [own(), stored()];
    // Nothing leaves a file that is only read, and what is free in it serves nobody.
    return { traces: above.traces + under.traces, bytes: above.bytes + under.bytes, leaving: 0, free: 0 };
  },
});

export interface KeepingLimits {
  /** Traces that began before go, as long as one has begun since, milliseconds since 1970; null: however old, they stay. */
  readonly before: number | null;
  /** Beyond so many bytes of all traces the oldest go; null: however large. */
  readonly bytes: number | null;
}

/**
 * Traces that have ended and are beyond a limit, the oldest first. Of two traces the one that was begun first is older, whatever
 * the clock said; all that stay for another reason count for the size as well. Where no trace has begun within the limit of age, none
 * goes by it: the clock may be set wrong, or nothing was recorded for long.
 */
const BEYOND = `WITH kept AS (
    SELECT nr, started_at, ifnull(size, 0) AS size, starred = 1 OR tags IS NOT NULL AS spared,
      sum(iif(starred = 1 OR tags IS NOT NULL, 0, ifnull(size, 0))) OVER (ORDER BY nr) AS up_to
    FROM traces INDEXED BY traces_sizes WHERE deleted_at IS NULL AND state IS NOT NULL
  ), beyond AS (
    SELECT * FROM kept
    WHERE (ifnull(started_at < :before, 0)
        AND EXISTS (SELECT 1 FROM traces INDEXED BY traces_sizes WHERE deleted_at IS NULL AND started_at >= :before))
      OR ifnull(up_to - iif(spared, 0, size) < (SELECT sum(size) FROM traces INDEXED BY traces_sizes WHERE deleted_at IS NULL) - :bytes, 0)
  )`;
const COUNTED = `${BEYOND}
  SELECT count(*) FILTER (WHERE NOT spared) AS traces, ifnull(sum(size) FILTER (WHERE NOT spared), 0) AS bytes,
    min(started_at) FILTER (WHERE NOT spared) AS "from", max(started_at) FILTER (WHERE NOT spared) AS "to",
    count(*) FILTER (WHERE spared) AS spared
  FROM beyond`;
const GOING = `${BEYOND}
  SELECT t.id FROM beyond b JOIN traces t ON t.nr = b.nr WHERE NOT b.spared ORDER BY b.nr LIMIT :limit`;

/** What would go. */
export const outdated = query({
  run: (db: Connection, limits: KeepingLimits): Outdated => db.one<Outdated>(COUNTED, limits)!,
  // Nothing is deleted of a file that is only read.
  layered: (own, _stored, limits) => own(limits),
});

/** Those that go, the oldest first, at most `limit` of them. */
export const going = query({
  run: (db: Connection, limits: KeepingLimits, limit: number): readonly { readonly id: string }[] =>
    db.all<{ readonly id: string }>(GOING, { ...limits, limit }),
  layered: (own, _stored, limits, limit) => own(limits, limit),
  result: (rows): readonly TraceId[] => rows.map(({ id }) => traceId(id)),
});
