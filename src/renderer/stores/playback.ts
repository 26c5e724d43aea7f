/**
 * A playing of the recorded trace, laid over it: the same session that every view reads, standing where the playhead stands. All
 * of the stream is here already, so that the playhead is moved here, too, and a key or a click is answered with the next frame.
 */
import { create } from 'zustand';
import { silencesOf } from '../../shared/metrics/silence.ts';
import type { AdapterOptions } from '../../shared/model/trace.ts';
import { forgetFrame, onNextFrame } from './frame.ts';
import { layOver, selectEvent, useOpen } from './open.ts';
import { Player, SPEEDS } from './player.ts';
import { TraceSession } from './trace.ts';

/** Items of one frame when it is played as fast as possible: more would make the frame late. */
const MOST_ITEMS = 2_000;
const NS_PER_MS = 1e6;

export interface PlayState {
  /** opening: the stream is still read, with the options of the playing. */
  readonly state: 'closed' | 'opening' | 'open';
  readonly playing: boolean;
  /** Null: as fast as possible. */
  readonly speed: number | null;
  /** Of the playhead, nanoseconds. */
  readonly positionNs: number;
  /** The last event that is shown; -1 before the first. */
  readonly event: number;
  readonly done: boolean;
  readonly skipsSilences: boolean;
  readonly loops: boolean;
  /** Other options than it was recorded with. */
  readonly options: AdapterOptions | undefined;
  /** Why it cannot be opened: a sentence. */
  readonly problem: string | null;
}

const CLOSED: PlayState = {
  state: 'closed',
  playing: false,
  speed: 1,
  positionNs: 0,
  event: -1,
  done: false,
  skipsSilences: false,
  loops: false,
  options: undefined,
  problem: null,
};
export const usePlay = create<PlayState>()(() => CLOSED);

/** What the keys of the transport do. */
type Act = (player: Player, nowNs: number) => void;

let current: Playing | null = null;
const nowNs = (): number => performance.now() * NS_PER_MS;

/** Opens a playing of the recorded trace, paused at its beginning, and shows it instead. Does nothing while one is open. */
export function openPlay(recorded: TraceSession): void {
  if (!current) current = new Playing(recorded, undefined, 1);
}

/**
 * Opens a playing of a trace that may still be recorded, paused where it stands; of one that has ended, at its beginning. It
 * is recorded on, and the playing can go on to its end. Does nothing while one is open.
 */
export function holdPlay(recorded: TraceSession): void {
  if (current) return;
  const { ending, lastNs } = recorded.model;
  current = new Playing(recorded, undefined, 1, true);
  if (ending === null) seekPlay(lastNs);
}

/** Decodes the trace with other options and plays that, from the start; undefined: as it was recorded. */
export function playWith(recorded: TraceSession, options: AdapterOptions | undefined): void {
  const { speed } = usePlay.getState();
  endPlay();
  current = new Playing(recorded, options, speed);
  act((player, now) => player.play(now));
}

/** Shows the recorded trace again. */
export function endPlay(): void {
  current?.close();
  current = null;
  usePlay.setState(CLOSED);
}

/** Ends a playing that nobody has moved yet. */
export function endUntouchedPlay(): void {
  if (current?.touched === false) endPlay();
}

/** Moves the playhead; what is asked for before the playing is open is done once it is. */
function act(what: Act): void {
  current?.act(what);
}

export const togglePlay = (): void => act((player, now) => (player.playing ? player.pause() : player.play(now)));
export const restartPlay = (): void =>
  act((player, now) => {
    player.seek(player.loop?.[0] ?? 0);
    player.play(now);
  });
export const seekPlay = (ns: number): void => act((player) => player.seek(ns));
export const seekPlayEvent = (event: number): void => act((player) => player.seekEvent(event));
export const seekPlayEnd = (): void => act((player) => player.seekEvent(Number.POSITIVE_INFINITY));
export const stepEvent = (by: 1 | -1): void => act((player) => player.stepEvent(by));
export const stepRead = (by: 1 | -1): void => act((player) => player.stepRead(by));
export const setSpeed = (speed: number | null): void => act((player, now) => player.setSpeed(speed, now));
export const changeSpeed = (by: 1 | -1): void =>
  act((player, now) => {
    const to = SPEEDS[SPEEDS.indexOf(player.speed) + by];
    if (to !== undefined) player.setSpeed(to, now);
  });
