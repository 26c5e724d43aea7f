import { useEffect, useState } from 'react';
import { evidenceRuns, marksIn, type Evidence as Shown } from '../../../shared/compare/evidence.ts';
import type { Finding } from '../../../shared/model/findings.ts';
import type { ByteRange } from '../../../shared/text/byte-range.ts';
import { count, plural } from '../../components/format.ts';
import { HEX_WIDTH, hexRow, rowStart } from '../../components/hex.ts';
import { HexLine } from '../../components/Hex.tsx';
import { Shown as ShownText } from '../../components/Shown.tsx';
import { useTrace } from '../../stores/open.ts';
import { evidenceOf } from './exports.ts';

/** Marks and rows of hex shown at once; the Raw pane has all of them. */
const MARKS = 8;
const HEX_ROWS = 16;

interface EvidenceProps {
  readonly finding: Finding;
  /** Shows the finding's bytes in the Raw pane. */
  readonly onRaw: () => void;
}

/** The bytes at fault, marked in what the provider sent around them, and as hex. */
export function Evidence({ finding, onRaw }: EvidenceProps) {
  const id = useTrace((trace) => trace.id);
  const [read, setRead] = useState<Shown | { readonly problem: string } | null>(null);
  useEffect(() => {
    let current = true;
    evidenceOf(id, finding).then(
      (evidence) => current && setRead(evidence),
      (error: unknown) => current && setRead({ problem: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      current = false;
    };
  }, [id, finding]);
  if (read === null || !finding.marks?.length) return null;
  if ('problem' in read) return <p className="quiet">The bytes could not be read: {read.problem}</p>;
  const marks = marksIn(finding, read).slice(0, MARKS);
  const end = Math.min(read.start + read.bytes.length, marks.at(-1)![1] + HEX_WIDTH * 8);
  const shown = { start: read.start, bytes: read.bytes.subarray(0, end - read.start) };
  const left = finding.marks.length - marks.length;
  return (
    <>
      <h3>
        Bytes at fault
        <span className="mono push">
          {count(finding.marks[0]![0])}–{count(finding.marks.at(-1)![1] - 1)}
        </span>
      </h3>
      <pre className="find-quote" tabIndex={0} role="region" aria-label="Bytes at fault">
        {evidenceRuns(shown, marks).map(({ text, marked }, at) =>
          marked ? (
            <mark key={at} className="bytes">
              <ShownText whole text={text} />
            </mark>
          ) : (
            <span key={at} className="quiet">
              <ShownText whole text={text} />
            </span>
          ),
        )}
      </pre>
      <Rows evidence={shown} marks={marks} />
      <button type="button" className="link find-more" onClick={onRaw}>
        {left > 0 ? `Show these and ${plural(left, 'more place')} in the raw response` : 'Show in the raw response'}
      </button>
    </>
  );
}

/** The rows of hex that hold marks. */
function Rows({
  evidence: { start, bytes },
  marks,
}: {
  readonly evidence: Shown;
  readonly marks: readonly ByteRange[];
}) {
  const offsets = new Set<number>();
  for (const [from, to] of marks)
    for (let at = rowStart(from); at < to && offsets.size < HEX_ROWS; at += HEX_WIDTH) offsets.add(at);
  const own: ByteRange = [start, start + bytes.length];
  return (
    <ol className="hex">
      {[...offsets].map((offset) => (
        <li key={offset} className="hex-row">
          <HexLine row={hexRow(bytes, start, offset, own, marks)} />
        </li>
      ))}
    </ol>
  );
}
