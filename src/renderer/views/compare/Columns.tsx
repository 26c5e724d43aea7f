import { useEffect, useMemo, useRef, useState, type CSSProperties } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { charsOf } from '../../../shared/compare/cut-cells.ts';
import { findingKind } from '../../../shared/compare/findings/registry.ts';
import type { AlignedRow, CompareResult } from '../../../shared/compare/result.ts';
import type { Finding } from '../../../shared/model/findings.ts';
import { count, durationText, plural } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { chooseFinding, useCompare } from '../../stores/compare.ts';
import { useLaneName } from '../../stores/lanes.ts';
import { selectEvent, useSession, useTrace } from '../../stores/open.ts';
import { Cell } from './Cell.tsx';
import { columnRows, entryOf, type ColumnRow } from './column-rows.ts';
import { lagsOf } from './lags.ts';
import { messageIndex } from './message-index.ts';
import { Minimap } from './Minimap.tsx';
import './columns.css';

const FOLD_HEIGHT = 26;
const ROW_HEIGHT = 96;
/** The text level is of what was said. */
const SAID: ReadonlySet<string> = new Set(['text', 'refusal', 'reasoning', 'hidden']);
const ALL_EQUAL: ReadonlySet<string> = new Set();

/** What each lane made of each block of the wire, side by side; rows in which nothing differs fold away. */
export function Columns({ result }: { readonly result: CompareResult }) {
  const session = useSession();
  const level = useCompare((state) => state.level);
  const chosen = useCompare((state) => state.finding);
  const structure = useTrace((trace) => trace.structure);
  const [open, setOpen] = useState(ALL_EQUAL);
  const scroller = useRef<HTMLDivElement>(null);

  const rows = useMemo(
    () => (level === 'text' ? result.rows.filter(({ kind }) => SAID.has(kind)) : result.rows),
    [result, level],
  );
  const entries = useMemo(() => columnRows(rows, open), [rows, open]);
  const lags = useMemo(() => lagsOf(result.laneMap), [result]);
  // oxlint-disable-next-line react/exhaustive-deps -- the model grows in place; the counter says when
  const messages = useMemo(() => (level === 'json' ? messageIndex(session.model) : null), [session, level, structure]);
  const findings = useMemo(() => new Map(result.findings.map((finding) => [finding.number, finding])), [result]);

  // The rule speaks for the React Compiler, which is not in use here.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (entries[at]?.type === 'fold' ? FOLD_HEIGHT : ROW_HEIGHT),
    getItemKey: (at) => `${level} ${entries[at]?.id ?? ''}`,
    overscan: 4,
  });

  const toRow = (id: string) => {
    const at = entryOf(entries, id);
    if (at >= 0) virtual.scrollToIndex(at, { align: 'start' });
  };
  const show = useRef(toRow);
  useEffect(() => {
    show.current = toRow;
  });
  // Rows of another level have other heights: a place among them means nothing.
  useEffect(() => {
    const { finding } = useCompare.getState();
    const row = result.rows.find((one) => finding !== null && one.findings.includes(finding));
    if (row) show.current(row.id);
    else scroller.current?.scrollTo({ top: 0 });
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [level, result]);
  useEffect(() => {
    const row = chosen === null ? undefined : result.rows.find((one) => one.findings.includes(chosen));
    if (row) show.current(row.id);
  }, [chosen, result]);

  const toggle = (id: string) =>
    setOpen((before) => (before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set(before).add(id)));
  const items = virtual.getVirtualItems();
  return (
    <section className="columns" aria-label="Columns" style={{ '--lanes': result.lanes.length } as CSSProperties}>
      <div
        className="columns-scroll"
        ref={scroller}
        tabIndex={0}
        aria-label="Lanes side by side"
        {...(entries.length > 0 ? { role: 'table', 'aria-rowcount': entries.length } : { role: 'region' })}
      >
        <div
          className="columns-all"
          style={{ height: virtual.getTotalSize() }}
          role={entries.length > 0 ? 'rowgroup' : undefined}
        >
          {items.map((item) => {
            const entry = entries[item.index]!;
            return (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className="columns-item"
                style={{ transform: `translateY(${item.start}px)` }}
                role="row"
                aria-rowindex={item.index + 1}
              >
                {entry.type === 'fold' ? (
                  <Fold entry={entry} findings={findings} onOpen={() => toggle(entry.id)} />
                ) : (
                  <Row
                    row={entry.row}
                    lanes={result.lanes}
                    findings={findings}
                    chosen={chosen}
                    onFold={entry.row.equal ? () => toggle(foldOf(rows, entry.row)) : null}
                    lags={lags}
                    messages={messages}
                  />
                )}
              </div>
            );
          })}
        </div>
        {entries.length === 0 && (
          <p className="columns-empty">
            {level === 'text' ? 'The wire has no text.' : 'The wire has nothing to compare.'}
          </p>
        )}
      </div>
      <Minimap
        rows={rows}
        lanes={result.lanes}
        bytes={result.bytes}
        shown={shownRows(
          entries,
          items.map(({ index }) => index),
          virtual.scrollOffset ?? 0,
          virtual,
        )}
        onPick={toRow}
      />
    </section>
  );
}

/** First and last row in view. */
function shownRows(
  entries: readonly ColumnRow[],
  indexes: readonly number[],
  offset: number,
  virtual: {
    readonly scrollRect: { readonly height: number } | null;
    getVirtualItems(): readonly { index: number; start: number; end: number }[];
  },
): readonly [string, string] | null {
  const height = virtual.scrollRect?.height ?? 0;
  const inView = virtual.getVirtualItems().filter(({ start, end }) => end > offset + 4 && start < offset + height - 4);
  const first = entries[inView[0]?.index ?? indexes[0] ?? -1];
  const last = entries[inView.at(-1)?.index ?? indexes.at(-1) ?? -1];
  if (!first || !last) return null;
  return [
    first.type === 'row' ? first.row.id : first.rows[0]!.id,
    last.type === 'row' ? last.row.id : last.rows.at(-1)!.id,
  ];
}

