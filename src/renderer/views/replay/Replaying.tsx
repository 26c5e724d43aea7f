import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useCommand, useHint } from '../../commands/commands.ts';
import { useFocusOnArrival } from '../../components/RowGrid.tsx';
import { eventLabel } from '../../parts/event-label.ts';
import { NOTHING_PLAYED } from '../../parts/no-events.ts';
import { announce } from '../../stores/announce.ts';
import { useOpen } from '../../stores/open.ts';
import {
  changeSpeed,
  endPlay,
  endUntouchedPlay,
  loopRange,
  openPlay,
  restartPlay,
  seekPlayEnd,
  skipSilences,
  stepEvent,
  stepRead,
  togglePlay,
  usePlay,
} from '../../stores/playback.ts';
import type { TraceSession } from '../../stores/trace.ts';
import { PlayOptions } from './PlayOptions.tsx';
import { Transport } from './Transport.tsx';
import './replay.css';

/** Opens a playing with the Replay tab and keeps it for the others: `chosen` is whether that tab is. Below it the transport. */
export function Replaying({ chosen }: { readonly chosen: boolean }) {
  const recorded = useOpen((state) => state.recorded);
  return recorded && <Of recorded={recorded} chosen={chosen} />;
}

function Of({ recorded, chosen }: { readonly recorded: TraceSession; readonly chosen: boolean }) {
  const playable = useStore(
    recorded.store,
    ({ phase, problem }) => phase === 'ended' && problem === null && recorded.model.reads.length > 0,
  );
  const open = usePlay((play) => play.state !== 'closed');
  useEffect(() => {
    if (!chosen || !playable) return;
    openPlay(recorded);
    return endUntouchedPlay;
  }, [chosen, playable, recorded]);
  useEffect(() => endPlay, []);
  return open ? <Open recorded={recorded} chosen={chosen} /> : null;
}

function Open({ recorded, chosen }: { readonly recorded: TraceSession; readonly chosen: boolean }) {
  const [choosing, setChoosing] = useState(false);
  const skips = usePlay((play) => play.skipsSilences);
  const loops = usePlay((play) => play.loops);
  const playing = usePlay((play) => play.playing);
  useCommand('play.toggle', () => toggle(recorded));
  useHint('play.toggle', playing ? 'pause' : null);
  useCommand('play.restart', restart);
  useCommand('play.end', () => saying(recorded, seekPlayEnd));
  useCommand('play.faster', () => speedUp(1));
  useCommand('play.slower', () => speedUp(-1));
  useCommand('play.skip', () => skipSilences(!skips));
  useCommand('play.loop', () => loopRange(!loops));
  useCommand('play.leave', endPlay);
  useCommand('event.next', () => saying(recorded, () => stepEvent(1)));
  useCommand('event.previous', () => saying(recorded, () => stepEvent(-1)));
  useCommand('read.next', () => saying(recorded, () => stepRead(1)));
  useCommand('read.previous', () => saying(recorded, () => stepRead(-1)));
  return (
    <div className="playing">
      <Transport choosing={choosing} onChoose={() => setChoosing(!choosing)} />
      {choosing && <PlayOptions recorded={recorded} onClose={() => setChoosing(false)} />}
      {chosen && <Arrival />}
    </div>
  );
}

/** Plays or pauses, and says which; of a pause, at which event. While the stream is still decoded it does neither yet. */
function toggle(recorded: TraceSession): void {
  togglePlay();
  const { state, playing } = usePlay.getState();
  if (state !== 'open') return;
  announce(playing ? 'Playing' : `Paused. ${placeSentence(recorded)}`);
}

function restart(): void {
  restartPlay();
  if (usePlay.getState().playing) announce('Playing from the start');
}

/** Goes on at the next speed in a direction, and says it. */
function speedUp(by: 1 | -1): void {
  changeSpeed(by);
  const { speed } = usePlay.getState();
  announce(speed === null ? 'As fast as possible' : `Speed ${speed}×`);
}

/** Moves the playhead, and says at which event it stands then. */
function saying(recorded: TraceSession, move: () => void): void {
  move();
  announce(placeSentence(recorded));
}

function placeSentence({ model, store }: TraceSession): string {
  const event = model.events[usePlay.getState().event];
  return event ? eventLabel(event, store.getState().detail?.timed ?? true) : NOTHING_PLAYED;
}

/** A press on the tab leaves the focus on Play, so that Space then plays and arrows step. */
function Arrival() {
  const button = useRef<HTMLElement | null>(null);
  useEffect(() => {
    button.current = document.querySelector('.playbar-play');
  }, []);
  useFocusOnArrival(button);
  return null;
}
