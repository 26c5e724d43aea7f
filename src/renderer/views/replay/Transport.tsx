import { useRef, type MouseEvent } from 'react';
import { Pause, Play, RotateCcw, SlidersHorizontal, StepForward } from 'lucide-react';
import { chordOf, useCommand } from '../../commands/commands.ts';
import { Button, IconButton } from '../../components/Button.tsx';
import { count, durationText } from '../../components/format.ts';
import { useFocusOnArrival } from '../../components/RowGrid.tsx';
import { selectEvent, useTrace } from '../../stores/open.ts';
import { controlPlay, usePlay } from '../../stores/playback.ts';
import type { TraceSession } from '../../stores/trace.ts';

const SPEEDS: readonly (number | null)[] = [0.25, 0.5, 1, 2, 4, 8, 16, null];

/** A press of the mouse leaves the focus on Play, so that Space then plays; keys move it as ever. */
const keepFocus = (press: MouseEvent): void => press.preventDefault();

interface TransportProps {
  readonly recorded: TraceSession;
  readonly otherOptions: boolean;
  /** The options are open. */
  readonly choosing: boolean;
  readonly onChoose: () => void;
  readonly onRestart: () => void;
}

/** Play, pause, step, speed, and where the playhead stands. */
export function Transport({ recorded, otherOptions, choosing, onChoose, onRestart }: TransportProps) {
  const head = usePlay((state) => state.head);
  const lost = usePlay((state) => state.problem !== null);
  const selected = useTrace((trace) => trace.event);
  const timed = useTrace((trace) => trace.detail?.timed ?? true);
  const button = useRef<HTMLButtonElement>(null);
  useFocusOnArrival(button);

  const playing = head?.playing === true;
  const done = head?.done === true;
  const played = head?.event ?? -1;
  const speed = head?.speed === undefined ? 1 : head.speed;
  const toggle = () => {
    if (done || lost) onRestart();
    else controlPlay({ type: playing ? 'pause' : 'play' });
  };
  const step = () => controlPlay({ type: 'step' });
  /** Forward through what was played, and at its end one event further. */
  const right = () => {
    if (playing || selected === null || selected >= played) step();
    else selectEvent(selected + 1);
  };
  const left = () => {
    if (playing) controlPlay({ type: 'pause' });
    const to = selected === null ? played : selected - 1;
    if (to >= 0) selectEvent(to);
  };
  const change = (by: 1 | -1) => {
    const to = SPEEDS[SPEEDS.indexOf(speed) + by];
    if (to !== undefined) controlPlay({ type: 'speed', speed: to });
  };
  useCommand('play.toggle', toggle);
  useCommand('play.restart', onRestart);
  useCommand('play.faster', () => change(1));
  useCommand('play.slower', () => change(-1));
  useCommand('event.next', right);
  useCommand('event.previous', left);

  const total = recorded.model.lastNs;
  const events = recorded.model.events.length;
  const share = timed
    ? head && total > 0
      ? Math.min(1, head.positionNs / total)
      : 0
    : events > 0
      ? (played + 1) / events
      : 0;

  return (
    <div className="playbar" role="group" aria-label="Transport">
      <div className="playbar-row">
        <Button
          ref={button}
          look="main"
          className="playbar-play"
          icon={done || lost ? RotateCcw : playing ? Pause : Play}
          onClick={toggle}
          aria-label={done || lost ? 'Again, play from the start' : undefined}
        >
          {done || lost ? 'Again' : playing ? 'Pause' : 'Play'}
        </Button>
        <IconButton
          icon={StepForward}
          label="Step to the next event"
          chord="ArrowRight"
          disabled={done || lost}
          onClick={step}
        />
        <IconButton icon={RotateCcw} label="Play from the start" chord={chordOf('play.restart')!} onClick={onRestart} />
        <span className="segments speeds" role="group" aria-label="Speed">
          {SPEEDS.map((value) => (
            <button
              key={value}
              type="button"
              aria-pressed={value === speed}
              aria-label={value === null ? 'max, as fast as possible' : undefined}
              title={value === null ? 'As fast as possible' : undefined}
              disabled={lost}
              onMouseDown={keepFocus}
              onClick={() => controlPlay({ type: 'speed', speed: value })}
            >
              {value === null ? 'max' : `${value}×`}
            </button>
          ))}
        </span>
        <output className="push" aria-label="Position">
          {timed && (
            <>
              <b>{durationText(head?.positionNs ?? 0)}</b> <span className="quiet">of {durationText(total)}</span>
            </>
          )}
        </output>
        <output aria-label="Events played">
          event <b>{count(played + 1)}</b> <span className="quiet">of {count(events)}</span>
        </output>
        <Button icon={SlidersHorizontal} aria-expanded={choosing} aria-pressed={otherOptions} onClick={onChoose}>
          {otherOptions ? 'Other options' : 'Options'}
        </Button>
      </div>
      <progress className="playbar-place" aria-label="Played" value={share} max={1} />
    </div>
  );
}
