import { segments } from './visible.ts';
import './shown.css';

/** Text from outside as text: what it hides is shown by its number, `blanks` shows blanks and line ends too. */
export function Shown({ text, blanks = false }: { readonly text: string; readonly blanks?: boolean }) {
  const parts = segments(text, { blanks });
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
