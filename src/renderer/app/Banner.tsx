import { useState } from 'react';
import { X } from 'lucide-react';
import type { Cleared } from '../../shared/rpc/contract.ts';
import { Button, IconButton } from '../components/Button.tsx';
import { plural } from '../components/format.ts';
import { Glyph } from '../components/Glyph.tsx';
import { openOverlay, useApp } from '../stores/app.ts';
import { storeProblemText } from '../stores/store-problem.ts';

/** What concerns the whole program. */
export function Banner() {
  return (
    <div className="banners">
      <Problems />
      <Deletions />
    </div>
  );
}

/** What limits deleted while nobody may have looked: told until it is closed, and again when there is more. */
function Deletions() {
  const cleared = useApp((state) => state.info?.cleared);
  const [closed, setClosed] = useState(0);
  return (
    <div role="status">
      {cleared && cleared.traces > closed && (
        <p className="banner k-meta">
          <Glyph name="limit" size={14} className="k-meta" />
          {plural(cleared.traces - closed, 'run')} {cleared.traces - closed === 1 ? 'was' : 'were'} deleted by{' '}
          {limitsText(cleared.retention)}.
          <Button look="line" onClick={() => openOverlay('settings', { tab: 'storage' })}>
            Change limits
          </Button>
          <IconButton icon={X} label="Close" onClick={() => setClosed(cleared.traces)} />
        </p>
      )}
    </div>
  );
}

function limitsText({ days, megabytes }: Cleared['retention']): string {
  const limits = [
    ...(days === null ? [] : [plural(days, 'day')]),
    ...(megabytes === null ? [] : [`${megabytes.toLocaleString('en')} MB`]),
  ];
  return `your ${limits.length === 1 ? 'limit' : 'limits'} of ${limits.join(' and ')}`;
}

/** What is wrong, as long as it is: no store, no connection. */
function Problems() {
  const problem = useApp((state) => state.info?.storeProblem);
  const connection = useApp((state) => state.connection);
  // Each start has a new token: until this browser has it, the program refuses the page.
  const restarts = useApp((state) => state.info?.host === 'headless');
  return (
    <div role="alert">
      {problem && (
        <p className="banner k-error">
          <Glyph name="error" size={14} className="k-error" />
          {storeProblemText(problem)}
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
