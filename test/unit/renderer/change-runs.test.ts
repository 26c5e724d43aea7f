/** What is done to more runs than one request takes. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setClient, type Client } from '../../../src/renderer/client/client.ts';
import { selectTrace, useApp } from '../../../src/renderer/stores/app.ts';
import { deleteTraces, starTraces } from '../../../src/renderer/stores/change-runs.ts';
import { addRows } from '../../../src/renderer/stores/runs.ts';
import { useToasts } from '../../../src/renderer/stores/toasts.ts';
import { traceId, type TraceId } from '../../../src/shared/model/ids.ts';
import type { TraceRow } from '../../../src/shared/model/trace.ts';

/** The newest first, as the list has them. */
const LISTED = Array.from({ length: 700 }, (_, at) => traceId(`run-${at}`));
const DELETED = LISTED.slice(0, 600);

interface Request {
  readonly name: string;
  readonly ids: readonly TraceId[];
  readonly starred: boolean | undefined;
  readonly answer: () => void;
  readonly refuse: (why: string) => void;
}
let requests: Request[];

beforeEach(() => {
  requests = [];
  const call = (name: string, { ids, starred }: { ids: readonly TraceId[]; starred?: boolean }) =>
    new Promise<void>((resolve, reject) => {
      requests.push({ name, ids, starred, answer: resolve, refuse: (why) => reject(new Error(why)) });
    });
  setClient({ call } as unknown as Client);
});
afterEach(() => useToasts.setState({ toasts: [] }));

const said = (): readonly string[] => useToasts.getState().toasts.map(({ text }) => text);
const press = (label: string): void =>
  useToasts
    .getState()
    .toasts.find(({ action }) => action?.label === label)!
    .action!.run();
const nth = async (n: number): Promise<Request> => {
  await expect.poll(() => requests.length).toBe(n);
  return requests[n - 1]!;
};

test('work that takes long says how far it is even before its first piece is done, and is stopped between two pieces', async () => {
  const done = starTraces(DELETED);
  const first = await nth(1);
  await expect.poll(said).toEqual(['Taking the stars of runs: 0 of 600']);
  first.answer();
  const second = await nth(2);
  expect(said()).toEqual(['Taking the stars of runs: 250 of 600']);
  press('Stop');
  second.answer();
  await done;
  expect(requests.map(({ ids }) => ids.length)).toEqual([250, 250]);
  expect(said()).toEqual([]);
});

test('what is one request says of how many runs it is, and nothing that nobody can stop offers to', async () => {
  const actions = () => useToasts.getState().toasts.map(({ action }) => action?.label);
  const one = deleteTraces([LISTED[650]!], LISTED);
  await expect.poll(said).toEqual(['Deleting 1 run']);
  expect(actions()).toEqual([undefined]);
  (await nth(1)).answer();
  await one;
  expect([said(), actions()]).toEqual([['1 run deleted'], ['Undo']]);
  useToasts.setState({ toasts: [] });

  const some = starTraces(LISTED.slice(0, 251));
  const first = await nth(2);
  await expect.poll(said).toEqual(['Taking the stars of runs: 0 of 251']);
  expect(actions()).toEqual(['Stop']);
  first.answer();
  const last = await nth(3);
  expect([said(), actions()]).toEqual([['Taking the stars of runs: 250 of 251'], [undefined]]);
  last.answer();
  await some;
  expect(said()).toEqual([]);
});

test('who presses again once a star was told takes it away, also before the change has come', async () => {
  const [id] = LISTED as [TraceId];
  addRows([{ id, nr: 1, starred: false, ending: {} } as TraceRow]);
  const done = starTraces([id]);
  (await nth(1)).answer();
  await done;
  const again = starTraces([id]);
  const second = await nth(2);
  expect(second.starred).toBe(false);
  second.answer();
  await again;
});

test('what is deleted before it fails comes back, in pieces', async () => {
  selectTrace(LISTED[0]!);
  const done = deleteTraces(DELETED, LISTED);
  (await nth(1)).answer();
  (await nth(2)).refuse('the disk is full');
  await done;
  expect(said()).toEqual(['The runs could not be deleted: the disk is full', '250 runs deleted']);
  press('Undo');
  const restored = await nth(3);
  expect([restored.name, restored.ids]).toEqual(['traces.restore', DELETED.slice(0, 250)]);
  restored.answer();
  await expect.poll(() => useApp.getState().selected).toBe(LISTED[0]);
});

test('the run below all that are deleted is selected with the first piece, and what is chosen meanwhile stays', async () => {
  selectTrace(LISTED[0]!);
  const done = deleteTraces(DELETED, LISTED);
  (await nth(1)).answer();
  await nth(2);
  expect(useApp.getState().selected).toBe(LISTED[600]);
  // One that is still to go, and then one that stays.
  selectTrace(LISTED[550]!);
  requests[1]!.answer();
  (await nth(3)).answer();
  await done;
  expect(useApp.getState().selected).toBe(LISTED[600]);

  selectTrace(LISTED[0]!);
  const again = deleteTraces(DELETED, LISTED);
  (await nth(4)).answer();
  await nth(5);
  selectTrace(LISTED[650]!);
  requests[4]!.answer();
  (await nth(6)).answer();
  await again;
  expect(useApp.getState().selected).toBe(LISTED[650]);
});
