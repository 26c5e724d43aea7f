import { Glyph } from '../../components/Glyph.tsx';
import type { Problem } from './check-request.ts';

/** What is wrong with the request, line by line; choosing one goes there. */
export function Problems({
  problems,
  onGo,
}: {
  readonly problems: readonly Problem[];
  readonly onGo: (from: number) => void;
}) {
  if (problems.length === 0) return null;
  return (
    <ul className="run-problems" aria-label="Remarks on the request">
      {problems.map(({ severity, line, from, sentence }) => (
        <li key={`${from} ${sentence}`}>
          <button type="button" onClick={() => onGo(from)}>
            <Glyph
              name={severity === 'error' ? 'error' : 'truncated'}
              size={12}
              className={severity === 'error' ? 'k-error' : 'k-warn'}
              label={severity === 'error' ? 'Error' : 'Warning'}
            />
            <span className="quiet">Line {line}</span>
            <span>
              <Said text={sentence} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** A sentence whose `names` are set as code. */
function Said({ text }: { readonly text: string }) {
  return text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));
}
