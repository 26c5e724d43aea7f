import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useOpen } from '../../stores/open.ts';
import { endPlay, startPlay, usePlay, type PlaySetup } from '../../stores/playback.ts';
import type { TraceSession } from '../../stores/trace.ts';
import { Button } from '../../components/Button.tsx';
import { Glyph } from '../../components/Glyph.tsx';
import { LaneGrid } from '../../parts/lanes/LaneGrid.tsx';
import { PlayOptions } from './PlayOptions.tsx';
import { Transport } from './Transport.tsx';
import './replay.css';

const FROM_START: PlaySetup = { playing: false, speed: 1 };

/** The recorded trace played again: while this is shown, lanes, timeline and inspector show what the playhead has passed. */
export function ReplayView() {
  const recorded = useOpen((state) => state.recorded);
  return recorded && <Recorded key={recorded.store.getState().id} recorded={recorded} />;
}

function Recorded({ recorded }: { readonly recorded: TraceSession }) {
  const ended = useStore(recorded.store, ({ phase }) => phase === 'ended');
  const problem = useStore(recorded.store, (trace) => trace.problem);
  if (problem !== null) return <p className="grid-none">A trace that could not be read cannot be played.</p>;
  if (!ended) return <p className="grid-none">A run can be played after it ends.</p>;
  if (recorded.model.reads.length === 0)
    return <p className="grid-none">There is nothing to play: no bytes of a body arrived.</p>;
  return <Replay recorded={recorded} />;
}

function Replay({ recorded }: { readonly recorded: TraceSession }) {
  const [setup, setSetup] = useState(FROM_START);
  const [choosing, setChoosing] = useState(false);
  const problem = usePlay((state) => state.problem);
  const speed = usePlay((state) => state.head?.speed);
  useEffect(() => {
    startPlay(recorded, setup);
    return endPlay;
  }, [recorded, setup]);
  // Each is a new value, so that the same choice again begins again.
  const restart = () => setSetup({ ...setup, playing: true, speed: speed === undefined ? setup.speed : speed });
  const playWith = (options: PlaySetup['options']) => {
    const { options: _, ...rest } = setup;
    setSetup({ ...rest, ...(options && { options }), playing: true, speed: speed === undefined ? setup.speed : speed });
    setChoosing(false);
  };

  return (
    <div className="replay">
      <Transport
        recorded={recorded}
        otherOptions={setup.options !== undefined}
        choosing={choosing}
        onChoose={() => setChoosing(!choosing)}
        onRestart={restart}
      />
      {problem !== null && <Lost problem={problem} onRestart={restart} />}
      {choosing && (
        <PlayOptions recorded={recorded} options={setup.options} onPlay={playWith} onClose={() => setChoosing(false)} />
      )}
      <LaneGrid />
    </div>
  );
}

function Lost({ problem, onRestart }: { readonly problem: string; readonly onRestart: () => void }) {
  return (
    <div className="ending k-warn" role="status">
      <Glyph name="never" size={14} className="k-warn" />
      <p>
        {problem} <span>What was played until then stays on screen; the recording itself is complete.</span>
      </p>
      <Button look="line" onClick={onRestart}>
        Play from the start
      </Button>
    </div>
  );
}
