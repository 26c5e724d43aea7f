import { memo, useMemo, useState } from 'react';
import { count, plural } from './format.ts';
import type { JsonMember } from '../../shared/json/json-members.ts';
import { lowerBound } from '../stores/lower-bound.ts';
import { LongText } from './LongText.tsx';
import { Shown } from './Shown.tsx';
import { useSteps } from './use-steps.ts';
import './json-text.css';

/** Lines that are drawn at first, and how much more there is with each press. */
const LINES = 400;
const MORE = 8;
/** Characters of a line that are drawn at first: an event may be ten megabytes in one line. The first press draws all of it. */
const CHARS = 2000;
/** Lines that are laid out together, or not at all while they are out of view. */
const SHEET = 50;
/** Of drawing a sheet, in characters of text. */
const SHEET_COST = 4_096;

interface JsonTextProps {
  /** Indented JSON, one member a line. */
  readonly text: string;
  readonly members?: readonly JsonMember[];
  /** Number of the marked member. */
  readonly marked?: number | null;
  readonly onMark?: (member: number) => void;
}

/** Indented JSON as text. A member can be marked, and chosen by its line. */
export const JsonText = memo(function JsonText({ text, members, marked = null, onMark }: JsonTextProps) {
  const starts = useMemo(() => lineStarts(text), [text]);
  const [asked, setAsked] = useState({ text, times: 1 });
  const times = asked.text === text ? asked.times : 1;
  const lines = starts.length - 1;
  const shown = Math.min(lines, LINES * times);
  const sheets = useSteps(Math.ceil(shown / SHEET), SHEET_COST, text);
  const hasCuts = useMemo(() => starts.some((start, at) => at > 0 && start - starts[at - 1]! > CHARS + 1), [starts]);
  const member = marked === null ? undefined : members?.[marked];
  return (
    <div className="json">
      {Array.from({ length: sheets }, (_, sheet) => {
        const [from, to] = [sheet * SHEET, Math.min((sheet + 1) * SHEET, shown)];
        const isMarked = member !== undefined && member.start < starts[to]! && member.end > starts[from]!;
        return (
          <Sheet
            key={sheet}
            text={text}
            starts={starts}
            from={from}
            to={to}
            members={members}
            marked={isMarked ? member : undefined}
            onMark={onMark}
            whole={times > 1}
          />
        );
      })}
      {(shown < lines || (hasCuts && times === 1)) && (
        <button type="button" className="link" onClick={() => setAsked({ text, times: times * MORE })}>
          Show more: {shown < lines ? plural(lines - shown, 'line') : 'long values are cut'}
        </button>
      )}
    </div>
  );
});

interface SheetProps {
  readonly text: string;
  readonly members: JsonTextProps['members'] | undefined;
  readonly onMark: JsonTextProps['onMark'] | undefined;
  readonly starts: readonly number[];
  /** Numbers of its lines, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly marked: JsonMember | undefined;
  /** Its lines are not cut. */
  readonly whole: boolean;
}

const Sheet = memo(function Sheet({ text, starts, from, to, members, marked, onMark, whole }: SheetProps) {
  return (
    <div className="json-sheet">
      {starts.slice(from, to).map((start, at) => {
        const end = starts[from + at + 1]! - 1;
        const own = onMark && members ? memberAt(members, start, end) : -1;
        return (
          <div
            key={start}
            className={own >= 0 ? 'json-line pick' : 'json-line'}
            onClick={own >= 0 ? () => onMark!(own) : undefined}
          >
            <Line text={text} start={start} end={end} from={marked?.start ?? 0} to={marked?.end ?? 0} whole={whole} />
          </div>
        );
      })}
    </div>
  );
});

interface LineProps {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The marked stretch of the text. */
  readonly from: number;
  readonly to: number;
  readonly whole: boolean;
}

function Line({ text, start, end, from, to, whole }: LineProps) {
  const stop = Math.min(end, start + CHARS);
  const rest = useMemo(() => (whole && end > stop ? [text.slice(stop, end)] : null), [whole, text, stop, end]);
  const cut = rest ? (
    <LongText pieces={rest} className="json-rest" first={Number.POSITIVE_INFINITY} />
  ) : (
    end > stop && <span className="quiet">… {count(end - stop)} more characters</span>
  );
  // The mark begins where the line's own text does.
  const [a, b] = [Math.min(Math.max(start + indentOf(text, start, stop), from), stop), Math.min(stop, to)];
  if (a >= b)
    return (
      <>
        {<Tinted text={text.slice(start, stop)} />}
        {cut}
      </>
    );
  return (
    <>
      <Tinted text={text.slice(start, a)} />
      <mark className="bytes">
        <Shown whole text={text.slice(a, b)} />
      </mark>
      <Tinted text={text.slice(b, stop)} />
      {cut}
    </>
  );
}

/** Keys are quieter than what they hold. */
function Tinted({ text }: { readonly text: string }) {
  const value = /^\s*"(?:[^"\\]|\\.)*": /.exec(text)?.[0].length ?? 0;
  return (
    <>
      <Shown whole text={text.slice(0, value)} />
      {value < text.length && (
        <i>
          <Shown whole text={text.slice(value)} />
        </i>
      )}
    </>
  );
}

function indentOf(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text[at] === ' ') at++;
  return at - start;
}

/** Where each line begins, and, last, where one more would. */
function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  starts.push(text.length + 1);
  return starts;
}

/** The member that begins in the stretch; −1: none does. */
function memberAt(members: readonly JsonMember[], start: number, end: number): number {
  const at = lowerBound(members.length, (index) => members[index]!.start >= start);
  return at < members.length && members[at]!.start < end ? at : -1;
}
