import { visibleBlanks } from '../../components/visible.ts';
import { useCallback, useRef, useState } from 'react';
import type { AlignedCell, AlignedRow } from '../../../shared/compare/result.ts';
import { charsOf, marked } from '../../../shared/compare/cut-cells.ts';
import { findingKind } from '../../../shared/compare/findings/registry.ts';
import { differs, type Finding } from '../../../shared/model/findings.ts';
import { WIRE, type Emission, type LaneId, type LaneOutcome } from '../../../shared/model/messages.ts';
import { count, durationText, plural } from '../../components/format.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { MadeText } from '../../components/MadeText.tsx';
import { Shown } from '../../components/Shown.tsx';
import { useSteps } from '../../components/use-steps.ts';
import { setCentre } from '../../stores/app.ts';
import { chooseFinding, useCompare } from '../../stores/compare.ts';
import { selectEvent, useSession } from '../../stores/open.ts';
import { useCharacters } from './characters.ts';
import { partsOf, piecesOf, startsOf, type Piece } from './column-rows.ts';
import { blockLook, isCode } from './looks.ts';
import { messageJson, outcomeJson } from './message-index.ts';

interface CellProps {
  readonly row: AlignedRow;
  readonly lane: LaneId;
  /** Of this lane. */
  readonly findings: readonly Finding[];
  /** Nanoseconds from its bytes to its last message, where that is worth a word. */
  readonly lag: number;
  /** At the level of messages: all of this row and lane; else null. */
  readonly messages: readonly Emission[] | null;
}

/** Of a lane that has no result. */
const NOT_READ: AlignedCell = { text: null, messages: 0, equal: true, noted: false, marks: [] };

/** What one lane made of one block. */
export function Cell({ row, lane, findings, lag, messages }: CellProps) {
  const [whole, setWhole] = useState(false);
  const level = useCompare((state) => state.level);
  const cell = row.cells[lane] ?? NOT_READ;
  const off = differs(cell);
  // Nothing was said where the wire says something.
  const hole = cell.text === null && row.cells.wire.text !== null && lane !== WIRE;
  // The row is there because a lane failed.
  const sound = row.kind === 'error' && lane === WIRE && cell.text === null;
  const look = blockLook(sound ? 'other' : row.kind);
  const pieces = hole ? piecesOf({ text: row.cells.wire.text, marks: [] }, whole) : piecesOf(cell, whole);
  return (
    <div
      className={['columns-cell', off && 'off', hole && off && 'void'].filter(Boolean).join(' ')}
      role="cell"
      data-lane={lane}
    >
      <header className="cell-head">
        {off ? (
          <Glyph name="differs" size={14} className="k-del" label="differs" />
        ) : (
          <Glyph name={look.glyph} size={14} className={look.tone} />
        )}
        <h2 className="cut">{hole && off ? 'Nothing' : sound ? 'No error' : <Shown isName text={row.title} />}</h2>
        <span className="quiet cut facts">{factsOf(row, lane)}</span>
        {lag > 0 && (
          <span className="late" title="The longest time from the bytes of its content to its message">
            {durationText(lag)} late
          </span>
        )}
        <Change row={row} lane={lane} />
      </header>
      {level === 'json' ? (
        <Messages messages={messages ?? []} end={row.kind === 'end' ? lane : null} />
      ) : (
        <Pieces
          row={row}
          // The wire's text stands where the lane has none.
          lane={hole ? WIRE : lane}
          pieces={hole && !off ? [] : pieces}
          ghost={hole && off}
          code={isCode(row.kind)}
          blanks={level === 'text'}
          whole={whole}
          onWhole={setWhole}
        />
      )}
      {level !== 'json' && <Cut cell={hole && off ? row.cells.wire : cell} />}
      {findings.map((finding) => (
        <button key={finding.number} type="button" className="cell-note" onClick={() => chooseFinding(finding)}>
          <b className="no">{finding.number}</b> {findingKind(finding.kind)?.title ?? finding.kind}
        </button>
      ))}
    </div>
  );
}

function factsOf(row: AlignedRow, lane: LaneId): string {
  const { messages, text } = row.cells[lane] ?? NOT_READ;
  if (row.kind === 'end') return '';
  if (messages === 0) return text === null ? 'no message' : '';
  return lane === WIRE ? plural(messages, 'delta') : plural(messages, 'message');
}

/** In how many characters it differs. */
function Change({ row, lane }: { readonly row: AlignedRow; readonly lane: LaneId }) {
  const cell = row.cells[lane] ?? NOT_READ;
  if (lane === WIRE || cell.equal)
    return row.kind !== 'end' && cell.text !== null && <span className="quiet push">{count(charsOf(cell))} ch</span>;
  const lost = cell.text === null ? charsOf(row.cells.wire) : marked(cell, 'lost');
  const added = marked(cell, 'added');
  if (lost + added === 0) return null;
  return (
    <span className="change push">
      {added > 0 && `+${count(added)} `}
      {lost > 0 && `−${count(lost)} `}ch
    </span>
  );
}

