/** Marks the runs from the chosen one to another, loaded or not, of whatever the list shows. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { TraceRow } from '../../../shared/model/trace.ts';
import { count } from '../../components/format.ts';
import { pickTraces, useApp } from '../../stores/app.ts';
import { endOfGroups, groupedRowsBetween } from '../../stores/grouped-runs.ts';
import { endOfList, rowsBetween } from '../../stores/rows-between.ts';
import { addRows } from '../../stores/runs.ts';
import { toast, toastError } from '../../stores/toasts.ts';

/** As many as one file takes. */
const MOST_MARKED = 10_000;

/** What the list shows. */
export interface Shown {
  readonly grouped: boolean;
  /** Undefined: all runs. */
  readonly filter: string | undefined;
}

export async function markTo(from: TraceRow, to: TraceRow, { grouped, filter }: Shown): Promise<void> {
  try {
    const between = grouped
      ? await groupedRowsBetween(from, to, MOST_MARKED)
      : await rowsBetween(from, to, { filter, most: MOST_MARKED });
    // What is done to them asks for their stars and tags.
    if (between.rows) addRows(between.rows);
    // Another run was chosen meanwhile.
    if (useApp.getState().selected === from.id) markRange(between.count, between.rows?.map(({ id }) => id) ?? null);
  } catch (error) {
    toastError('The runs between these two could not be read', error);
  }
}

export async function markToEnd(from: TraceRow, end: 'first' | 'last', shown: Shown): Promise<void> {
  try {
    const to = shown.grouped
      ? await endOfGroups(end)
      : await endOfList(end === 'first' ? 'newest' : 'oldest', shown.filter);
    if (to) await markTo(from, to, shown);
  } catch (error) {
    toastError('The end of the list could not be read', error);
  }
}

/** `ids`: null where they are too many, or were not read. */
export function markRange(between: number, ids: readonly TraceId[] | null): void {
  if (between > MOST_MARKED)
    toast(`${count(between)} runs are too many to mark at once. Choose a range of at most ${count(MOST_MARKED)}.`);
  else if (ids) pickTraces(ids);
}
