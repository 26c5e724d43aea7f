import { memo } from 'react';
import { Hourglass } from 'lucide-react';
import { longestWaits, type Wait } from '../../../shared/metrics/waits.ts';
import { durationText } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { Menu } from '../../components/Menu.tsx';
import { seekPlay, usePlay } from '../../stores/playback.ts';
import { lowerBound } from '../../stores/lower-bound.ts';
import { selectEvent, setRange, useSession, useTrace } from '../../stores/open.ts';
import type { TraceModel } from '../../stores/trace-model.ts';

const LISTED = 8;

/** The longest waits as a list: each shows its time and selects what ended it. */
export const Waits = memo(function Waits() {
  const session = useSession();
  // Read again as the stream goes on.
  useTrace((trace) => trace.pulse);
  const { model } = session;
  const waits = longestWaits(model.reads, model.lastNs, LISTED);
  if (waits.length === 0) return null;
  const go = (wait: Wait) => {
    setRange([wait.startNs, wait.endNs]);
    session.setFollow(false);
    if (usePlay.getState().state === 'open') seekPlay(wait.endNs);
    else selectEvent(endedBy(model, wait));
  };
  return (
    <Menu
      label="Longest waits"
      items={waits.map((wait) => ({
        label: `${durationText(wait.endNs - wait.startNs)}, ${placeOf(model, wait)}`,
        note: `from ${durationText(wait.startNs)} to ${durationText(wait.endNs)}`,
        onSelect: () => go(wait),
      }))}
      trigger={
        <button type="button" className="btn plain icon waits">
          <Icon of={Hourglass} size={12} />
        </button>
      }
    />
  );
});

/** The first event after it; null for the wait after the last one. */
function endedBy({ events }: TraceModel, { endNs }: Wait): number | null {
  const at = lowerBound(events.length, (event) => events[event]!.tNs >= endNs);
  return at < events.length ? at : null;
}

function placeOf(model: TraceModel, wait: Wait): string {
  if (wait.endNs <= (model.reads[0]?.tNs ?? Infinity)) return 'before the first bytes';
  const event = endedBy(model, wait);
  return event === null ? 'after the last event' : `before event ${event}`;
}
