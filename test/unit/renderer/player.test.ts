/** What the playhead holds: where it stands after anything that is done with it, and which items that shows. */
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { Player, SPEEDS } from '../../../src/renderer/stores/player.ts';
import { TraceModel } from '../../../src/renderer/stores/trace-model.ts';
import { silencesOf } from '../../../src/shared/metrics/silence.ts';
import { itemsOf } from '../../support/items.ts';
import { wireFixtures } from '../../support/fixtures.ts';
import { readsOf } from '../../support/framing.ts';
import { liveItems, memoryTrace } from '../../support/trace-source.ts';

const MS = 1e6;
const ALL = Number.POSITIVE_INFINITY;

/** A read every 50 ms, with an event or more each. */
function stream(size: number, timeOf = (n: number) => (n + 1) * 50 * MS) {
  const { api, bytes } = wireFixtures()[0]!;
  const reads = readsOf(bytes, [size]).map((read, n) => ({ ...read, tNs: timeOf(n) }));
  const whole = new TraceModel({ seekable: true });
  whole.apply(liveItems(memoryTrace(api, reads, { afterNs: 50 * MS })));
  return whole;
}

/** With a clock that is turned by hand. */
class Turned {
  readonly whole: TraceModel;
  readonly player: Player;
  now = 1_000_000 * MS;

  constructor(whole: TraceModel) {
    this.whole = whole;
    this.player = new Player({ whole, silences: silencesOf(whole.reads, whole.lastNs) });
  }

  play(): void {
    this.player.play(this.now);
  }

  turn(ms: number, frameMs = 16): void {
    for (let left = ms; left > 0; left -= frameMs) {
      this.now += Math.min(left, frameMs) * MS;
      this.player.moveOn(this.now, ALL);
    }
  }

  get reads(): number {
    return this.whole.asOf(this.player.count).reads.length;
  }
}

