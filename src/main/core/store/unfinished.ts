/** Traces that a stopped program left without a result: they get one, from what is stored of them. */
import { DecodePass } from '../../../shared/lanes/decode-pass.ts';
import { decideEnding } from '../../../shared/metrics/ending.ts';
import { MetricsMeter } from '../../../shared/metrics/metrics.ts';
import type { WireOutcome } from '../../../shared/model/messages.ts';
import type { Ending, Metrics } from '../../../shared/model/trace.ts';
import { decodeSetup } from '../decoding/decode-setup.ts';
import { unpackReads } from './parts.ts';
import { headOf, traceOf, finishedColumns, type FinishedColumns } from './rows.ts';
import type { Queries } from './queries.ts';
import type { StoredTrace } from './store.ts';

/** Above it a trace is not read at opening: it gets its counts, but no times. */
const READ_BYTES = 32 * 1024 * 1024;
/** As much of the body as the rules of endings look at. */
const BODY_START = 400;

/** What a trace without a result ended as. Never throws: a trace that cannot be read is ended all the same. */
export function resultOfUnfinished(queries: Queries, id: string): FinishedColumns {
  const trace = traceOf(queries.get(id));
  try {
    if (trace.storedBytes <= READ_BYTES) return fromReads(queries, trace);
  } catch {
    // Damaged, or a fault of a lane: the reads are kept as they are, and opening the trace says what is wrong with it.
  }
  return finishedColumns({
    endedAtNs: 0,
    ending: stopped(trace),
    metrics: { ...NOTHING, reads: trace.storedReads, bytes: trace.storedBytes },
  });
}

function fromReads(queries: Queries, trace: StoredTrace): FinishedColumns {
  const reading = new DecodePass({ ...decodeSetup(trace), lanes: ['wire'] });
  const meter = new MetricsMeter();
  const headAt = headOf(queries.head(trace.id));
  let lastNs = headAt?.tNs ?? 0;
  let bodyStart = '';
  for (const item of reading.begin()) meter.add(item);
  for (let from = 0; from < trace.storedReads;) {
    const reads = queries.runs(trace.id, from).flatMap(unpackReads);
    for (const read of reads) {
      if (bodyStart.length < BODY_START) bodyStart += new TextDecoder().decode(read.bytes.subarray(0, BODY_START));
      for (const item of reading.feed(read)) meter.add(item);
      lastNs = read.tNs;
    }
    from += reads.length;
  }
  const before = meter.value();
  const decide = (wire: WireOutcome): Ending => endingOf(trace, { events: before.events, bodyStart }, wire);
  let ending: Ending = stopped(trace);
  for (const item of reading.end(lastNs, decide)) {
    meter.add(item);
    if (item.k === 'ending') ending = item.ending;
  }
  const { usage, finish, model } = reading.wire;
  const [reason] = finish;
  return finishedColumns({
    endedAtNs: lastNs,
    ending,
    metrics: meter.value(),
    ...(model !== null && { model }),
    ...(usage !== undefined && { usage }),
    ...(reason !== undefined && { finish: { unified: reason.unified, raw: reason.raw } }),
  });
}

/** What the bytes say for themselves (a terminator, an error of the provider, a status) holds; else it was cut here. */
function endingOf(
  trace: StoredTrace,
  seen: { readonly events: number; readonly bodyStart: string },
  wire: WireOutcome,
): Ending {
  const head = trace.responseHead ?? null;
  const said = decideEnding(
    trace.api,
    { head, end: { how: 'reset', reason: '' }, bytes: trace.storedBytes, ...seen },
    wire,
  );
  if (said.state === 'reset') return stopped(trace);
  return {
    ...said,
    rule: `${said.rule} Tracelane was stopped before it could write this down, and did so when it was next started.`,
  };
}

function stopped({ storedBytes, storedReads }: StoredTrace): Ending {
  const kept =
    storedReads === 0
      ? 'No byte of the answer had been stored.'
      : `The ${storedBytes} bytes stored up to there, in ${storedReads} reads, are kept.`;
  return {
    state: 'truncated',
    rule: `Tracelane was stopped in mid-stream: the trace has no ending of its own. ${kept}`,
    advice: 'Run it again to get the whole answer.',
  };
}

const NOTHING: Metrics = {
  firstByteNs: null,
  firstEventNs: null,
  firstReasoningNs: null,
  firstTextNs: null,
  firstToolNs: null,
  totalNs: null,
  events: 0,
  reads: 0,
  bytes: 0,
  textChars: 0,
  gaps: [],
};
