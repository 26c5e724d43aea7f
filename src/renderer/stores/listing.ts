/**
 * A long list of which only stretches are loaded: pages from anywhere, the rows that come and go meanwhile, and what is not
 * there yet, by its place. Pure.
 */
import type { TraceId } from '../../shared/model/ids.ts';
import type { TraceRow } from '../../shared/model/trace.ts';

/** `nr`: the higher, the further in front. */
export type Place = Pick<TraceRow, 'id' | 'nr'>;

/** The most that a page may have. */
export const LONGEST_PAGE = 500;

/** Rows that follow each other. */
export interface Part {
  /** The place of its first row in the list, from 0; of parts behind the first it may be off while the list changes. */
  readonly at: number;
  /** The highest `nr` first. */
  readonly places: readonly Place[];
}

export interface Listing {
  /** How many rows there are, loaded or not. */
  readonly total: number;
  /** In the order of the list, with something that is not loaded between any two. The first begins the list, and may be empty. */
  readonly parts: readonly Part[];
}

export const EMPTY: Listing = { total: 0, parts: [{ at: 0, places: [] }] };

const endOf = ({ at, places }: Part): number => at + places.length;

export const isWhole = ({ total, parts }: Listing): boolean => parts.length === 1 && endOf(parts[0]!) >= total;

export const loadedIds = ({ parts }: Listing): readonly TraceId[] =>
  parts.flatMap(({ places }) => places.map(({ id }) => id));

export const holds = ({ parts }: Listing, { nr }: Pick<Place, 'nr'>): boolean =>
  parts.some(({ places }) => places.length > 0 && places[0]!.nr >= nr && places.at(-1)!.nr <= nr);

/** A page as it was asked for. */
export interface Page {
  readonly at: number;
  readonly total: number;
  readonly rows: readonly Place[];
  /** It was asked for behind the row, or in front of the row, with this `nr`: nothing is between them. */
  readonly behind?: number;
  readonly before?: number;
}

/** With a page. Where the list has changed in length, what is elsewhere may be somewhere else: it is to be loaded again. */
export function withPage(listing: Listing, { at, total, rows, behind, before }: Page): Listing {
  const [high, low] = [behind ?? rows[0]?.nr ?? Infinity, before ?? rows.at(-1)?.nr ?? -Infinity];
  const touches = ({ places }: Part): boolean => places.length > 0 && places[0]!.nr >= low && places.at(-1)!.nr <= high;
  const joined = listing.parts.filter((part) => touches(part) || (part.at === 0 && at === 0));
  const places = merged([rows, ...joined.map((part) => part.places)]);
  const above = joined.flatMap((part) => part.places).filter(({ nr }) => rows.length > 0 && nr > rows[0]!.nr).length;
  const part: Part = { at: joined.some((one) => one.at === 0) ? 0 : Math.max(0, at - above), places };
  // What would touch it without being known to follow it is asked for again.
  const apart = (one: Part): boolean => endOf(one) < part.at || endOf(part) < one.at;
  const others = listing.parts.filter(
    (one) => !joined.includes(one) && (one.at === 0 || (total === listing.total && apart(one))),
  );
  return { total, parts: [...others, part].toSorted((a, b) => firstNr(b) - firstNr(a)) };
}

const firstNr = ({ at, places }: Part): number => (at === 0 ? Infinity : (places[0]?.nr ?? -Infinity));

function merged(all: readonly (readonly Place[])[]): readonly Place[] {
  const places = new Map(all.flat().map((place) => [place.nr, { id: place.id, nr: place.nr }]));
  return [...places.values()].toSorted((a, b) => b.nr - a.nr);
}

/** With a row that was not known: one that has just begun, or is back. Null: it is no news, or lies where nothing is loaded. */
export function withRow(listing: Listing, { id, nr }: Place): Listing | null {
  const of = listing.parts.findIndex(
    ({ at, places }) =>
      (at === 0 && (places.length === 0 || nr > places[0]!.nr)) ||
      (places.length > 0 && nr < places[0]!.nr && nr > places.at(-1)!.nr),
  );
  const last = listing.parts.at(-1)!;
  const atEnd = isWhole(listing) && (last.places.at(-1)?.nr ?? -1) > nr;
  const at = of < 0 && atEnd ? 0 : of;
  const part = listing.parts[at];
  if (!part || part.places.some((place) => place.nr === nr)) return null;
  return moved(listing, at, merged([part.places, [{ id, nr }]]), 1);
}

/** Without a row, which may be one that is not loaded. */
export function withoutRow(listing: Listing, { id, nr }: Place): Listing {
  const of = listing.parts.findIndex(({ places }) => places.some((place) => place.id === id));
  const part = listing.parts[of];
  if (!part) return withUnseen(listing, { nr }, -1);
  return moved(
    listing,
    of,
    part.places.filter((place) => place.id !== id),
    -1,
  );
}

/** A row came or went where nothing is loaded: what is behind it moves by one. */
export function withUnseen({ total, parts }: Listing, { nr }: Pick<Place, 'nr'>, by: 1 | -1): Listing {
  const all = parts.map((part, at) =>
    at > 0 && part.places[0]!.nr < nr ? { ...part, at: Math.max(endOf(parts[at - 1]!), part.at + by) } : part,
  );
  return { total: Math.max(0, total + by), parts: all };
}

/** With other rows in one part; what is behind it moves by one. */
function moved({ total, parts }: Listing, of: number, places: readonly Place[], by: 1 | -1): Listing {
  const all = parts.map((part, at) =>
    at < of ? part : at === of ? { ...part, places } : { ...part, at: part.at + by },
  );
  return { total: total + by, parts: all.filter((part) => part.at === 0 || part.places.length > 0) };
}

/** Where a page is asked for. */
export type Wanted = { readonly after: number } | { readonly before: number } | { readonly at: number };

/** What to ask for so that these rows are there, `to` included; null: they are. As much as `page` rows come at once. */
export function wantedFor({ total, parts }: Listing, from: number, to: number, page: number): Wanted | null {
  for (const [n, part] of parts.entries()) {
    const [start, next] = [endOf(part), parts[n + 1]];
    const end = next?.at ?? total;
    const [first, last] = [Math.max(from, start), Math.min(to, end - 1)];
    if (first > last) continue;
    const above = part.places.at(-1);
    if (above && first - start < page / 2) return { after: above.nr };
    if (next && end - last < page / 2) return { before: next.places[0]!.nr };
    return { at: Math.max(start, Math.floor((first + last - page) / 2)) };
  }
  return null;
}

/** Which run of a list takes over from one that is deleted with others: the next below it, else the next above; null where none is left. */
export function successorOf(listed: readonly TraceId[], id: TraceId, deleted: ReadonlySet<TraceId>): TraceId | null {
  const at = listed.indexOf(id);
  const stays = (one: TraceId): boolean => !deleted.has(one);
  return listed.slice(Math.max(at, 0)).find(stays) ?? listed.slice(0, Math.max(at, 0)).findLast(stays) ?? null;
}
