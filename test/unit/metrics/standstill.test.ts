/** D13: what is said of a machine that slept or a program that was stopped, and what the clock on the wall does not change. */
import { expect, test } from 'vitest';
import { Standstill } from '../../../src/main/core/recording/standstill.ts';

const HOUR = 3_600_000;
const LOOK = 250;

function watching() {
  const now = { running: 0, up: 50_000, computed: 0 };
  const standstill = new Standstill({ running: () => now.running, up: () => now.up, computed: () => now.computed });
  standstill.came(0, 0, 1234);
  const pass = (running: number, up: number, computed = 0): void => {
    now.running += running;
    now.up += up;
    now.computed += computed;
    standstill.look();
  };
  return { standstill, pass };
}

test('D13 a sleep that the clock of durations does not count is noted with its length and place', () => {
  const { standstill, pass } = watching();
  pass(LOOK, LOOK);
  pass(LOOK, 8 * HOUR + LOOK);
  standstill.came(3_000 * 1e6, 1234, 5678);
  pass(LOOK, LOOK);
  expect(standstill.end()).toBe(
    ' This machine was suspended, or this program stopped, for 8 hours after byte 1234: what came then has the time of the waking.',
  );
});
test('D13 one that it counts is noted as well, and counted once', () => {
  const { standstill, pass } = watching();
  pass(8 * HOUR + LOOK, 8 * HOUR + LOOK);
  expect(standstill.end()).toMatch(/^ This machine was suspended, or this program stopped, for 8 hours [^.]*\.$/);
});
test('D13 its place is before what came after it, also where that is here when it is noticed', () => {
  const { standstill, pass } = watching();
  // A silence of the provider before it, which is as long.
  standstill.came(4_000 * 1e6, 1234, 2_000);
  pass(LOOK, LOOK);
  standstill.came(4_100 * 1e6, 2_000, 2_500);
  standstill.came(8_100 * 1e6, 2_500, 9_000);
  pass(4_000, 4_000);
  expect(standstill.end()).toContain(' for 4 seconds after byte 2500: ');
});
test('D13 its place is the same where a busy machine notices it late, whether what came after it is here by then or not', () => {
  for (const isHere of [true, false]) {
    const { standstill, pass } = watching();
    pass(LOOK, LOOK);
    if (isHere) standstill.came(3_050 * 1e6, 1234, 2_000);
    // Noticed a second after the waking.
    pass(4_250, 4_250);
    if (!isHere) standstill.came(3_050 * 1e6, 1234, 2_000);
    standstill.came(9_000 * 1e6, 2_000, 3_000);
    expect(standstill.end()).toContain(' for 4 seconds after byte 1234: ');
  }
});
test('D13 its place is before what came long after it', () => {
  const { standstill, pass } = watching();
  pass(4_000, 4_000);
  pass(LOOK, LOOK);
  standstill.came(9_000 * 1e6, 1234, 2_000);
  standstill.came(19_000 * 1e6, 2_000, 3_000);
  expect(standstill.end()).toContain(' for 4 seconds after byte 1234: ');
});
test('D13 a busy machine, and a program that computes for long, are not noted', () => {
  const { standstill, pass } = watching();
  for (let n = 0; n < 100; n++) pass(2_000, 2_000);
  for (let n = 0; n < 100; n++) pass(12_000, 12_000, 11_000);
  expect(standstill.end()).toBe('');
});
test('D13 of many, the longest are noted, and how many more there were', () => {
  const { standstill, pass } = watching();
  for (let n = 1; n <= 10; n++) pass(LOOK, n * 60_000 + LOOK);
  expect(standstill.end()).toMatch(/10 minutes.*9 minutes.*8 minutes.* So it was 7 more times\.$/);
});