/** What is left out of a text of megabytes, and where it is. */
function Cut({ cell: { text, cut } }: { readonly cell: AlignedCell }) {
  if (!cut || text === null) return null;
  const from = cut.before > 0 ? ` from character ${count(cut.before + 1)} on` : '';
  return (
    <p className="quiet">
      Of {count(cut.chars)} characters, {count(text.length)}
      {from} are compared here.{' '}
      <button type="button" className="link" onClick={() => setCentre('live')}>
        Show all in Live
      </button>
    </p>
  );
}

/** Of drawing a part of a text, in characters: about as many as it has. */
const PART_COST = 4_096;

/** In the wire's own text nothing is lost: what a lane has otherwise is marked there. */
const MARKS = { lost: 'del', added: 'ins', altered: 'mark' } as const;

interface PiecesProps {
  readonly row: AlignedRow;
  /** Whose text it is. */
  readonly lane: LaneId;
  readonly pieces: readonly Piece[];
  /** It is the wire's text, which the lane never said. */
  readonly ghost: boolean;
  readonly code: boolean;
  readonly blanks: boolean;
  readonly whole: boolean;
  readonly onWhole: (whole: boolean) => void;
}

function Pieces({ row, lane, pieces, ghost, code, blanks, whole, onWhole }: PiecesProps) {
  const root = useRef<HTMLParagraphElement>(null);
  const pick = useCharacters(root, { row: row.id, lane, text: row.cells[lane]?.text ?? null, blanks });
  const parts = partsOf(pieces);
  const drawn = useSteps(parts.length, PART_COST, parts.length);
  if (pieces.length === 0) return null;
  const shown = (text: string) => <Shown whole text={blanks ? visibleBlanks(text) : text} />;
  const hasMarks = pieces.some(({ mark }) => mark !== null);
  const starts = startsOf(pieces);
  const left = pieces.reduce((sum, piece) => sum + (piece.type === 'gap' ? piece.chars : 0), 0);
  return (
    <>
      <p
        ref={root}
        className={['cell-text', code ? 'code' : 'prose', ghost && 'ghost'].filter(Boolean).join(' ')}
        onClick={pick}
      >
        {parts.slice(0, drawn).map(([from, to]) => (
          <span key={from} className={parts.length > 1 ? 'cell-part' : undefined}>
            {pieces.slice(from, to).map((piece, at) => {
              if (piece.type === 'gap')
                return (
                  <span key={at} className="cell-gap">
                    … {count(piece.chars)} {piece.mark ?? (hasMarks ? 'equal' : 'more')} …
                  </span>
                );
              const Mark = piece.mark === null ? 'span' : MARKS[piece.mark];
              return (
                <Mark key={at} data-at={starts[from + at]}>
                  {shown(piece.text)}
                </Mark>
              );
            })}
          </span>
        ))}
      </p>
      {(left > 0 || whole) && (
        <button type="button" className="link more" onClick={() => onWhole(!whole)}>
          {whole ? 'Show less' : `Show ${count(left)} more characters`}
        </button>
      )}
    </>
  );
}

const SHOWN_MESSAGES = 40;

function Message({ emission }: { readonly emission: Emission }) {
  const ignored = useCompare((state) => state.ignored);
  return <MadeText make={useCallback(() => messageJson(emission, ignored), [emission, ignored])} />;
}

function Outcome({ outcome }: { readonly outcome: LaneOutcome }) {
  return <MadeText make={useCallback(() => outcomeJson(outcome), [outcome])} />;
}

/** `end`: the lane whose final state stands here too. */
function Messages({ messages, end }: { readonly messages: readonly Emission[]; readonly end: LaneId | null }) {
  const { outcomes } = useSession().model;
  const outcome = end === null ? undefined : outcomes.get(end);
  const [all, setAll] = useState(false);
  if (messages.length === 0 && !outcome) return <p className="quiet">No message.</p>;
  const shown = all ? messages : messages.slice(0, SHOWN_MESSAGES);
  return (
    <>
      <ol className="cell-messages">
        {shown.map((emission) => (
          <li key={emission.ordinal}>
            <button
              type="button"
              disabled={emission.event === null}
              aria-label={`Event ${emission.event ?? 'before the first'}`}
              onClick={() => selectEvent(emission.event)}
            >
              {emission.event ?? '–'}
            </button>
            <Message emission={emission} />
          </li>
        ))}
        {outcome && (
          <li>
            <span className="quiet">final</span>
            <Outcome outcome={outcome} />
          </li>
        )}
      </ol>
      {messages.length > SHOWN_MESSAGES && (
        <button type="button" className="link more" onClick={() => setAll(!all)}>
          {all ? 'Show less' : `Show all ${count(messages.length)} messages`}
        </button>
      )}
    </>
  );
}
