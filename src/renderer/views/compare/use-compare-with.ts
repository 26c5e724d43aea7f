/** "Compare with…" is offered wherever a trace is shown: it opens the comparison with the marked run, or the choice of one. */
import { useCommand } from '../../commands/commands.ts';
import { compareWith } from '../../stores/compare.ts';

export function useCompareWith(): void {
  useCommand('compare.with', compareWith);
}
