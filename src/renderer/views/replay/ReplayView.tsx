import { useStore } from 'zustand';
import { LaneGrid } from '../../parts/lanes/LaneGrid.tsx';
import { READING } from '../../parts/no-events.ts';
import { useOpen } from '../../stores/open.ts';
import { usePlay } from '../../stores/playback.ts';
import type { TraceSession } from '../../stores/trace.ts';
import './replay.css';

/** The lanes as they stand at the playhead. The transport, which stays for the other tabs, is below the timeline. */
export function ReplayView() {
  const recorded = useOpen((state) => state.recorded);
  return recorded && <Recorded recorded={recorded} />;
}

function Recorded({ recorded }: { readonly recorded: TraceSession }) {
  const phase = useStore(recorded.store, (trace) => trace.phase);
  const failed = useStore(recorded.store, ({ problem }) => problem !== null);
  const state = usePlay((play) => play.state);
  const problem = usePlay((play) => play.problem);
  if (failed) return <p className="grid-none">A trace that could not be read cannot be played.</p>;
  if (phase !== 'ended')
    return <p className="grid-none">{phase === 'live' ? 'A run can be played after it ends.' : READING}</p>;
  if (recorded.model.reads.length === 0)
    return <p className="grid-none">There is nothing to play: no bytes of a body arrived.</p>;
  if (problem !== null) return <p className="grid-none">{problem} Choose other options, or leave the replay.</p>;
  if (state === 'opening') return <p className="grid-none">Decoding the stream with these options.</p>;
  return <LaneGrid />;
}