/** The fold that an open equal row came out of: named by its first row. */
function foldOf(rows: readonly AlignedRow[], row: AlignedRow): string {
  let at = rows.indexOf(row);
  while (row.findings.length === 0 && at > 0 && rows[at - 1]!.equal && rows[at - 1]!.findings.length === 0) at--;
  return `fold ${rows[at]!.id}`;
}

interface FoldProps {
  readonly entry: Extract<ColumnRow, { type: 'fold' }>;
  readonly findings: ReadonlyMap<number, Finding>;
  readonly onOpen: () => void;
}

const NAMED = 3;

function Fold({ entry, findings, onOpen }: FoldProps) {
  const nameOf = useLaneName();
  const { rows } = entry;
  const [first, last] = [rows[0]!.events, rows.at(-1)!.events ?? rows[0]!.events];
  const own = [...new Set(rows.flatMap((row) => row.findings))].flatMap((number) => findings.get(number) ?? []);
  return (
    <div className="columns-fold" role="cell">
      <span className="cut">{first === null ? placeOf(rows[0]!) : eventsText(first[0], (last ?? first)[1])}</span>
      <button type="button" aria-expanded={false} onClick={onOpen}>
        <Icon of={ChevronRight} size={12} />
        {rows.length === 1 ? (own.length > 0 ? 'Equal' : '1 equal block') : `${count(rows.length)} equal blocks`}
        <span className="quiet cut">
          {rows
            .slice(0, NAMED)
            .map((row) => saysOf(row))
            .join(', ')}
          {rows.length > NAMED && ', …'}
        </span>
      </button>
      <span className="columns-dashes" />
      {own.map((finding) => (
        <button
          key={finding.number}
          type="button"
          className="fold-finding"
          title={finding.sentence}
          onClick={() => chooseFinding(finding)}
        >
          {nameOf(finding.lane)} {inWords(finding)} <b className="no">{finding.number}</b>
        </button>
      ))}
    </div>
  );
}

/** Of a late message how late it is. */
function inWords({ kind, sentence }: Finding): string {
  const known = findingKind(kind);
  if (known?.shape !== 'late') return (known?.title ?? kind).toLowerCase();
  return `${/\d[\d.,]* m?s|\d+ events?/.exec(sentence)?.[0] ?? ''} late`;
}

const eventsText = (from: number, to: number): string =>
  from === to ? `event ${count(from)}` : `events ${count(from)}–${count(to)}`;
const saysOf = (row: AlignedRow): string =>
  row.cells.wire.text === null
    ? row.title.toLowerCase()
    : `${row.kind === 'tool' ? row.title : row.title.toLowerCase()} ${count(charsOf(row.cells.wire))} ch`;
const placeOf = (row: AlignedRow): string => (row.kind === 'end' ? 'after the end' : 'before the first');

interface RowProps {
  readonly row: AlignedRow;
  readonly lanes: CompareResult['lanes'];
  readonly findings: ReadonlyMap<number, Finding>;
  readonly chosen: number | null;
  /** Folds an equal row away again. */
  readonly onFold: (() => void) | null;
  readonly lags: ReturnType<typeof lagsOf>;
  readonly messages: ReturnType<typeof messageIndex> | null;
}

function Row({ row, lanes, findings, chosen, onFold, lags, messages }: RowProps) {
  const { model } = useSession();
  const timed = useTrace((trace) => trace.detail?.timed ?? true);
  const own = row.findings.flatMap((number) => findings.get(number) ?? []);
  const isChosen = chosen !== null && row.findings.includes(chosen);
  const start = row.events === null ? undefined : model.events[row.events[0]];
  const end = row.events === null ? undefined : model.events[row.events[1]];
  return (
    <div className={isChosen ? 'columns-row chosen' : 'columns-row'} data-row={row.id}>
      <div className="columns-at" role="rowheader">
        {row.events === null ? (
          <b>{placeOf(row)}</b>
        ) : (
          <button type="button" onClick={() => selectEvent(row.events![0])}>
            <b>
              {row.events[0] === row.events[1]
                ? count(row.events[0])
                : `${count(row.events[0])}–${count(row.events[1])}`}
            </b>
          </button>
        )}
        {start && timed && <span>+{durationText(start.tNs)}</span>}
        {start && end && <span>{plural(end.end - start.start, 'byte')}</span>}
        <span className="columns-numbers">
          {own.map((finding) => (
            <button
              key={finding.number}
              type="button"
              aria-label={`Finding ${finding.number}`}
              title={finding.sentence}
              onClick={() => chooseFinding(finding)}
            >
              <b className={finding.number === chosen ? 'no chosen' : 'no'}>{finding.number}</b>
            </button>
          ))}
        </span>
        {onFold && (
          <button type="button" className="columns-shut" aria-expanded onClick={onFold}>
            <Icon of={ChevronDown} size={12} />
            equal
          </button>
        )}
      </div>
      {lanes.map(({ id: lane }) => (
        <Cell
          key={lane}
          row={row}
          lane={lane}
          findings={own.filter((finding) => finding.lane === lane)}
          lag={lags.get(`${lane} ${row.id}`) ?? 0}
          messages={messages?.get(row.id)?.get(lane) ?? null}
        />
      ))}
    </div>
  );
}
