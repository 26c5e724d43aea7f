import { durationWords } from '../../../shared/text/duration.ts';
import { NS_PER_MS } from '../../components/format.ts';
import { Tip } from '../../components/Tooltip.tsx';
import { useNow } from '../../parts/time/use-now.ts';
import { useTrace } from '../../stores/open.ts';
import type { TraceModel } from '../../stores/trace-model.ts';

/** A pause shorter than this is the usual pace of a model. */
const SHOWN_MS = 2_000;
/** From here on it is called out. Nothing is ended: that is the user's own limit. */
const STALLED_MS = 60_000;

/** How long a live run has said nothing; keep-alive says nothing, however often it comes. */
export function WaitClock() {
  const model = useTrace((trace) => trace.model);
  const nowNs = useNow(1000);
  const since = (ns: number): number => (nowNs - ns) / NS_PER_MS;
  const quiet = since(lastContentNs(model));
  if (quiet < SHOWN_MS) return null;
  const stalled = quiet >= STALLED_MS;
  const bytes = model.reads.at(-1);
  const says = `${bytes ? `The last byte arrived ${inSeconds(since(bytes.tNs))} ago.` : 'No bytes have arrived yet.'} The run continues until you stop it or a timeout of its endpoint ends it.`;
  return (
    <Tip text={says}>
      <span className={stalled ? 'wait-clock k k-warn' : 'wait-clock'} role="timer">
        {stalled ? `no content for ${inSeconds(quiet)}` : `waiting ${inSeconds(quiet)}`}
      </span>
    </Tip>
  );
}

const inSeconds = (ms: number): string => durationWords(Math.floor(ms / 1000));

/** When the last event came that was no ping; 0, when the request was sent, if none did. */
function lastContentNs({ events }: TraceModel): number {
  return events.findLast(({ kind }) => kind !== 'ping')?.tNs ?? 0;
}
