/** A stream that is over, made into a result by the wire alone: nobody watches it. Bytes of files and of the store come to it. */
import type { BodyEnd } from '../../../shared/metrics/ending.ts';
import { MetricsMeter } from '../../../shared/metrics/metrics.ts';
import { WIRE } from '../../../shared/model/messages.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { HttpHead } from '../../../shared/model/trace.ts';
import { packReads } from '../store/parts.ts';
import type { TraceResult } from '../store/store.ts';
import type { LaneInput } from './lane-protocol.ts';
import { BeginAgain, DecodingEnded, type LaneSession, type LaneThread } from './lane-thread.ts';
import { Recording, type RecordableTrace } from './recording.ts';
import { TimeSlice } from './time-slice.ts';

export interface WholeStream {
  readonly trace: RecordableTrace;
  readonly head: { readonly head: HttpHead; readonly tNs: number } | undefined;
  /** From its beginning, each time that it is asked for; none of the pages empty. */
  readonly pages: () => AsyncIterable<readonly Read[]> | Iterable<readonly Read[]>;
  readonly end: BodyEnd;
  /** Null: when the last read came, or the head before it. */
  readonly endNs: number | null;
}

/** Rejects with what `pages` throws. */
export type RecordStream = (stream: WholeStream) => Promise<TraceResult>;

/** On this thread, for a program that does nothing else. */
export const recordHere: RecordStream = async ({ trace, head, pages, end, endNs }) => {
  const slices = new TimeSlice();
  const recording = new Recording({ trace, lanes: [WIRE] });
  recording.begin();
  if (head) recording.head(head.head, head.tNs);
  for await (const page of pages())
    for (const read of page) {
      recording.read(read);
      await slices.pause();
    }
  recording.end(end, endNs ?? recording.lastNs);
  return recording.result!;
};

/** In a thread of lanes, within its limits. */
export function recordIn(thread: LaneThread): RecordStream {
  return async (stream) => {
    const session = thread.open({ ...stream.trace, lanes: [WIRE] }, { type: 'record' });
    try {
      for (;;) {
        const result = await recorded(session, stream);
        if (result) return result;
      }
    } finally {
      session.close();
    }
  };
}

/** Undefined where it must be begun again. */
async function recorded(session: LaneSession, stream: WholeStream): Promise<TraceResult | undefined> {
  const { head, pages, end, endNs } = stream;
  let lastNs = head?.tNs ?? 0;
  const count = { reads: 0, bytes: 0 };
  try {
    await session.begin(false);
    const give = (input: LaneInput) => session.give(input, false);
    if (head) await give({ type: 'head', ...head });
    for await (const page of pages()) {
      const { n, tNs, offset, bytes } = page.at(-1)!;
      Object.assign(count, { reads: n + 1, bytes: offset + bytes.length });
      lastNs = tNs;
      await give({ type: 'reads', run: packReads(page) });
    }
    return (await give({ type: 'end', end, tNs: endNs ?? lastNs })).recorded!.result;
  } catch (error) {
    if (error instanceof BeginAgain) return undefined;
    if (error instanceof DecodingEnded) return undecoded(error.message, endNs ?? lastNs, count);
    throw error;
  }
}

const undecoded = (
  rule: string,
  endedAtNs: number,
  count: { readonly reads: number; readonly bytes: number },
): TraceResult => ({
  endedAtNs,
  ending: { state: 'limit', rule, advice: 'The Raw tab shows the bytes, and an export has them.' },
  metrics: { ...new MetricsMeter().value(), ...count },
});
