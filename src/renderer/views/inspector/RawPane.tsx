import { useEffect, useMemo, useState } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { ByteRange } from '../../../shared/text/byte-range.ts';
import { Button } from '../../components/Button.tsx';
import { byteSize, count, plural } from '../../components/format.ts';
import { HEX_WIDTH, hexRow, rowStart, type HexTone } from '../../components/hex.ts';
import { HexLine } from '../../components/Hex.tsx';
import { lowerBound } from '../../stores/lower-bound.ts';
import { Segments } from '../../components/Segments.tsx';
import { Shown } from '../../components/Shown.tsx';
import { useChosenFinding } from '../../stores/compare.ts';
import { READING } from '../../parts/no-events.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import { rowRuns, textRows } from './raw-rows.ts';
import { Empty, Headers } from './Section.tsx';
import { useBody } from './use-body.ts';

/** Bytes shown at a time: a body may be larger than any list a browser can scroll. */
const PART = 1024 * 1024;
const ROW_HEIGHT = 17;
/** Width of a character of the code font at 11 px, and of what stands beside the text. */
const CHAR_WIDTH = 6.6;
const BESIDE = 88;
const NO_MARKS: readonly ByteRange[] = [];

type Mode = 'text' | 'hex';
const MODES = [
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
] as const;

/** The response as received: head, then every byte of the body. */
export function RawPane() {
  const [mode, setMode] = useState<Mode>('text');
  const id = useTrace((trace) => trace.id);
  // Part, rows and how far they are scrolled are those of one body.
  return <Raw key={id} mode={mode} onMode={setMode} />;
}

function Raw({ mode, onMode }: { readonly mode: Mode; readonly onMode: (mode: Mode) => void }) {
  const { model } = useSession();
  useTrace((trace) => trace.pulse);
  const index = useTrace((trace) => trace.event);
  const stored = useTrace((trace) => trace.detail?.responseHead);
  const finding = useChosenFinding();
  const marks = finding?.marks ?? NO_MARKS;
  const [part, setPart] = useState(0);
  const event = index === null ? undefined : model.events[index];
  const head = model.head ?? stored;
  const parts = Math.max(1, Math.ceil(model.bytes / PART));
  const [jumps, setJumps] = useState(0);

  // A newly selected event brings its part, and a newly chosen finding that of its first byte at fault.
  const wanted = marks[0]?.[0] ?? event?.start ?? null;
  const [followed, setFollowed] = useState<number | null>(null);
  if (wanted !== null && wanted !== followed) {
    setFollowed(wanted);
    setPart(Math.floor(wanted / PART));
  }
  const jump = () => {
    setPart(Math.floor(wanted! / PART));
    setJumps(jumps + 1);
  };

  return (
    <div className="raw">
      <div className="view-bar">
        <Segments label="Show the body as" values={MODES} value={mode} onChoose={onMode} />
        <span className="count" title={plural(model.bytes, 'byte')}>
          {byteSize(model.bytes)}
        </span>
        {parts > 1 && <Parts part={Math.min(part, parts - 1)} parts={parts} onPart={setPart} />}
        {event && (
          <Button className="push" onClick={jump}>
            {finding ? `To finding ${finding.number}` : `To event ${event.index}`}
          </Button>
        )}
      </div>
      {head && (
        <details className="raw-head">
          <summary>
            <b>{head.status}</b> <Shown text={head.statusText} />{' '}
            <span className="quiet">{plural(head.headers.length, 'header')}</span>
          </summary>
          <Headers headers={head.headers} />
          {stored?.trailers && (
            <>
              <p className="quiet">{plural(stored.trailers.length, 'trailer')}, after the body</p>
              <Headers headers={stored.trailers} />
            </>
          )}
        </details>
      )}
      <Body
        key={mode}
        mode={mode}
        start={Math.min(part, parts - 1) * PART}
        own={event ? [event.start, event.end] : null}
        marks={marks}
        wanted={wanted}
        jumps={jumps}
      />
    </div>
  );
}

function Parts({
  part,
  parts,
  onPart,
}: {
  readonly part: number;
  readonly parts: number;
  readonly onPart: (part: number) => void;
}) {
  return (
    <>
      <Button disabled={part === 0} onClick={() => onPart(part - 1)} aria-label="Earlier part">
        ‹
      </Button>
      part {part + 1} of {parts}
      <Button disabled={part === parts - 1} onClick={() => onPart(part + 1)} aria-label="Later part">
        ›
      </Button>
    </>
  );
}

