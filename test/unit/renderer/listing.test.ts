/** A list of which stretches are loaded: whatever comes and goes, no stretch has a hole, and everything can be come to. */
import fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { traceId } from '../../../src/shared/model/ids.ts';
import type { TraceRow } from '../../../src/shared/model/trace.ts';
import { withChanges } from '../../../src/renderer/stores/list-changes.ts';
import {
  EMPTY,
  isWhole,
  loadedIds,
  successorOf,
  wantedFor,
  withoutRow,
  withPage,
  withRow,
  withUnseen,
  type Listing,
  type Place,
  type Wanted,
} from '../../../src/renderer/stores/listing.ts';

const place = (nr: number): Place => ({ id: traceId(`t${nr}`), nr });
const PAGE = 6;

/** As the store answers. */
function page(all: readonly number[], wanted: Wanted | { readonly around: number }, limit = PAGE) {
  const index = (nr: number): number => all.filter((one) => one > nr).length;
  const last = Math.max(0, all.length - limit);
  const [at, end] =
    'after' in wanted
      ? [index(wanted.after - 1), index(wanted.after - 1) + limit]
      : 'before' in wanted
        ? [Math.max(0, index(wanted.before) - limit), index(wanted.before)]
        : [Math.max(0, Math.min('at' in wanted ? wanted.at : index(wanted.around) - limit / 2, last)), undefined];
  const rows = all.slice(at, end ?? at + limit).map(place);
  const near = {
    ...('after' in wanted && { behind: wanted.after }),
    ...('before' in wanted && { before: wanted.before }),
  };
  return { at, total: all.length, rows, ...near };
}

/** Each stretch is one of the list, and they are apart. */
function check(listing: Listing, all: readonly number[]): void {
  for (const { at, places } of listing.parts) {
    const from = places.length === 0 ? 0 : all.indexOf(places[0]!.nr);
    expect(places.map(({ nr }) => nr)).toEqual(all.slice(from, from + places.length));
    expect(at).toBe(from);
  }
  expect(listing.parts[0]!.at).toBe(0);
  expect(listing.total).toBe(all.length);
  const ids = loadedIds(listing);
  expect(new Set(ids).size).toBe(ids.length);
  if (isWhole(listing)) expect(ids).toHaveLength(all.length);
}

const TYPES = ['look', 'around', 'add', 'restore', 'remove'] as const;
const step = fc.record({ type: fc.constantFrom(...TYPES), at: fc.nat(60), rows: fc.integer({ min: 1, max: 9 }) });

test('stretches have no hole while runs come, go and come back, and what is looked at is loaded in a few pages', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.array(step, { maxLength: 25 }), (size, steps) => {
      // Every second number: those between were deleted, and may come back.
      let all = Array.from({ length: size }, (_, n) => 2 * (size - n));
      let next = 2 * size + 2;
      let listing = withPage(EMPTY, page(all, { at: 0 }));
      for (const one of steps) {
        if (one.type === 'add') {
          all = [next, ...all];
          listing = withRow(listing, place(next)) ?? listing;
          next += 2;
        } else if (one.type === 'remove') {
          const nr = all[one.at];
          if (nr === undefined) continue;
          all = all.filter((other) => other !== nr);
          listing = withoutRow(listing, place(nr));
        } else if (one.type === 'restore') {
          const nr = 2 * one.at + 1;
          if (all.includes(nr) || nr > (all[0] ?? 0)) continue;
          all = [...all, nr].toSorted((a, b) => b - a);
          listing = withRow(listing, place(nr)) ?? withUnseen(listing, place(nr), 1);
        } else if (one.type === 'around') {
          listing = withPage(listing, page(all, { around: all[one.at] ?? 0 }));
        } else {
          const [from, to] = [one.at, one.at + one.rows - 1];
          for (let asked = 0; ; asked++) {
            const wanted = wantedFor(listing, from, to, PAGE);
            if (!wanted) break;
            expect(asked).toBeLessThan(8);
            listing = withPage(listing, page(all, wanted));
            check(listing, all);
          }
        }
        check(listing, all);
      }
    }),
  );
});

test('the end of a long list is one page away, and so is any place of it', () => {
  const all = Array.from({ length: 100_000 }, (_, n) => 100_000 - n);
  let listing = withPage(EMPTY, page(all, { at: 0 }));
  for (const from of [99_990, 50_000]) {
    const wanted = wantedFor(listing, from, from + 2, PAGE)!;
    listing = withPage(listing, page(all, wanted));
    expect(wantedFor(listing, from, from + 2, PAGE)).toBeNull();
  }
  expect(listing.parts.map(({ at, places }) => [at, places.length])).toEqual([
    [0, 6],
    [49_998, 6],
    [99_988, 6],
  ]);
});

test('the run below takes over from one that is deleted, in the order in which the list shows them', () => {
  const ids = ['new', 'old', 'middle', 'last'].map(traceId);
  const after = (id: string, ...deleted: readonly string[]) =>
    successorOf(ids, traceId(id), new Set([id, ...deleted].map(traceId)));
  expect(after('old')).toBe('middle');
  expect(after('old', 'middle')).toBe('last');
  expect(after('last')).toBe('middle');
  expect(after('last', 'middle', 'old')).toBe('new');
  expect(after('new', 'old', 'middle', 'last')).toBeNull();
  expect(after('unknown')).toBe('new');
});

test('what comes of rows that nobody sees changes nothing that is drawn', () => {
  const row = (nr: number, title = ''): TraceRow => ({ ...place(nr), title }) as TraceRow;
  const upsert = (nr: number, title?: string) => ({ type: 'upsert', row: row(nr, title) }) as const;
  const all = withPage(EMPTY, page([9, 8, 7, 6, 5, 4, 3, 2, 1], { at: 0 }, 3));
  const before = { rows: new Map([9, 8, 7].map((nr) => [place(nr).id, row(nr)])), all };
  const gone = new Set([place(2).id]);
  const unseen = withChanges(before, [upsert(4), upsert(3)], gone);
  expect([unseen.rows === before.rows, unseen.all === all]).toEqual([true, true]);
  const seen = withChanges(before, [upsert(4), upsert(8, 'other')], gone);
  expect([...seen.rows.values()].map(({ title }) => title)).toEqual(['', 'other', '']);
  const newer = withChanges(before, [upsert(10)], gone);
  expect([newer.all.total, loadedIds(newer.all)[0], newer.rows.size]).toEqual([10, place(10).id, 4]);
  const back = withChanges(before, [upsert(2)], gone);
  expect([back.all.total, back.rows === before.rows, gone.size]).toEqual([10, true, 0]);
  const deleted = withChanges(before, [{ type: 'delete', ...place(3) }], gone);
  expect([deleted.all.total, deleted.rows === before.rows, [...gone]]).toEqual([8, true, [place(3).id]]);
});
