/** What lanes make of a trace, for formats that hold it. */
import { DecodePass } from '../../../shared/lanes/decode-pass.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import { isWireResult, type WireOutcome } from '../../../shared/model/messages.ts';
import type { Ending } from '../../../shared/model/trace.ts';
import { ExportError, type LeavingTrace } from './exported.ts';

const STILL_RUNNING: Ending = { state: 'truncated', rule: 'The stream had not ended when it was exported.' };

export function decodedItems({ facts, reads, setup }: LeavingTrace): readonly TraceItem[] {
  const decoding = new DecodePass(setup);
  const endNs = facts.metrics.totalNs ?? reads.at(-1)?.tNs ?? 0;
  return [
    ...decoding.begin(),
    ...reads.flatMap((read) => decoding.feed(read)),
    ...decoding.end(endNs, () => facts.ending ?? STILL_RUNNING),
  ];
}

/** Throws an ExportError where the wire gave none, which no stream makes it do. */
export function wireOutcomeIn(items: readonly TraceItem[]): WireOutcome {
  for (const item of items) if (item.k === 'outcome' && isWireResult(item.result)) return item.result.outcome;
  throw new ExportError('failed', 'The wire lane gave no result. Report this as a fault of Tracelane.');
}