interface BodyProps {
  readonly mode: Mode;
  readonly start: number;
  /** Of the selected event. */
  readonly own: ByteRange | null;
  /** Of the chosen finding. */
  readonly marks: readonly ByteRange[];
  /** The byte that is brought into view. */
  readonly wanted: number | null;
  /** Changes when that shall be done again. */
  readonly jumps: number;
}

const NO_BYTES = {
  live: 'No bytes of the body have arrived yet.',
  loading: READING,
  ended: 'The body is empty: no bytes arrived.',
};

function Body({ mode, start, own, marks, wanted, jumps }: BodyProps) {
  const { model } = useSession();
  useTrace((trace) => trace.pulse);
  const phase = useTrace((trace) => trace.phase);
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const columns = useColumns(scroller);
  const { bytes, problem, retry } = useBody(start, Math.min(model.bytes, start + PART));
  const starts = useMemo(() => (mode === 'text' ? textRows(bytes, columns) : null), [mode, bytes, columns]);
  const rows = starts ? starts.length : Math.ceil(bytes.length / HEX_WIDTH);
  // The rule speaks for the React Compiler, which is not in use here.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_HEIGHT,
    overscan: 20,
  });

  const place = wanted !== null && wanted >= start && wanted < start + bytes.length ? wanted - start : null;
  const row =
    place === null
      ? null
      : starts
        ? lowerBound(starts.length, (at) => starts[at]! > place) - 1
        : Math.floor(place / HEX_WIDTH);
  useEffect(() => {
    if (row !== null && scroller !== null) virtual.scrollToIndex(row, { align: 'center' });
  }, [virtual, scroller, row, jumps]);

  if (model.bytes === 0) return <Empty>{NO_BYTES[phase]}</Empty>;
  return (
    <div className="raw-scroll" ref={setScroller} tabIndex={0} role="region" aria-label="Body">
      {problem !== null && (
        <p className="said">
          The body could not be read: {problem} <Button onClick={retry}>Read it again</Button>
        </p>
      )}
      <div className="raw-all" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <div key={item.key} className="raw-place" style={{ transform: `translateY(${item.start}px)` }}>
            {starts ? (
              <TextRow
                bytes={bytes}
                start={start}
                from={starts[item.index]!}
                to={starts[item.index + 1] ?? bytes.length}
                own={own}
                marks={marks}
              />
            ) : (
              <HexRowAt
                bytes={bytes}
                start={start}
                offset={rowStart(start) + item.index * HEX_WIDTH}
                own={own}
                marks={marks}
              />
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

interface TextRowProps {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly from: number;
  readonly to: number;
  readonly own: ByteRange | null;
  readonly marks: readonly ByteRange[];
}

const TONES: Readonly<Record<HexTone, string | undefined>> = { own: 'chosen', marked: 'bytes', out: undefined };

function TextRow({ bytes, start, from, to, own, marks }: TextRowProps) {
  const runs = rowRuns(bytes, start, from, to, own, marks);
  return (
    <div className="raw-row">
      <span className="hex-offset">{count(start + from)}</span>
      <span className="raw-text">
        {runs.map(({ text, tone }, at) => {
          const Run = tone === 'marked' ? 'mark' : 'span';
          return (
            <Run key={at} className={TONES[tone]}>
              <Shown whole text={text} />
            </Run>
          );
        })}
        {bytes[to - 1] === 0x0a && <span className="seen-blank">¶</span>}
      </span>
    </div>
  );
}

interface HexRowAtProps {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly offset: number;
  readonly own: ByteRange | null;
  readonly marks: readonly ByteRange[];
}

/** The marks of a finding stand in its event; without one the event itself is marked. */
function HexRowAt({ bytes, start, offset, own, marks }: HexRowAtProps) {
  const all: ByteRange = [start, start + bytes.length];
  const row =
    marks.length > 0
      ? hexRow(bytes, start, offset, own ?? all, marks)
      : hexRow(bytes, start, offset, all, own ? [own] : []);
  return (
    <div className="hex-row">
      <HexLine row={row} />
    </div>
  );
}

/** Columns of code that fit. A pane that is not shown has no width, and keeps what it had. */
function useColumns(element: HTMLElement | null): number {
  const [columns, setColumns] = useState(40);
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      const { width } = entry!.contentRect;
      if (width > 0) setColumns(Math.max(16, Math.floor((width - BESIDE) / CHAR_WIDTH)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return columns;
}