describe('a playhead', () => {
  const whole = stream(60);

  test('stands at the beginning, and moves only while it plays', () => {
    const one = new Turned(whole);
    one.turn(1_000);
    expect([one.player.positionNs, one.player.event, one.player.count]).toEqual([0, -1, 0]);
    one.play();
    one.turn(120);
    expect(one.player.positionNs).toBe(120 * MS);
    expect(one.reads).toBe(2);
    one.player.pause();
    one.turn(10_000);
    expect(one.player.positionNs).toBe(120 * MS);
    one.play();
    one.turn(29);
    expect(one.reads).toBe(2);
    one.turn(1);
    expect(one.reads).toBe(3);
    one.turn(whole.lastNs / MS);
    expect(one.player).toMatchObject({ playing: false, done: true, positionNs: whole.lastNs, count: whole.count });
  });

  test('shows an item when it is due, however often it is looked at, and says when the next is', () => {
    const one = new Turned(whole);
    one.play();
    one.turn(75, 7);
    expect(one.player.dueNs).toBeCloseTo(one.now + 25 * MS, -3);
    one.player.setSpeed(0.1, one.now);
    expect(one.player.positionNs).toBeCloseTo(75 * MS, -3);
    one.turn(249, 3);
    expect(one.reads).toBe(1);
    one.turn(2, 1);
    expect(one.reads).toBe(2);
    one.player.setSpeed(16, one.now);
    one.turn(100 / 16 + 0.1, 1);
    expect(one.reads).toBe(4);
  });

  test('steps by event and by read, both ways, also inside of a read', () => {
    const together = stream(400);
    const one = new Turned(together);
    const events = together.events.length;
    for (let event = 0; event < events; event++) {
      one.player.stepEvent(1);
      expect(one.player).toMatchObject({ playing: false, event, done: false });
      expect(together.asOf(one.player.count).events.length).toBe(event + 1);
    }
    one.player.stepEvent(1);
    expect(one.player).toMatchObject({ event: events - 1, done: true });
    for (let event = events - 2; event >= -1; event--) {
      one.player.stepEvent(-1);
      expect(one.player.event).toBe(event);
    }
    expect(one.player.count).toBe(0);
    const reads = together.reads.length;
    for (let read = 0; read < reads; read++) {
      one.player.stepRead(1);
      expect([one.player.positionNs, one.player.count]).toEqual([
        together.reads[read]!.tNs,
        together.countAt(together.reads[read]!.tNs),
      ]);
    }
    one.player.stepRead(1);
    expect(one.player.done).toBe(true);
    one.player.stepRead(-1);
    expect(one.player.positionNs).toBe(together.reads.at(-1)!.tNs);
    const shared = together.events.find(({ read, index }) => together.events[index + 1]?.read === read)!;
    one.player.seekEvent(shared.index);
    one.player.stepRead(-1);
    expect(one.player.positionNs).toBe(together.reads[shared.read - 1]?.tNs ?? 0);
  });

  test('plays again from the start once it is over', () => {
    const one = new Turned(whole);
    one.player.seekEvent(ALL);
    expect(one.player.done).toBe(true);
    one.play();
    one.turn(60);
    expect(one.player).toMatchObject({ playing: true, positionNs: 60 * MS });
  });

  test('skips silences up to what is left of them to be seen, and no other time', () => {
    const quiet = stream(60, (n) => (n + 1) * 50 * MS + (n >= 2 ? 5_000 * MS : 0));
    const one = new Turned(quiet);
    one.player.skipSilences(true);
    one.play();
    one.turn(190);
    expect(one.player.positionNs).toBeLessThan(200 * MS);
    one.turn(50);
    expect(one.player.positionNs).toBeGreaterThanOrEqual(5_000 * MS);
    expect(one.player.positionNs).toBeLessThan(5_150 * MS);
    one.turn(100);
    expect(one.reads).toBeGreaterThanOrEqual(3);
  });

  test('loops a range, at any speed', () => {
    for (const speed of [1, null]) {
      const one = new Turned(whole);
      one.player.setSpeed(speed, one.now);
      one.player.setLoop([100 * MS, 200 * MS]);
      one.player.seek(100 * MS);
      one.play();
      for (let turn = 0; turn < 50; turn++) {
        one.turn(13, 13);
        expect(one.player.playing).toBe(true);
        expect(one.player.positionNs).toBeGreaterThanOrEqual(100 * MS);
        expect(one.player.positionNs).toBeLessThan(200 * MS);
      }
    }
  });

  test('goes through a stream without times item by item', () => {
    const untimed = stream(60, () => 0);
    const model = new TraceModel({ seekable: true });
    model.apply(itemsOf([{ ms: 0 }, { ms: 0 }, { ms: 0 }]));
    const one = new Turned(model);
    one.play();
    one.player.moveOn(one.now, 2);
    expect([one.player.count, one.player.playing]).toEqual([2, true]);
    expect(untimed.countWith(1)).toBeGreaterThan(untimed.countWith(0));
  });

  test('shows what belongs to where it stands, whatever is done with it', () => {
    const action = fc.oneof(
      fc
        .constantFrom('play', 'pause', 'next', 'previous', 'nextRead', 'previousRead', 'skip')
        .map((what) => ({ what })),
      fc.constantFrom(...SPEEDS).map((speed) => ({ what: 'speed', speed })),
      fc.integer({ min: -50, max: 4_000 }).map((ms) => ({ what: 'seek', ms })),
      fc.integer({ min: 1, max: 400 }).map((ms) => ({ what: 'turn', ms })),
    );
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 900 }), fc.array(action, { maxLength: 25 }), (size, actions) => {
        const one = new Turned(stream(size));
        const { player, whole: all } = one;
        for (const { what, ...given } of actions) {
          if (what === 'play') one.play();
          else if (what === 'pause') player.pause();
          else if (what === 'next') player.stepEvent(1);
          else if (what === 'previous') player.stepEvent(-1);
          else if (what === 'nextRead') player.stepRead(1);
          else if (what === 'previousRead') player.stepRead(-1);
          else if (what === 'skip') player.skipSilences(true);
          else if ('speed' in given) player.setSpeed(given.speed ?? null, one.now);
          else if ('ms' in given && what === 'seek') player.seek(given.ms * MS);
          else if ('ms' in given) one.turn(given.ms);
          expect(player.positionNs).toBeGreaterThanOrEqual(0);
          expect(player.positionNs).toBeLessThanOrEqual(all.lastNs);
          // Nothing later than the playhead is shown, and all that is earlier is.
          expect(player.count).toBeLessThanOrEqual(all.countAt(player.positionNs));
          expect(player.count).toBeGreaterThanOrEqual(all.countAt(player.positionNs - 1));
          expect(all.asOf(player.count).events.length).toBe(player.event + 1);
        }
      }),
      { numRuns: 60 },
    );
  });
});
