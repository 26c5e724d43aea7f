import { useMemo } from 'react';
import { diffTexts } from '../../../shared/compare/text-diff.ts';
import { count } from '../../components/format.ts';
import { Shown } from '../../components/Shown.tsx';
import { piecesOf } from './column-rows.ts';

interface InlineDiffProps {
  readonly a: string;
  readonly b: string;
  /** Which of the two is shown: a with what b has not, or b with what a has not. */
  readonly side: 'a' | 'b';
  readonly code: boolean;
  readonly whole: boolean;
}

/** One of two texts, with the characters marked that the other does not have. */
export function InlineDiff({ a, b, side, code, whole }: InlineDiffProps) {
  const pieces = useMemo(() => {
    const own = side === 'a' ? 'lost' : 'added';
    const marks: { start: number; end: number; mark: 'lost' | 'added' }[] = [];
    let text = '';
    for (const stretch of diffTexts(a, b)) {
      if (stretch.kind !== 'same' && stretch.kind !== own) continue;
      if (stretch.kind === own) marks.push({ start: text.length, end: text.length + stretch.text.length, mark: own });
      text += stretch.text;
    }
    return piecesOf({ text, marks }, whole);
  }, [a, b, side, whole]);
  return (
    <p className={`cell-text inline-diff ${code ? 'code' : 'prose'}`}>
      {pieces.map((piece, at) => {
        if (piece.type === 'gap')
          return (
            <span key={at} className="cell-gap">
              … {count(piece.chars)} more …
            </span>
          );
        const shown = <Shown whole text={piece.text} />;
        if (piece.mark === null) return <span key={at}>{shown}</span>;
        return piece.mark === 'lost' ? <del key={at}>{shown}</del> : <ins key={at}>{shown}</ins>;
      })}
    </p>
  );
}
