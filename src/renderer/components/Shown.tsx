import { count } from './format.ts';
import { segments } from './visible.ts';
import './shown.css';

/** A name or a sentence that is longer is cut, which is said: any of them may be a megabyte. */
const LONGEST = 2_000;

interface ShownProps {
  readonly text: string;
  readonly blanks?: boolean;
  /** It is the name of something: letters of other scripts that look like Latin ones are shown by their number, too. */
  readonly isName?: boolean;
  /** Whoever shows it cuts it. */
  readonly whole?: boolean;
}

/** Text from outside as text: what it hides is shown by its number, `blanks` shows blanks and line ends too. */
export function Shown({ text, blanks = false, isName = false, whole = false }: ShownProps) {
  const left = whole ? 0 : text.length - LONGEST;
  if (left <= 0) return <Seen text={text} blanks={blanks} isName={isName} />;
  return (
    <>
      <Seen text={text.slice(0, LONGEST)} blanks={blanks} isName={isName} />
      <span className="quiet">… {count(left)} more characters</span>
    </>
  );
}

function Seen({ text, ...how }: { readonly text: string; readonly blanks: boolean; readonly isName: boolean }) {
  const parts = segments(text, how);
  if (parts.length === 1 && parts[0]!.mark === undefined) return text;
  return parts.map(({ text: piece, mark, name }, at) =>
    mark === undefined ? (
      piece
    ) : (
      <span key={at} className={`seen-${mark}`} title={name}>
        {piece}
      </span>
    ),
  );
}
