/** D13: what is said of a machine that slept, and what the clock on the wall does not change. */
import { expect, test } from 'vitest';
import { Standstill } from '../../../src/main/core/recording/standstill.ts';

const HOUR = 3_600_000;

function watching(bytes = () => 1234) {
  const now = { running: 0, up: 50_000 };
  const standstill = new Standstill(bytes, { running: () => now.running, up: () => now.up });
  const pass = (running: number, up: number): void => {
    now.running += running;
    now.up += up;
    standstill.look();
  };
  return { standstill, pass };
}

test('D13 a sleep that the clock of durations does not count is noted with its length and place', () => {
  const { standstill, pass } = watching();
  pass(1_000, 1_000);
  pass(1_000, 8 * HOUR + 1_000);
  pass(1_000, 1_000);
  expect(standstill.end()).toBe(
    ' This machine was suspended, or this program stopped, for 8 hours after byte 1234: what came then has the time of the waking.',
  );
});
test('D13 one that it counts is noted as well, and counted once', () => {
  const { standstill, pass } = watching();
  pass(8 * HOUR + 1_000, 8 * HOUR + 1_000);
  expect(standstill.end()).toMatch(/^ This machine was suspended, or this program stopped, for 8 hours [^.]*\.$/);
});
test('D13 a busy machine is not noted', () => {
  const { standstill, pass } = watching();
  for (let n = 0; n < 100; n++) pass(5_900, 5_900);
  expect(standstill.end()).toBe('');
});
test('D13 of many, the longest are noted, and how many more there were', () => {
  const { standstill, pass } = watching();
  for (let n = 1; n <= 10; n++) pass(1_000, n * 60_000 + 1_000);
  expect(standstill.end()).toMatch(/10 minutes.*9 minutes.*8 minutes.* So it was 7 more times\.$/);
});