export const skipSilences = (skips: boolean): void => act((player) => player.skipSilences(skips));
/** Plays the chosen range again and again. */
export function loopRange(loops: boolean): void {
  usePlay.setState({ loops });
  act(() => {});
}

class Playing {
  /** Somebody has moved the playhead. */
  touched = false;
  readonly #recorded: TraceSession;
  /** All of what is played: the recorded session, or one of its own with other options. */
  readonly #whole: TraceSession;
  readonly #stops: (() => void)[] = [];
  /** It need not have ended. */
  readonly #early: boolean;
  #asked: Act[] = [];
  /** The selected event, as last looked at. */
  #selected: number | null = null;
  #player: Player | null = null;
  #session: TraceSession | null = null;

  constructor(recorded: TraceSession, options: AdapterOptions | undefined, speed: number | null, early = false) {
    this.#recorded = recorded;
    this.#early = early;
    const { id, detail } = recorded.store.getState();
    this.#whole = options
      ? new TraceSession(id, { detail, stored: detail ?? undefined, decoding: { ...recorded.decoding, options } })
      : recorded;
    usePlay.setState({ ...CLOSED, state: 'opening', options, speed });
    if (options) {
      this.#stops.push(this.#whole.store.subscribe(this.#look));
      this.#whole.watch();
    }
    // Another trace, or another reading of it, is shown.
    this.#stops.push(
      useOpen.subscribe(({ recorded: shown, over }) => {
        const mine = shown === this.#recorded && (this.#session === null || over === this.#session);
        if (!mine && current === this) endPlay();
      }),
    );
    this.#look();
  }

  act(what: Act): void {
    this.touched = true;
    if (!this.#player) {
      this.#asked.push(what);
      return;
    }
    what(this.#player, nowNs());
    this.#shown();
  }

  close(): void {
    forgetFrame(this.#frame);
    for (const stop of this.#stops) stop();
    if (this.#whole !== this.#recorded) this.#whole.close();
    if (this.#session && useOpen.getState().over === this.#session) layOver(null);
  }

  /** Opens it once all of the stream is here, or at once. */
  readonly #look = (): void => {
    const { phase, problem } = this.#whole.store.getState();
    if (problem !== null) usePlay.setState({ problem });
    if (this.#player || (phase !== 'ended' && !this.#early)) return;
    const { model, decoding } = this.#whole;
    const player = new Player({
      whole: model,
      silences: silencesOf(model.reads, model.lastNs),
      speed: usePlay.getState().speed,
    });
    const { id, detail, range } = this.#recorded.store.getState();
    const session = new TraceSession(id, {
      detail,
      decoding,
      played: { whole: model, positionNs: () => player.positionNs },
    });
    session.store.setState({ range });
    // First of all: who hears of the changes below then sees that it is open, and whose.
    this.#player = player;
    this.#session = session;
    this.#whole.store.setState({ range, event: null });
    layOver(session, this.#whole);
    this.#stops.push(session.store.subscribe(this.#chosen));
    usePlay.setState({ state: 'open' });
    for (const what of this.#asked) what(player, nowNs());
    this.#asked = [];
    this.#shown();
  };

  /** A range, or an event: one that is still to come, as of a finding, is gone to. */
  readonly #chosen = (): void => {
    this.#setLoop();
    const { event } = this.#session!.store.getState();
    if (event === this.#selected) return;
    this.#selected = event;
    if (event !== null && event > this.#player!.event) this.act((player) => player.seekEvent(event));
  };

  #setLoop(): void {
    const range = usePlay.getState().loops ? this.#session!.store.getState().range : null;
    if (this.#player!.loop !== range) this.#player!.setLoop(range);
  }

  readonly #frame = (): void => {
    this.#player!.moveOn(nowNs(), MOST_ITEMS);
    this.#shown();
  };

  /** Everything stands where the playhead does, in one frame. */
  #shown(): void {
    const [player, session] = [this.#player!, this.#session!];
    const before = usePlay.getState();
    this.#setLoop();
    const { playing, speed, positionNs, event, done, skipsSilences } = player;
    session.stand(player.count);
    if (playing) onNextFrame(this.#frame);
    else forgetFrame(this.#frame);
    if (playing && !before.playing) session.setFollow(true);
    // What was played to is what is looked at, once it stands still.
    if (!playing && (event !== before.event || before.playing)) selectEvent(event < 0 ? null : event);
    else if (playing && !before.playing) selectEvent(null);
    if (!playing) session.showNumbers();
    usePlay.setState({ playing, speed, positionNs, event, done, skipsSilences });
  }
}
