import { memo, useMemo, useState } from 'react';
import { count, plural } from './format.ts';
import type { JsonMember } from '../../shared/json/json-members.ts';
import { lowerBound } from '../stores/lower-bound.ts';
import { Shown } from './Shown.tsx';
import './json-text.css';

/** Lines and characters of a line that are drawn at first: an event may be ten megabytes in one line. */
const LINES = 400;
const CHARS = 2000;
/** How much more there is with each press. */
const MORE = 8;

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
  const lines = useMemo(() => linesOf(text), [text]);
  const [times, setTimes] = useState(1);
  const shown = lines.slice(0, LINES * times);
  const member = marked === null ? undefined : members?.[marked];
  return (
    <div className="json">
      {shown.map(({ start, end }) => {
        const own = onMark && members ? memberAt(members, start, end) : -1;
        return (
          <div
            key={start}
            className={own >= 0 ? 'json-line pick' : 'json-line'}
            onClick={own >= 0 ? () => onMark!(own) : undefined}
          >
            <Line
              text={text}
              start={start}
              end={end}
              from={member?.start ?? 0}
              to={member?.end ?? 0}
              longest={CHARS * times}
            />
          </div>
        );
      })}
      {(shown.length < lines.length || lines.some(({ start, end }) => end - start > CHARS * times)) && (
        <button type="button" className="link" onClick={() => setTimes(times * MORE)}>
          Show more: {shown.length < lines.length ? plural(lines.length - shown.length, 'line') : 'long values are cut'}
        </button>
      )}
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
  readonly longest: number;
}

function Line({ text, start, end, from, to, longest }: LineProps) {
  const stop = Math.min(end, start + longest);
  const cut = end > stop ? <span className="quiet">… {count(end - stop)} more characters</span> : null;
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

interface Span {
  readonly start: number;
  readonly end: number;
}

function linesOf(text: string): readonly Span[] {
  const lines: Span[] = [];
  for (let start = 0; start <= text.length;) {
    const at = text.indexOf('\n', start);
    const end = at < 0 ? text.length : at;
    lines.push({ start, end });
    start = end + 1;
  }
  return lines;
}

/** The member that begins in the stretch; −1: none does. */
function memberAt(members: readonly JsonMember[], start: number, end: number): number {
  const at = lowerBound(members.length, (index) => members[index]!.start >= start);
  return at < members.length && members[at]!.start < end ? at : -1;
}
