import { useEffect, useRef, type CSSProperties } from 'react';
import { Pause, Play as PlayIcon, RotateCcw, Square, StepForward } from 'lucide-react';
import { WIRE, type Emission, type LaneId, type LaneMessage } from '../../../shared/model/messages.ts';
import type { SampleInfo } from '../../../shared/rpc/contract.ts';
import { clause } from '../../../shared/compare/say.ts';
import { chordOf, runCommand, useCommand, useHint } from '../../commands/commands.ts';
import { Button, IconButton } from '../../components/Button.tsx';
import { Chip } from '../../components/Chip.tsx';
import { durationText } from '../../components/format.ts';
import { Key } from '../../components/Key.tsx';
import { apiChip, useProviders } from '../../stores/providers.ts';
import { useApp } from '../../stores/app.ts';
import { playFirst, useFirstRun } from '../../stores/first-run.ts';
import { useLaneName, useLanes } from '../../stores/lanes.ts';
import { useOpen, useTrace } from '../../stores/open.ts';
import { holdPlay, setSpeed, stepEvent, togglePlay, usePlay } from '../../stores/playback.ts';
import { useRuns } from '../../stores/runs.ts';
import { stopTrace } from '../../stores/change-runs.ts';
import type { TraceSession } from '../../stores/trace.ts';
import { LaneGrid } from '../../parts/lanes/LaneGrid.tsx';
import { EndingBanner } from '../../parts/EndingBanner.tsx';
import { useAnnouncements } from '../../parts/use-announcements.ts';
import { Strip } from './Strip.tsx';

/** The sample that plays: what it is, when its lanes spoke, and what they said. */
export function Play({
  sample,
  session,
}: {
  readonly sample: SampleInfo | undefined;
  readonly session: TraceSession | null;
}) {
  const { problem, starting } = useFirstRun();
  const read = useApp((state) => state.samplesRead);
  if (!session)
    return (
      <p className="play-wait">
        {problem !== null
          ? `The sample could not be played: ${problem}`
          : starting > 0
            ? 'Starting the sample…'
            : read && 'Choose a sample below to see it play.'}
      </p>
    );
  return (
    <>
      <Head sample={sample} />
      <Strip />
      <Lanes />
    </>
  );
}

function Lanes() {
  const ended = useTrace((trace) => trace.phase === 'ended');
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // While it streams the end is in view; what the sample is named by stands further up.
    if (ended) section.current?.querySelector('.live-scroll')?.scrollTo({ top: 0 });
  }, [ended]);
  return (
    <section className="play-lanes" ref={section}>
      <EndingBanner />
      <LaneGrid />
      <LastWords />
    </section>
  );
}

function Head({ sample }: { readonly sample: SampleInfo | undefined }) {
  useAnnouncements();
  const nameOf = useLaneName();
  const id = useTrace((trace) => trace.id);
  const live = useRuns((runs) => runs.rows.get(id)?.ending === undefined);
  const detail = useTrace((trace) => trace.detail);
  const problem = useFirstRun((state) => state.problem);
  const known = useProviders();
  useCommand('run.stop', () => void stopTrace(id), live);
  return (
    <header className="play-head">
      <h1>
        <span className="cut">{sample?.title ?? detail?.title}</span>
        {detail && <Chip>{apiChip(known, detail.api, detail.endpoint)}</Chip>}
      </h1>
      <p className="cut">
        {problem === null ? whoDiffers(sample, nameOf) : `The sample could not be played: ${problem}`}
      </p>
      <div className="transport">
        <Clock />
        <Transport />
        {live ? (
          <Button look="line" size="big" icon={Square} aria-label="Stop" onClick={() => runCommand('run.stop')}>
            <span className="opt">Stop</span>
          </Button>
        ) : (
          <Button
            look="line"
            size="big"
            icon={RotateCcw}
            aria-label="Again"
            disabled={!sample}
            onClick={() => sample && void playFirst(sample)}
          >
            <span className="opt">Again</span>
          </Button>
        )}
        <Button look="line" size="big" onClick={() => runCommand('sample.open')}>
          Open as run <Key chord={chordOf('sample.open')!} />
        </Button>
      </div>
    </header>
  );
}

const NUMBER_WORDS: readonly string[] = ['no', 'one', 'two', 'three', 'four', 'five', 'six'];
const inWords = (value: number): string => NUMBER_WORDS[value] ?? String(value);

