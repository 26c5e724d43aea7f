/** Whether a trace that is opened runs, is read back, or is all there: what every pane says of what is missing follows from it. */
import { describe, expect, it, vi } from 'vitest';
import { setClient, type Client } from '../../../src/renderer/client/client.ts';
import type { TraceItem } from '../../../src/shared/model/items.ts';
import type { TraceDetail } from '../../../src/shared/model/trace.ts';
import { traceId } from '../../../src/shared/model/ids.ts';

// Frames of the screen are asked of the document as the module is loaded; here there are none.
vi.stubGlobal('document', { addEventListener() {} });
const screen: (() => void)[] = [];
vi.stubGlobal('requestAnimationFrame', (frame: () => void) => screen.push(frame));
const { TraceSession } = await import('../../../src/renderer/stores/trace.ts');

const ID = traceId('t');
const RUNNING = { id: ID } as TraceDetail;
const STORED = { id: ID, ending: { state: 'complete' }, metrics: { totalNs: 5 } } as unknown as TraceDetail;
const HEAD = { k: 'head', tNs: 1, head: { status: 200 } } as TraceItem;
const EVENT: TraceItem = {
  k: 'event',
  event: { index: 0, start: 0, end: 1, read: 0, tNs: 2, kind: 'text', type: 'delta', preview: 'a', chars: 1 },
};
const ENDING = { k: 'ending', tNs: 5, ending: STORED.ending } as TraceItem;

/** A session over a program that knows the trace as `detail`, and how its items are given to it. */
function opened(detail: TraceDetail, stored?: TraceDetail) {
  let give: (items: readonly TraceItem[]) => void = () => {};
  const answered = Promise.resolve(detail);
  setClient({
    subscribe: (_name: string, _params: unknown, { items }: { readonly items: typeof give }) => (
      (give = items),
      () => {}
    ),
    call: () => answered,
  } as unknown as Client);
  const session = new TraceSession(ID, { stored });
  session.watch();
  const take = (item: TraceItem): void => give([item]);
  return { session, answered, take, end: () => take(ENDING), phase: () => session.store.getState().phase };
}

describe('a trace that is opened', () => {
  it('is read back where it is known to be over, with what is stored of it until all of it is there', () => {
    const { session, end, phase } = opened(STORED, STORED);
    expect([phase(), session.goesOn, session.stored]).toEqual(['loading', false, STORED]);
    end();
    expect([phase(), session.stored]).toEqual(['ended', undefined]);
  });

  it('gives its comparison up when it is left, which is no failure', async () => {
    const { session, end } = opened(STORED, STORED);
    end();
    let given: AbortSignal | undefined;
    setClient({
      call: (_name: string, _params: unknown, signal: AbortSignal) =>
        new Promise((_resolve, reject) => {
          given = signal;
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    } as unknown as Client);
    const comparing = session.loadCompare();
    expect(given?.aborted).toBe(false);
    session.close();
    expect(given?.aborted).toBe(true);
    await expect(comparing).resolves.toBeUndefined();
    expect(session.store.getState().compare).toBeNull();
  });

  it('runs before anything has come of it', async () => {
    const { session, answered, end, phase } = opened(RUNNING);
    await answered;
    expect([phase(), session.goesOn, session.stored]).toEqual(['live', true, undefined]);
    end();
    expect([phase(), session.goesOn]).toEqual(['ended', false]);
  });

  it('is read back as soon as the program says that it is over, where the list has not told', async () => {
    const { session, answered, phase } = opened(STORED);
    await answered;
    expect([phase(), session.stored]).toEqual(['loading', STORED]);
  });

  it('is drawn with the next frame once its first event is there, and now and then from there on', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { session, take } = opened(STORED, STORED);
    const drawn: number[] = [];
    session.onDraw(() => drawn.push(session.model.events.length));
    const frame = (): void => {
      for (const asked of screen.splice(0)) asked();
    };
    take(HEAD);
    frame();
    take(EVENT);
    frame();
    expect(drawn).toEqual([0, 1]);
    take(EVENT);
    frame();
    expect(drawn).toEqual([0, 1]);
    vi.advanceTimersByTime(250);
    frame();
    expect(drawn).toEqual([0, 1, 2]);
    session.close();
    vi.useRealTimers();
  });
});
