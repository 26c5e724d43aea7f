/**
 * A playing of the recorded trace, laid over it: the same session that every view reads, fed by the playhead instead of the
 * whole recording. Its answers come from the host; what is here is where the playhead stands and how to move it.
 */
import { create } from 'zustand';
import type { AdapterOptions } from '../../shared/model/trace.ts';
import type { ItemOf, PlaybackAction } from '../../shared/rpc/contract.ts';
import { client } from '../client/client.ts';
import { onNextFrame } from './frame.ts';
import { layOver, selectEvent, useOpen } from './open.ts';
import { toastError } from './toasts.ts';
import { TraceSession } from './trace.ts';

type PlaybackItem = ItemOf<'playback.open'>;
type Playhead = Extract<PlaybackItem, { readonly type: 'state' }>;

/** How a playing begins. */
export interface PlaySetup {
  /** Other options than it was recorded with. */
  readonly options?: AdapterOptions;
  /** At once, instead of paused at the beginning. */
  readonly playing: boolean;
  /** Null: as fast as possible. */
  readonly speed: number | null;
}

interface PlayState {
  /** null: nothing plays, or it is being opened. */
  readonly head: Playhead | null;
  /** Why the playing is over before its end: a sentence. */
  readonly problem: string | null;
}

const NOTHING: PlayState = { head: null, problem: null };
export const usePlay = create<PlayState>()(() => NOTHING);

interface Open {
  readonly id: string;
  readonly session: TraceSession;
  close(): void;
}
let current: Open | null = null;

const CONNECTION_LOST = 'The connection to the program was lost, and with it the position of the playhead.';

/** Opens a playing of the recorded trace and shows it instead. Ends the one before. */
export function startPlay(recorded: TraceSession, setup: PlaySetup): void {
  endPlay();
  const { id, detail } = recorded.store.getState();
  const decoding = { ...recorded.decoding, ...(setup.options && { options: setup.options }) };
  const play = crypto.randomUUID();
  const timed = detail?.timed ?? true;
  const session: TraceSession = new TraceSession(id, {
    detail,
    decoding,
    whole: timed ? recorded.model.lastNs : recorded.model.events.length,
    playhead: () => taker.positionNs,
  });
  const taker = new PlayTaker(play, session, setup);
  const unsubscribe = client().subscribe(
    'playback.open',
    { play, id, ...decoding },
    {
      items: (batch) => taker.take(batch),
      restart: () => lose(CONNECTION_LOST),
      error: (error) => lose(error.message),
    },
  );
  // Begun without a connection, it waits for one.
  let connected = false;
  const stopStatus = client().onStatus((status) => {
    if (status === 'lost' && connected && usePlay.getState().head?.done !== true) lose(CONNECTION_LOST);
    connected = status === 'open';
  });
  function close(): void {
    unsubscribe();
    stopStatus();
  }
  function lose(problem: string): void {
    close();
    usePlay.setState(({ head }) => ({ head: head && { ...head, playing: false }, problem }));
  }
  current = { id: play, session, close };
  layOver(session);
}

/** Shows the recorded trace again. */
export function endPlay(): void {
  if (!current) return;
  const { session, close } = current;
  current = null;
  close();
  if (useOpen.getState().over === session) layOver(null);
  usePlay.setState(NOTHING);
}

/** Hands what comes to the session, and keeps the newest event selected while the playhead rests. */
class PlayTaker {
  readonly #play: string;
  readonly #session: TraceSession;
  readonly #setup: PlaySetup;
  #begun = false;
  #head: Playhead | null = null;
  /** The event to be selected with the next frame; null: none any more. */
  #selection: number | null | undefined;

  constructor(play: string, session: TraceSession, setup: PlaySetup) {
    this.#play = play;
    this.#session = session;
    this.#setup = setup;
  }

  /** As far as this has been told. */
  get positionNs(): number {
    return this.#head?.positionNs ?? 0;
  }

  take(batch: readonly PlaybackItem[]): void {
    for (const item of batch) {
      if (item.type === 'items') this.#session.take(item.items);
      else this.#state(item);
    }
  }

  #state(head: Playhead): void {
    const before = this.#head;
    this.#head = head;
    if (!this.#begun) {
      this.#begun = true;
      if (this.#setup.speed !== 1) control({ type: 'speed', speed: this.#setup.speed }, this.#play);
      if (this.#setup.playing) control({ type: 'play' }, this.#play);
    }
    if (head.playing && before?.playing !== true) this.#session.setFollow(true);
    // What was played to is what is looked at, once it stands still.
    if (!head.playing && head.event >= 0 && (head.event !== before?.event || before.playing))
      this.#selection = head.event;
    else if (head.playing && before?.playing !== true) this.#selection = null;
    onNextFrame(this.#show);
  }

  /**
   * Place and selection together, with the frame that shows what came, which was asked for before this: a key pressed in
   * between would otherwise be about the event before.
   */
  readonly #show = (): void => {
    if (useOpen.getState().over !== this.#session || usePlay.getState().problem !== null) return;
    // The selection first: each is drawn by itself, and a selection behind the playhead means that somebody went back.
    if (this.#selection !== undefined) selectEvent(this.#selection);
    this.#selection = undefined;
    usePlay.setState({ head: this.#head });
  };
}

function control(action: PlaybackAction, play: string): void {
  client()
    .call('playback.control', { play, action })
    .catch((error: unknown) => {
      // A playing that was lost says so itself.
      if (current?.id === play && usePlay.getState().problem === null)
        toastError('The playhead could not be moved', error);
    });
}

/** Moves the playhead of what plays now. */
export function controlPlay(action: PlaybackAction): void {
  if (current && usePlay.getState().problem === null) control(action, current.id);
}
