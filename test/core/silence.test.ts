/** How long a stream was silent is counted from when its reads came, whenever the program is told of them. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SilenceClock } from '../../src/main/core/runs/silence.ts';

const MS = 1e6;
const LIMIT_SECONDS = 1;

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** A clock that was told of the head as it came. Gives what it says, and when: in milliseconds since the request was sent. */
function started(caughtUp = true) {
  const said: { readonly silence: string; readonly ms: number }[] = [];
  const begun = performance.now();
  const now = { caughtUp };
  const clock = new SilenceClock({
    limitSeconds: LIMIT_SECONDS,
    headNs: 0,
    caughtUp: async () => now.caughtUp,
    tooLong: (silence) => said.push({ silence, ms: performance.now() - begun }),
  });
  return { clock, said, now, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

test.each([0, 100, 800])('D4 a read that is told %i ms after it came', async (lateMs) => {
  const { clock, said, pass } = started();
  await pass(100 + lateMs);
  clock.heard(100 * MS);
  clock.decoded(100 * MS, 100 * MS);
  await pass(5000);
  expect(said).toEqual([{ silence: 'byte', ms: 1100 }]);
});

test('D5 keep-alive does not count, whenever it is told', async () => {
  const { clock, said, pass } = started();
  await pass(100);
  clock.heard(100 * MS);
  clock.decoded(100 * MS, 100 * MS);
  await pass(500);
  clock.heard(400 * MS);
  clock.decoded(400 * MS, 100 * MS);
  await pass(5000);
  expect(said).toEqual([{ silence: 'content', ms: 1100 }]);
});

test('a head that was told late: the first read that was not shows by how much', async () => {
  const said: number[] = [];
  await vi.advanceTimersByTimeAsync(700);
  const begun = performance.now() - 700;
  const clock = new SilenceClock({
    limitSeconds: LIMIT_SECONDS,
    headNs: 100 * MS,
    caughtUp: async () => true,
    tooLong: () => said.push(performance.now() - begun),
  });
  clock.heard(700 * MS);
  clock.decoded(700 * MS, 700 * MS);
  await vi.advanceTimersByTimeAsync(5000);
  expect(said).toEqual([1700]);
});

test('nothing is said while something that came waits to be told, or to be decoded', async () => {
  const { clock, said, now, pass } = started(false);
  await pass(3000);
  now.caughtUp = true;
  clock.heard(2900 * MS);
  await pass(3000);
  expect(said).toEqual([]);
  clock.decoded(2900 * MS, null);
  await pass(1000);
  expect(said).toMatchObject([{ silence: 'content' }]);
});

test('keep-alive that never pauses: what is decoded is always behind what came, and says enough', async () => {
  const { clock, said, pass } = started();
  const [everyMs, behindMs] = [10, 500];
  for (let ms = everyMs; ms <= 3000; ms += everyMs) {
    await pass(everyMs);
    clock.heard(ms * MS);
    const decodedMs = Math.floor(ms / behindMs) * behindMs;
    if (decodedMs > 0) clock.decoded((decodedMs - everyMs) * MS, everyMs * MS);
  }
  expect(said).toMatchObject([{ silence: 'content' }]);
});

test('nor when the end is among what waited to be told', async () => {
  const said: string[] = [];
  const clock = new SilenceClock({
    limitSeconds: LIMIT_SECONDS,
    headNs: 0,
    caughtUp: async () => {
      clock.stop();
      return true;
    },
    tooLong: (silence) => said.push(silence),
  });
  await vi.advanceTimersByTimeAsync(5000);
  expect(said).toEqual([]);
});
