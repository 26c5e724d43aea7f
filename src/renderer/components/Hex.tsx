import type { ByteRange } from '../../shared/text/byte-range.ts';
import { HEX_WIDTH, hexRow, rowStart, type HexRow } from './hex.ts';
import './hex.css';

/** Rows of what stands before and after. */
const BEFORE = 2;
const AFTER = 8;

interface HexProps {
  readonly bytes: Uint8Array;
  /** Offset of the first byte in the body. */
  readonly start: number;
  /** The range that is meant; bytes outside of it are faint. */
  readonly own: ByteRange;
  readonly marked: readonly ByteRange[];
  /** Rows at most; they are taken around what is marked. */
  readonly limit: number;
}

/** A few rows of bytes, all in the page. */
export function Hex({ bytes, start, own, marked, limit }: HexProps) {
  const first = Math.max(rowStart(start), rowStart(own[0]) - HEX_WIDTH * BEFORE);
  const last = Math.min(
    rowStart(Math.max(start, start + bytes.length - 1)),
    rowStart(Math.max(own[0], own[1] - 1)) + HEX_WIDTH * AFTER,
  );
  const begin = Math.min(
    Math.max(first, rowStart((marked[0] ?? own)[0]) - (HEX_WIDTH * limit) / 2),
    Math.max(first, last - (limit - 1) * HEX_WIDTH),
  );
  const rows: HexRow[] = [];
  for (let offset = rowStart(begin); offset <= last && rows.length < limit; offset += HEX_WIDTH)
    rows.push(hexRow(bytes, start, offset, own, marked));
  return (
    <ol className="hex">
      {rows.map((row) => (
        <li key={row.offset} className="hex-row">
          <HexLine row={row} />
        </li>
      ))}
    </ol>
  );
}

/** The cells of one row of eight. */
export function HexLine({ row }: { readonly row: HexRow }) {
  return (
    <>
      <span className="hex-offset">{row.offset}</span>
      <span>
        {row.runs.map(({ tone, hex }, at) => (
          // The gap between two runs belongs to neither.
          <span key={at}>
            {at > 0 && ' '}
            <span className={`hex-${tone}`}>{hex}</span>
          </span>
        ))}
      </span>
      <span>
        {row.runs.map(({ tone, text }, at) => (
          <span key={at} className={`hex-${tone}`}>
            {text}
          </span>
        ))}
      </span>
    </>
  );
}
