import { describe, expect, it } from 'vitest';
import { LiveClock } from '../../../src/renderer/stores/live-clock.ts';

const MS = 1e6;

function clockAt(ms: number) {
  const time = { ms };
  return { time, clock: new LiveClock(() => time.ms) };
}

describe('the clock of a live stream', () => {
  it('goes on from when the request was sent, though nothing comes', () => {
    const { time, clock } = clockAt(5_000);
    expect(clock.nowNs).toBe(0);
    clock.sent(200);
    expect(clock.nowNs).toBe(200 * MS);
    time.ms += 9_000;
    expect(clock.nowNs).toBe(9_200 * MS);
  });
  it('is never before an item that has come', () => {
    const { time, clock } = clockAt(5_000);
    clock.sent(100);
    clock.heard(350 * MS);
    expect(clock.nowNs).toBe(350 * MS);
    time.ms += 50;
    expect(clock.nowNs).toBe(400 * MS);
  });
  it('is not set back by an item that came late, or with all that came before', () => {
    const { clock } = clockAt(5_000);
    clock.sent(2_000);
    clock.heard(10 * MS);
    clock.heard(1_500 * MS);
    expect(clock.nowNs).toBe(2_000 * MS);
  });
  it('takes a clock of the program that is ahead for no time at all', () => {
    const { clock } = clockAt(5_000);
    clock.sent(-300);
    expect(clock.nowNs).toBe(0);
    clock.heard(40 * MS);
    expect(clock.nowNs).toBe(40 * MS);
  });
});
