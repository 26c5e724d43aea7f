/** What lanes make of a trace, for formats that hold it. */
import { DecodePass } from '../../../shared/lanes/decode-pass.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import { isWireResult, type LaneOutcome, type WireOutcome } from '../../../shared/model/messages.ts';
import type { Ending } from '../../../shared/model/trace.ts';
import { ExportError, type LeavingTrace } from './exported.ts';
import { partsOf } from './pages.ts';

const STILL_RUNNING: Ending = { state: 'truncated', rule: 'The stream had not ended when it was exported.' };

/** A few at a time: all those of a long trace take many times its bytes. */
export async function* decodedItems({
  facts,
  lastNs,
  pages,
  setup,
}: Pick<LeavingTrace, 'facts' | 'lastNs' | 'pages' | 'setup'>): AsyncGenerator<readonly TraceItem[]> {
  const decoding = new DecodePass(setup);
  yield decoding.begin();
  for await (const read of partsOf(pages())) yield decoding.feed(read);
  yield decoding.end(facts.metrics.totalNs ?? lastNs ?? 0, () => facts.ending ?? STILL_RUNNING);
}

/** Throws an ExportError where the wire gave none, which no stream makes it do. */
export function wireOutcomeIn(results: readonly LaneOutcome[]): WireOutcome {
  for (const result of results) if (isWireResult(result)) return result.outcome;
  throw new ExportError('failed', 'The wire lane gave no result. Report this as a fault of Tracelane.');
}
