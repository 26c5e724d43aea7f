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
          {problem.readable ? 'Stored traces can be read; nothing new is saved.' : 'Runs work, but nothing is saved.'}
        </p>
      )}
      {connection === 'lost' && (
        <p className="banner k-warn">
          <Glyph name="never" size={14} className="k-warn" />
          The connection to the program was lost; what is shown may be out of date. Tracelane keeps trying to reconnect.
          {restarts && ' If the program was restarted, open the address that it printed.'}
        </p>
      )}
    </div>
  );
}
