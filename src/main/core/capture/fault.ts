/** How an answer ends of which this program can take no more, and by no fault of the server. */
import type { BodyEnd } from '../../../shared/metrics/ending.ts';

/** `reason` stands in brackets. What came before is kept. */
export function faultEnd(reason: unknown): BodyEnd {
  const said = reason instanceof Error ? reason.message : String(reason);
  return {
    how: 'limit',
    limit: `Tracelane could not take any more of this answer, because of a fault of its own (${said}).`,
  };
}
