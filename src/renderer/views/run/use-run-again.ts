/** "Run again with…" is offered wherever a trace is shown: it opens the editor with the trace's request, endpoint and options. */
import { useCommand } from '../../app/commands.ts';
import { openOverlay } from '../../stores/app.ts';
import { useTrace } from '../../stores/open.ts';
import type { RunInput } from './draft.ts';

export function useRunAgain(): void {
  const detail = useTrace((trace) => trace.detail);
  useCommand('run.again', () => detail && openOverlay('run', { again: detail } satisfies RunInput), detail !== null);
}
