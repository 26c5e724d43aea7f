import type { MouseEvent } from 'react';
import { FastForward, Pause, Play, Repeat, RotateCcw, SlidersHorizontal, StepBack, StepForward, X } from 'lucide-react';
import { chordOf, runCommand } from '../../commands/commands.ts';
import { Button, IconButton } from '../../components/Button.tsx';
import { count, durationText } from '../../components/format.ts';
import { useOpen, useTrace } from '../../stores/open.ts';
import { endPlay, loopRange, setSpeed, skipSilences, stepEvent, usePlay } from '../../stores/playback.ts';
import { SPEEDS } from '../../stores/player.ts';

/** A press of the mouse leaves the focus on Play, so that Space then plays; keys move it as ever. */
const keepFocus = (press: MouseEvent): void => press.preventDefault();

interface TransportProps {
  /** The options are open. */
  readonly choosing: boolean;
  readonly onChoose: () => void;
}

/** Play, pause, step, speed, and where the playhead stands. */
export function Transport({ choosing, onChoose }: TransportProps) {
  const playing = usePlay((play) => play.playing);
  const done = usePlay((play) => play.done);
  const atStart = usePlay((play) => play.event < 0 && play.positionNs === 0);
  const speed = usePlay((play) => play.speed);
  const otherOptions = usePlay((play) => play.options !== undefined);
  return (
    <div className="playbar" role="group" aria-label="Transport">
      <Button
        look="main"
        className="playbar-play"
        icon={playing ? Pause : done ? RotateCcw : Play}
        onClick={() => runCommand('play.toggle')}
        aria-label={playing ? 'Pause' : done ? 'Again, play from the start' : 'Play'}
      >
        <span className="opt">{playing ? 'Pause' : done ? 'Again' : 'Play'}</span>
      </Button>
      <IconButton
        icon={StepBack}
        label="Step back one event"
        chord="ArrowLeft"
        disabled={atStart}
        onClick={() => stepEvent(-1)}
      />
      <IconButton
        icon={StepForward}
        label="Step to the next event"
        chord="ArrowRight"
        disabled={done}
        onClick={() => stepEvent(1)}
      />
      <IconButton
        icon={RotateCcw}
        label="Play from the start"
        chord={chordOf('play.restart')!}
        className="opt"
        onClick={() => runCommand('play.restart')}
      />
      <span className="segments speeds" role="group" aria-label="Speed">
        {SPEEDS.map((value) => (
          <button
            key={value}
            type="button"
            aria-pressed={value === speed}
            aria-label={value === null ? 'max, as fast as possible' : undefined}
            title={value === null ? 'As fast as possible' : undefined}
            onMouseDown={keepFocus}
            onClick={() => setSpeed(value)}
          >
            {value === null ? 'max' : `${value}×`}
          </button>
        ))}
      </span>
      <Modes />
      <Place />
      <Button
        icon={SlidersHorizontal}
        aria-expanded={choosing}
        aria-pressed={otherOptions}
        aria-label={otherOptions ? 'Other options' : 'Options'}
        onClick={onChoose}
      >
        <span className="opt">{otherOptions ? 'Other options' : 'Options'}</span>
      </Button>
      <IconButton icon={X} label="Leave the replay" onClick={endPlay} />
    </div>
  );
}

function Modes() {
  const skips = usePlay((play) => play.skipsSilences);
  const loops = usePlay((play) => play.loops);
  const timed = useTrace((trace) => trace.detail?.timed ?? true);
  const ranged = useTrace((trace) => trace.range !== null);
  if (!timed) return null;
  return (
    <>
      <IconButton
        icon={FastForward}
        label="Skip silences"
        chord={chordOf('play.skip')!}
        aria-pressed={skips}
        onClick={() => skipSilences(!skips)}
      />
      <IconButton
        icon={Repeat}
        label={ranged || loops ? 'Loop the range' : 'Loop the range; there is none'}
        chord={chordOf('play.loop')!}
        aria-pressed={loops}
        disabled={!ranged && !loops}
        onClick={() => loopRange(!loops)}
      />
    </>
  );
}

/** Drawn with every frame, apart from the buttons. */
function Place() {
  const positionNs = usePlay((play) => play.positionNs);
  const event = usePlay((play) => play.event);
  const timed = useTrace((trace) => trace.detail?.timed ?? true);
  const whole = useOpen((state) => state.whole)?.model;
  if (!whole) return <span className="push" />;
  return (
    <>
      <output className="push opt" aria-label="Position">
        {timed && (
          <>
            at <b>{durationText(positionNs)}</b> <span className="more">of {durationText(whole.lastNs)}</span>
          </>
        )}
      </output>
      <output aria-label="Events played">
        played <b>{count(event + 1)}</b> <span>of {count(whole.events.length)}</span>
      </output>
    </>
  );
}
