import { Glyph } from '../components/Glyph.tsx';
import { useApp } from '../stores/app.ts';

/** What is wrong with the whole program, as long as it is: no store, no connection. */
export function Banner() {
  const problem = useApp((state) => state.info?.storeProblem);
  const connection = useApp((state) => state.connection);
  // Each start has a new token: until this browser has it, the program refuses the page.
  const restarts = useApp((state) => state.info?.host === 'headless');
  return (
    <div role="alert" className="banners">
      {problem && (
        <p className="banner k-error">
          <Glyph name="error" size={14} className="k-error" />
          {problem.sentence}{' '}
          {problem.readable ? 'What is stored can be read, nothing new is kept.' : 'Runs work, but nothing is kept.'}
        </p>
      )}
      {connection === 'lost' && (
        <p className="banner k-warn">
          <Glyph name="never" size={14} className="k-warn" />
          The connection to the program was lost; what is shown may be old. It is tried again until it answers.
          {restarts && ' If it was started again, open the address that it printed.'}
        </p>
      )}
    </div>
  );
}
