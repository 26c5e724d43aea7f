/** What is done to runs of the list, one or thousands. What comes of it is told to the list as any change is. */
import type { TraceId } from '../../shared/model/ids.ts';
import type { TraceRow } from '../../shared/model/trace.ts';
import { counted } from '../../shared/text/count.ts';
import { client } from '../client/client.ts';
import { announce } from './announce.ts';
import { selectTrace, useApp } from './app.ts';
import { successorOf } from './listing.ts';
import { inPieces } from './long-work.ts';
import { addRows, heirs, useRuns } from './runs.ts';
import { toast, toastError } from './toasts.ts';

export async function renameTrace(id: TraceId, title: string): Promise<void> {
  try {
    addRows([await client().call('traces.rename', { id, title })]);
  } catch (error) {
    toastError('The run could not be renamed', error);
  }
}

/** Stars them all where one has no star, else takes all their stars. */
export async function starTraces(ids: readonly TraceId[]): Promise<void> {
  const { rows } = useRuns.getState();
  const starred = ids.some((id) => rows.get(id)?.starred === false);
  const { ids: done, error } = await inPieces(ids, starred ? 'Starring' : 'Taking the stars of', async (some) => {
    await client().call('traces.star', { ids: some, starred });
    // The change comes as any other, but later than this answer, and who presses again means what was told.
    addRows(rowsOf(some).map((row) => ({ ...row, starred })));
  });
  if (error === undefined) announce(`${counted(done.length, 'run')} ${starred ? 'starred' : 'without a star'}`);
  else toastError(`${ids.length === 1 ? 'The star' : 'The stars'} could not be saved`, error);
}

function rowsOf(ids: readonly TraceId[]): readonly TraceRow[] {
  const { rows } = useRuns.getState();
  return ids.flatMap((id) => rows.get(id) ?? []);
}

export async function tagTraces(
  ids: readonly TraceId[],
  change: { readonly add?: string[]; readonly remove?: string[] },
): Promise<void> {
  const { error } = await inPieces(ids, 'Tagging', (some) => client().call('traces.tag', { ids: some, ...change }));
  if (error !== undefined) toastError('The tags could not be changed', error);
}

/** Deletes traces, with a way back; the one below in what is `listed`, as it stands there, takes over the selection. */
export async function deleteTraces(ids: readonly TraceId[], listed: readonly TraceId[]): Promise<void> {
  const { rows } = useRuns.getState();
  const { selected: last } = useApp.getState();
  const heir = last === null ? null : successorOf(listed, last, new Set(ids));
  for (const id of ids) heirs.set(id, heir);
  const { ids: deleted, error } = await inPieces(ids, 'Deleting', async (some) => {
    await client().call('traces.delete', { ids: some });
    const { selected } = useApp.getState();
    // Another run may have been chosen meanwhile, which stays unless it goes as well.
    if (selected !== null && some.includes(selected)) selectTrace(heir);
  });
  for (const id of ids) heirs.delete(id);
  if (error !== undefined) toastError(`${ids.length === 1 ? 'The run' : 'The runs'} could not be deleted`, error);
  if (deleted.length === 0) return;
  const first = rows.get(deleted[0]!);
  const what = deleted.length === 1 && first ? `“${first.title}” deleted` : `${counted(deleted.length, 'run')} deleted`;
  toast(what, { label: 'Undo', undoes: true, run: () => void restore(deleted) });
}

async function restore(ids: readonly TraceId[]): Promise<void> {
  const { ids: back, error } = await inPieces(ids, 'Restoring', async (some) => {
    await client().call('traces.restore', { ids: some });
    // What is chosen while the others come back stays chosen.
    if (some[0] === ids[0]) selectTrace(some[0]!);
  });
  if (error !== undefined) toastError(`${ids.length === 1 ? 'The run' : 'The runs'} could not be restored`, error);
  if (back.length > 0) announce(`${counted(back.length, 'run')} restored`);
}

export async function stopTrace(id: TraceId): Promise<void> {
  try {
    await client().call('runs.cancel', { id });
  } catch (error) {
    toastError('The run could not be stopped', error);
  }
}
