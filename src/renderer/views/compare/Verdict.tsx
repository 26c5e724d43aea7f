import { useState } from 'react';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { differingCells } from '../../../shared/compare/cell-standing.ts';
import type { CompareResult } from '../../../shared/compare/result.ts';
import { capitalised } from '../../../shared/compare/say.ts';
import { differs, VERDICT_FIELDS, type VerdictCell, type VerdictField } from '../../../shared/model/findings.ts';
import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import { Chip } from '../../components/Chip.tsx';
import { blocksDiffer, count, plural } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { Shown } from '../../components/Shown.tsx';
import { chooseFinding, useCompare } from '../../stores/compare.ts';
import { kept } from '../../stores/kept.ts';
import { useSession } from '../../stores/open.ts';
import { StandingGlyph } from './StandingGlyph.tsx';

const FOLDED_KEY = 'tracelane.verdict.folded';
/** In a lower window the rows would leave the columns no room. */
const LOW_WINDOW = '(max-height: 700px)';

/** As the user left it; in a low window folded until they unfold it. */
function foldedAtFirst(): boolean {
  const left = kept.getItem(FOLDED_KEY);
  return left === null ? matchMedia(LOW_WINDOW).matches : left === 'yes';
}

/** For each field what the wire has and what each lane made of it. Equal is grey and says so. */
export function Verdict({ result }: { readonly result: CompareResult }) {
  const [folded, setFolded] = useState(foldedAtFirst);
  const [all, setAll] = useState(false);
  const [shown, equal] = split(result);
  const fold = () => {
    kept.setItem(FOLDED_KEY, folded ? 'no' : 'yes');
    setFolded(!folded);
  };
  return (
    <table className="verdict" aria-label="Verdict">
      <colgroup>
        <col />
        {result.lanes.map(({ id }) => (
          <col key={id} />
        ))}
        <col />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">
            <button type="button" className="verdict-fold" aria-expanded={!folded} onClick={fold}>
              <Icon of={folded ? ChevronRight : ChevronDown} size={12} />
              Verdict
            </button>
          </th>
          {result.lanes.map(({ id, label }) => (
            <LaneHead key={id} lane={id} label={label} result={result} />
          ))}
          <td aria-hidden />
        </tr>
      </thead>
      {!folded && (
        <tbody>
          {(all ? VERDICT_FIELDS : shown).map((field) => (
            <tr key={field} data-field={field}>
              <th scope="row">{capitalised(field)}</th>
              {result.lanes.map(({ id }) => (
                <Cell key={id} field={field} lane={id} cell={result.verdict[field][id]!} result={result} />
              ))}
              <td aria-hidden />
            </tr>
          ))}
          {equal.length > 0 && (
            <tr>
              <th scope="row">{all ? '' : 'Equal'}</th>
              <td colSpan={result.lanes.length}>
                <button type="button" className="verdict-cell same" aria-expanded={all} onClick={() => setAll(!all)}>
                  <Icon of={all ? ChevronDown : ChevronRight} size={12} />
                  <span className="cut">{all ? 'Fold what is equal' : capitalised(equal.join(', '))}</span>
                </button>
              </td>
              <td aria-hidden />
            </tr>
          )}
        </tbody>
      )}
    </table>
  );
}

/** Fewer rows than this are no gain to fold. */
const FOLDED_FROM = 3;

/** The fields in which a lane is not equal or of which there is something to say, and those that fold away beside them. */
function split({
  lanes,
  verdict,
}: CompareResult): readonly [shown: readonly VerdictField[], equal: readonly VerdictField[]] {
  const isPlain = (field: VerdictField): boolean =>
    lanes.every(({ id }) => verdict[field][id]?.equal !== false && !verdict[field][id]?.findings.length);
  const equal = VERDICT_FIELDS.filter(isPlain);
  if (equal.length < FOLDED_FROM || equal.length === VERDICT_FIELDS.length) return [VERDICT_FIELDS, []];
  return [VERDICT_FIELDS.filter((field) => !isPlain(field)), equal];
}

function LaneHead({
  lane,
  label,
  result,
}: {
  readonly lane: LaneId;
  readonly label: string;
  readonly result: CompareResult;
}) {
  const { model } = useSession();
  const differ = differingCells(result.rows, lane);
  return (
    <th scope="col">
      <span className="lane-title">
        {label}
        <small className="cut">
          {lane === WIRE ? plural(model.events.length, 'event') : `${count(model.messagesOf(lane))} msg`}
        </small>
        {differ > 0 && (
          <Chip tone="k-del" fill>
            {blocksDiffer(differ)}
          </Chip>
        )}
      </span>
    </th>
  );
}

interface CellProps {
  readonly field: VerdictField;
  readonly lane: LaneId;
  readonly cell: VerdictCell;
  readonly result: CompareResult;
}

function Cell({ field, lane, cell, result }: CellProps) {
  const chosen = useCompare((state) => state.finding);
  const { text, findings } = cell;
  const off = differs(cell);
  // A second press goes on to the next finding of the cell.
  const open = () => {
    const number = findings[(findings.indexOf(chosen ?? 0) + 1) % findings.length];
    const finding = result.findings.find((one) => one.number === number);
    if (finding) chooseFinding(finding);
  };
  const body = (
    <>
      {lane !== WIRE && <StandingGlyph standing={cell} />}
      <span className="cut">
        {field === 'order' ? <Order text={text} wire={result.verdict.order.wire.text} /> : <Shown text={text} />}
      </span>
    </>
  );
  const classes = [
    lane === WIRE ? 'said' : off ? 'differs' : 'same',
    chosen !== null && findings.includes(chosen) && 'chosen',
  ]
    .filter(Boolean)
    .join(' ');
  return (
    <td className={classes} title={text} data-lane={lane}>
      {findings.length > 0 ? (
        <button type="button" className="verdict-cell" onClick={open}>
          {body}
          <span className="numbers-of push" aria-label={`Findings ${findings.join(', ')}`}>
            {findings.slice(0, 3).map((number) => (
              <b key={number} className="no">
                {number}
              </b>
            ))}
            {findings.length > 3 && <span className="quiet">+{findings.length - 3}</span>}
          </span>
        </button>
      ) : (
        <span className="verdict-cell">{body}</span>
      )}
    </td>
  );
}

const LETTER_TONES: Readonly<Record<string, string>> = { R: 'k-reason', T: 'k-text', C: 'k-tool', H: 'k-reason' };

/** Blocks in their order as letters: R T C C, those that the lane lacks struck out. Other words stay as they are. */
function Order({ text, wire }: { readonly text: string; readonly wire: string }) {
  if (!text.split(' ').every((letter) => letter in LETTER_TONES)) return text;
  return (
    <span className="order" role="img" aria-label={text}>
      {lettersOf(wire.split(' '), text.split(' ')).map(({ letter, gone }, at) => (
        <b key={at} className={gone ? 'gone' : `k ${LETTER_TONES[letter]}`} aria-hidden>
          {letter}
        </b>
      ))}
    </span>
  );
}

/** The lane's letters with those of the wire that are missing between them; in another order, the lane's alone. */
function lettersOf(
  wire: readonly string[],
  lane: readonly string[],
): readonly { readonly letter: string; readonly gone: boolean }[] {
  let at = 0;
  const all = wire.map((letter) => ({ letter, gone: lane[at] !== letter || (at++, false) }));
  return at === lane.length ? all : lane.map((letter) => ({ letter, gone: false }));
}
