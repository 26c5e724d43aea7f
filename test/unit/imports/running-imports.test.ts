/** An import that somebody watches and gives up: how far it is, and what of it stays. */
import { expect, test } from 'vitest';
import { recordHere } from '../../../src/main/core/decoding/record.ts';
import { importFile, type ImportSetup } from '../../../src/main/core/imports/import-service.ts';
import { RunningImports } from '../../../src/main/core/imports/running-imports.ts';
import { DEFAULT_OPTIONS } from '../../../src/shared/model/trace.ts';

const body = (id: string): string =>
  `data: {"id":"${id}","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`;

const archive = (ids: readonly string[]): string =>
  JSON.stringify({
    log: {
      version: '1.2',
      entries: ids.map((id) => ({
        startedDateTime: '2026-01-01T00:00:00.000Z',
        request: { method: 'POST', url: 'https://api.openai.com/v1/chat/completions', headers: [] },
        response: {
          status: 200,
          headers: [{ name: 'content-type', value: 'text/event-stream' }],
          content: { mimeType: 'text/event-stream', text: body(id) },
        },
      })),
    },
  });

/** A store that keeps the ids of the traces that it has whole. */
function storing(): { readonly store: ImportSetup['store']; readonly finished: string[] } {
  const finished: string[] = [];
  const store = {
    createTrace: () => Promise.resolve(),
    setHead: () => undefined,
    appendReads: () => undefined,
    flush: () => Promise.resolve(),
    finishTrace: (id: string) => (finished.push(id), Promise.resolve()),
    importedBefore: () => Promise.resolve(null),
  };
  return { store: store as unknown as ImportSetup['store'], finished };
}

const defaults = () => Promise.resolve({ options: DEFAULT_OPTIONS, lanes: null });

/** Imports three streams; `before` is waited for before each of them is decoded. */
async function threeImported(before: (nth: number, running: RunningImports) => Promise<void> | void) {
  const { store, finished } = storing();
  const running = new RunningImports();
  const watching = new AbortController();
  const shares: number[] = [];
  const watched = (async () => {
    for await (const batch of running.watch('t', watching.signal)) shares.push(...batch.map(({ share }) => share));
  })();
  let decoded = 0;
  const service = importFile({
    store,
    defaults,
    running,
    record: async (stream) => {
      await before(++decoded, running);
      return recordHere(stream);
    },
  });
  const outcome = await Promise.resolve(
    service({ name: 'three', text: archive(['a', 'b', 'c']), again: true, ticket: 't' }),
  ).catch((error: unknown) => error);
  watching.abort();
  await watched;
  return { outcome, finished, shares };
}

test('its share grows from stream to stream, up to the whole', async () => {
  const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));
  const { outcome, finished, shares } = await threeImported(turn);
  expect(outcome).toMatchObject({ traces: [{}, {}, {}] });
  expect(finished).toHaveLength(3);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.length).toBeGreaterThan(1);
  expect(shares.every((share) => share > 0 && share <= 1)).toBe(true);
});

test.each([
  [1, 'Nothing was imported.'],
  [2, '1 of 3 streams became a trace before that, and is kept.'],
  [3, '2 of 3 streams became traces before that, and are kept.'],
])('given up while stream %i is decoded it keeps those before, and says so', async (at, says) => {
  const { outcome, finished } = await threeImported((nth, running) => {
    if (nth === at) running.cancel('t');
  });
  expect(outcome).toMatchObject({ code: 'cancelled', message: `The import was cancelled. ${says}` });
  expect(finished).toHaveLength(at - 1);
});

test('a ticket that is over, or of nothing, cancels nothing', async () => {
  const running = new RunningImports();
  running.begin('t', { bytes: 1, streams: 1 });
  running.end('t');
  running.cancel('t');
  const again = running.begin('t', { bytes: 1, streams: 1 });
  expect(() => again.check()).not.toThrow();
});
