/** One text on both sides of a gateway: which of its pieces became which, and what is on one side alone. */
import { payloadOf } from '../framing/frame.ts';
import { diffTexts } from '../compare/text-diff.ts';
import type { Content, Piece } from './content.ts';
import type { Passed } from './held.ts';

export interface AlignedContent {
  readonly key: string;
  /** What reached the client, piece by piece. */
  readonly passed: readonly Passed[];
  /** From the arrival of each of the provider's pieces to that of its last character at the client, nanoseconds. */
  readonly delays: readonly number[];
  /** Arrivals at the gateway, each at a time of its own, and how many of them the client got at one time with another. */
  readonly arrivals: number;
  readonly merged: number;
  /** Both are JSON of the same value, written in two ways. */
  readonly sameValue: boolean;
  readonly lost: string;
  readonly invented: string;
  /** The first event of the provider's side whose text is lost, and of the client's whose text is invented. */
  readonly lostAt: number | null;
  readonly inventedAt: number | null;
}

/** A stretch of equal text: where it begins on each side. */
interface Same {
  readonly outer: number;
  readonly inner: number;
  readonly length: number;
}

export function aligned(key: string, outer: Content | undefined, inner: Content | undefined): AlignedContent {
  const sames: Same[] = [];
  let [at, from, lost, invented] = [0, 0, '', ''];
  let [lostAt, inventedAt]: (number | null)[] = [null, null];
  for (const { kind, text } of diffTexts(inner?.text ?? '', outer?.text ?? '')) {
    if (kind === 'same') sames.push({ outer: at, inner: from, length: text.length });
    if (kind === 'lost') {
      lost += text;
      lostAt ??= pieceAt(inner!.pieces, from)?.event ?? null;
    }
    if (kind === 'added') {
      invented += text;
      inventedAt ??= pieceAt(outer!.pieces, at)?.event ?? null;
    }
    if (kind !== 'lost') at += text.length;
    if (kind !== 'added') from += text.length;
  }
  const arrived = arrivals(sames, outer?.pieces ?? [], inner?.pieces ?? []);
  const apart = new Set(arrived.map(({ cameNs }) => cameNs)).size;
  return {
    key,
    passed: passedOf(sames, outer?.pieces ?? [], inner?.pieces ?? []),
    delays: arrived.map(({ delayNs }) => delayNs),
    arrivals: apart,
    merged: Math.max(0, apart - new Set(arrived.map(({ piece }) => piece.tNs)).size),
    sameValue: isSameValue(outer?.text, inner?.text),
    lost,
    invented,
    lostAt: lostAt ?? null,
    inventedAt: inventedAt ?? null,
  };
}

function isSameValue(outer: string | undefined, inner: string | undefined): boolean {
  const [one, other] = [outer, inner].map((text) => (text === undefined ? undefined : payloadOf(text)));
  return one?.ok === true && other?.ok === true && JSON.stringify(one.value) === JSON.stringify(other.value);
}

/** The piece that has the character at this offset. Pieces are in order. */
function pieceAt(pieces: readonly Piece[], offset: number): Piece | undefined {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle]!.end > offset) high = middle;
    else low = middle + 1;
  }
  return pieces[low];
}

/** By its first character that came from the provider: from then on the gateway could have sent it. */
function passedOf(sames: readonly Same[], outer: readonly Piece[], inner: readonly Piece[]): readonly Passed[] {
  let start = 0;
  let same = 0;
  return outer.map(({ end, tNs, event }) => {
    while (same < sames.length && sames[same]!.outer + sames[same]!.length <= start) same++;
    const stretch = sames[same];
    const first = stretch && Math.max(stretch.outer, start);
    const had = stretch && first! < end ? pieceAt(inner, stretch.inner + first! - stretch.outer)?.tNs : undefined;
    start = end;
    return { tNs, event, hadNs: had ?? null };
  });
}

/** For each piece of the provider whose last character is at the client: in which piece, and how much later. */
function arrivals(
  sames: readonly Same[],
  outer: readonly Piece[],
  inner: readonly Piece[],
): readonly { readonly piece: Piece; readonly cameNs: number; readonly delayNs: number }[] {
  let same = 0;
  return inner.flatMap(({ end, tNs }) => {
    const last = end - 1;
    while (same < sames.length && sames[same]!.inner + sames[same]!.length <= last) same++;
    const stretch = sames[same];
    if (!stretch || stretch.inner > last) return [];
    const piece = pieceAt(outer, stretch.outer + last - stretch.inner);
    return piece ? [{ piece, cameNs: tNs, delayNs: piece.tNs - tNs }] : [];
  });
}
