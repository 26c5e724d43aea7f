/** Runs that nobody watches: the program is woken seldom for them, and nothing that it is trusted with suffers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ExchangeThread } from '../../src/main/core/capture/exchange-thread.ts';
import { openReadOnly } from '../../src/main/core/store/read-only.ts';
import { traceId, type TraceId } from '../../src/shared/model/ids.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { requestFor, TestRuns, useRuns, withServer } from '../support/runs.ts';

const fixture = useRuns();
const event = (content: string): string => `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`;
const DONE = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

/** Runs of the fixture that count the batches of bytes in which the thread of exchanges tells of them, and know what it was told of watchers. */
function observedRuns() {
  const seen = { batches: 0, watched: [] as boolean[] };
  const send: ExchangeThread['send'] = (request, listener) => {
    const exchange = fixture.exchanges.send(request, {
      head: (...args) => listener.head(...args),
      piece: (...args) => listener.piece(...args),
      end: (...args) => listener.end(...args),
      room: () => {
        seen.batches++;
        return listener.room();
      },
    });
    return {
      get phase() {
        return exchange.phase;
      },
      target: exchange.target,
      stop: (end) => exchange.stop(end),
      caughtUp: () => exchange.caughtUp(),
      watch: (watched) => {
        seen.watched.push(watched);
        exchange.watch(watched);
      },
    };
  };
  const runs = new TestRuns(
    { store: fixture.store, exchanges: { send }, endpoints: fixture.endpoints },
    fixture.thread,
  );
  return { runs, seen };
}

async function start(runs: TestRuns, baseUrl: string): Promise<TraceId> {
  const api = 'chat_completions';
  const request = requestFor('plain-text', api);
  const endpoint = await fixture.endpoint(baseUrl);
  return (await runs.start({ endpoint, api, request, options: DEFAULT_OPTIONS, source: 'run' })).id;
}

test('is told of in a few batches, with the time of each read and all of its bytes', async () => {
  const events = Array.from({ length: 200 }, (_, n) => event(String(n)));
  const serve = (_: unknown, response: ServerResponse): void => {
    let n = 0;
    const timer = setInterval(() => {
      const next = events[n++];
      if (next !== undefined) return response.write(next);
      clearInterval(timer);
      return response.end(DONE);
    }, 2);
  };
  await withServer(serve, async ({ baseUrl }) => {
    const { runs, seen } = observedRuns();
    const id = await start(runs, baseUrl);
    await runs.recordings.settled(id);
    const reads = await fixture.reads(id);
    expect(Buffer.concat(reads.map(({ bytes }) => bytes)).toString()).toBe(events.join('') + DONE);
    const { metrics, ending } = await fixture.store.get(id);
    expect(ending?.state).toBe('complete');
    // One with the head, one at the end, and in between as many as the time of the answer has room for.
    expect(seen.batches).toBeLessThanOrEqual(2 + metrics.totalNs! / 100e6);
    expect(new Set(reads.map(({ tNs }) => tNs)).size).toBeGreaterThan(seen.batches);
    expect(seen.watched).toEqual([]);
  });
});

test.each([
  ['what is recorded', false],
  ['its bytes, decoded anew', true],
])('the thread of exchanges knows while somebody watches %s', async (_what, anew) => {
  const answer = Promise.withResolvers<ServerResponse>();
  await withServer(
    (_, response) => {
      response.write(event('a'));
      answer.resolve(response);
    },
    async ({ baseUrl }) => {
      const { runs, seen } = observedRuns();
      const recording = runs.recordings.get(await start(runs, baseUrl))!;
      const watcher = new AbortController();
      const { signal } = watcher;
      const watching = (async () => {
        for await (const _ of anew ? recording.inputs(signal) : recording.items.watch(0, signal)) continue;
      })();
      await expect.poll(() => seen.watched).toEqual([true]);
      watcher.abort();
      await watching;
      expect(seen.watched).toEqual([true, false]);
      (await answer.promise).end(DONE);
      await recording.finished;
    },
  );
});

describe('G1 a program that is killed', () => {
  const CHILD = fileURLToPath(new URL('../fixtures/recording-child.ts', import.meta.url));

  test('has what came before, though nobody watched and nothing had ended', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'tracelane-unwatched-'));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const answer = Promise.withResolvers<ServerResponse>();
    await withServer(
      (_, response) => answer.resolve(response),
      async ({ baseUrl }) => {
        const child = spawn(process.execPath, [CHILD, dataDir, baseUrl], { stdio: ['ignore', 'pipe', 'inherit'] });
        onTestFinished(() => void child.kill('SIGKILL'));
        const [id] = (await once(child.stdout, 'data')) as [Buffer];
        const text = (): string => {
          const reader = openReadOnly(dataDir);
          const reads = reader.reads(traceId(id.toString().trim()), 0, Number.MAX_SAFE_INTEGER);
          reader.close();
          return Buffer.concat(reads.map(({ bytes }) => bytes)).toString();
        };
        const response = await answer.promise;
        let sent = '';
        for (let n = 0; n < 5; n++) {
          sent += event(String(n));
          response.write(event(String(n)));
          await expect.poll(text, { timeout: 20_000 }).toBe(sent);
        }
        response.write(event('last'));
        child.kill('SIGKILL');
        await once(child, 'exit');
        expect([sent, sent + event('last')]).toContain(text());
      },
    );
  });
});