function whoDiffers(sample: SampleInfo | undefined, nameOf: (lane: LaneId) => string): string {
  if (!sample) return 'The same bytes, read by each lane.';
  const lanes = inWords(Object.keys(sample.drawing).length);
  const names = sample.differing.map(nameOf);
  if (names.length === 0) return `The same bytes, read ${lanes} ways. Every lane is equal to the wire.`;
  return `The same bytes, read ${lanes} ways. ${names.join(' and ')} ${names.length === 1 ? 'differs' : 'differ'}: ${clause(sample.sentence)}.`;
}

function Clock() {
  useTrace((trace) => trace.pulse);
  const ns = useTrace((trace) => trace.model.lastNs);
  const playing = usePlay((play) => play.state === 'open');
  const positionNs = usePlay((play) => play.positionNs);
  const whole = useOpen((state) => state.whole)?.model;
  if (playing && whole)
    return (
      <output aria-label="Position">
        {durationText(positionNs)} <span className="of">of {durationText(whole.lastNs)}</span>
      </output>
    );
  return ns === 0 ? null : <output>{durationText(ns)}</output>;
}

/** Speeds at which a stream of a few seconds can be followed. */
const SPEEDS = [0.1, 0.25, 0.5, 1, 2] as const;

/** Pause, step and speed, while it is recorded as well: what is shown stands, and the recording goes on. */
function Transport() {
  const { recorded } = useOpen();
  const live = useTrace((trace) => trace.phase !== 'ended');
  const { state, playing, done, speed } = usePlay();
  const opened = state === 'open';
  const runs = opened ? playing : live;
  const held = (then: () => void) => () => {
    if (!recorded) return;
    holdPlay(recorded);
    then();
  };
  const toggle = opened ? togglePlay : held(() => !live && togglePlay());
  const [next, previous] = [held(() => stepEvent(1)), held(() => stepEvent(-1))];
  useCommand('play.toggle', toggle);
  useHint('play.toggle', runs ? 'pause' : null);
  useCommand('event.next', next);
  useCommand('event.previous', previous);
  return (
    <>
      <IconButton
        icon={runs ? Pause : PlayIcon}
        label={runs ? 'Pause' : 'Play'}
        chord={chordOf('play.toggle')!}
        onClick={toggle}
      />
      <IconButton
        icon={StepForward}
        label="Step to the next event"
        chord={chordOf('event.next')!}
        disabled={opened && done}
        onClick={next}
      />
      <select
        aria-label="Speed"
        className="play-speed"
        value={speed ?? 1}
        onChange={({ target }) => {
          const to = Number(target.value);
          held(() => setSpeed(to))();
          if (runs && !usePlay.getState().playing) togglePlay();
        }}
      >
        {SPEEDS.map((value) => (
          <option key={value} value={value}>
            {value}×
          </option>
        ))}
      </select>
    </>
  );
}

/** What each lane said last, as it said it. */
function LastWords() {
  const lanes = useLanes();
  useTrace((trace) => trace.pulse);
  const model = useTrace((trace) => trace.model);
  const event = model.events.at(-1);
  return (
    <div className="last-words" style={{ '--lanes': lanes.length } as CSSProperties} aria-hidden>
      {lanes.map((lane) => {
        if (!event) return <p key={lane} />;
        if (lane === WIRE)
          return (
            <p key={lane}>
              event {event.index} is {event.type} <b>{shown(event.preview)}</b>
            </p>
          );
        const said = model.messages.findLast((message) => message.lane === lane && message.event === event.index);
        return (
          <p key={lane}>
            event {event.index} became <b>{said ? said.message.message_type : 'no message'}</b>{' '}
            {said && shown(textOf(said))}
          </p>
        );
      })}
    </div>
  );
}

const MAX_SHOWN = 90;
const shown = (text: string): string =>
  text === '' ? '' : JSON.stringify(text.slice(0, MAX_SHOWN)).replaceAll(' ', '·');

function textOf({ message }: Emission): string {
  const said = message as LaneMessage & Readonly<Record<string, unknown>>;
  for (const field of ['content', 'reasoning', 'tool_call'] as const) {
    const value: unknown = said[field];
    if (typeof value === 'string') return value;
    if (Array.isArray(value))
      return value
        .map((part: unknown) => (typeof part === 'object' && part !== null && 'text' in part ? String(part.text) : ''))
        .join('');
    if (typeof value === 'object' && value !== null && 'arguments' in value) return String(value.arguments ?? '');
  }
  return '';
}
