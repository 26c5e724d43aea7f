import { X } from 'lucide-react';
import { buffering, rangeFigures, type Buffering } from '../../../shared/metrics/waits.ts';
import { IconButton } from '../../components/Button.tsx';
import { byteSize, count, durationText, perSecond, plural } from '../../components/format.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { setRange, useSession, useTrace } from '../../stores/open.ts';

/** Below the timeline: the figures of the chosen range, and a remark where the stream looks held back. */
export function RangeBar() {
  const timed = useTrace((trace) => trace.detail?.timed ?? true);
  return timed ? (
    <>
      <HeldBack />
      <Figures />
    </>
  ) : null;
}

function Figures() {
  const { model } = useSession();
  const range = useTrace((trace) => trace.range);
  // A range of a stream that goes on may still get more.
  useTrace((trace) => (trace.range === null ? 0 : trace.pulse));
  if (range === null) return null;
  const { durationNs, events, reads, bytes, eventsPerSecond, bytesPerSecond, gaps } = rangeFigures(model, range);
  const figures: readonly (readonly [name: string, value: string])[] = [
    ['Duration', durationText(durationNs)],
    ['Events', count(events)],
    ['Reads', count(reads)],
    ['Bytes', count(bytes)],
    ...(eventsPerSecond === null
      ? []
      : ([['Rate', `${perSecond(eventsPerSecond)} events/s, ${byteSize(Math.round(bytesPerSecond!))}/s`]] as const)),
    ...(gaps === null
      ? []
      : ([
          ['Longest gap', durationText(gaps.longestNs)],
          ['Gaps p50, p90, p99', [gaps.p50, gaps.p90, gaps.p99].map((ns) => durationText(ns)).join(', ')],
        ] as const)),
  ];
  return (
    <div className="range-bar" role="group" aria-label="Figures of the range">
      <b>
        {durationText(range[0])} to {durationText(range[1])}
      </b>
      <dl>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <IconButton icon={X} label="Show all times again" chord="Escape" onClick={() => setRange(null)} />
    </div>
  );
}

function HeldBack() {
  const { model } = useSession();
  const source = useTrace((trace) => trace.detail?.source);
  const ended = useTrace((trace) => trace.phase === 'ended');
  const found = ended && source !== 'import' ? buffering(model, model.metrics) : null;
  if (!found) return null;
  return (
    <p className="held-back">
      <Glyph name="refused" size={12} className="k-warn" />
      {heldBackText(found)}
    </p>
  );
}

const heldBackText = ({ together, events, tNs, totalNs }: Buffering): string =>
  `${count(together)} of ${plural(events, 'event')} came in one read, ${durationText(tNs)} after the request, which took ${durationText(totalNs)}: something on the way held the stream back. Look for a proxy or a middleware that buffers responses, or compression that is not flushed after each event.`;
