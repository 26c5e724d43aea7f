/** `play.*`: the playings that are open, by the names their clients gave them. Each is its own; any number may play one trace. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { Decoding } from '../../../shared/model/trace.ts';
import { ServiceError, type Services } from '../../../shared/rpc/services.ts';
import type { TimedItems, TraceSource } from '../decoding/decode-stored.ts';
import type { LaneThread } from '../decoding/lane-thread.ts';
import { storedInputs, timedItems, viewed } from '../decoding/view.ts';
import type { Recordings } from '../recording/recordings.ts';
import type { StoredTrace } from '../store/store.ts';
import { systemClock, type PlayClock } from './clock.ts';
import { Player } from './player.ts';

export interface PlaysSetup {
  readonly source: TraceSource;
  /** Where the traces are decoded. */
  readonly thread: LaneThread;
  readonly recordings: Pick<Recordings, 'get' | 'settled'>;
  readonly clock?: PlayClock;
}

export function playServices({
  source,
  thread,
  recordings,
  clock = systemClock,
}: PlaysSetup): Pick<Services, 'playback.open' | 'playback.control'> {
  const players = new Map<string, Player>();
  return {
    async *'playback.open'({ play, id, ...decoding }, signal) {
      if (players.has(play)) throw new ServiceError('in-use', 'This playback is already open.');
      const trace = playable({ source, recordings }, id);
      // Named before anything is waited for, so that what the client asks next finds it.
      const player = new Player({ groups: reading({ source, thread }, trace, decoding), clock });
      players.set(play, player);
      try {
        await trace;
        yield* player.watch(signal);
      } finally {
        players.delete(play);
        player.close();
      }
    },
    'playback.control'({ play, action }) {
      const player = players.get(play);
      if (!player) throw new ServiceError('not-found', 'This playback has ended. Open the trace again to play it.');
      player.control(action);
      return null;
    },
  };
}

/** The trace, once all of it is in the store. */
async function playable(
  { source, recordings }: Pick<PlaysSetup, 'source' | 'recordings'>,
  id: TraceId,
): Promise<StoredTrace> {
  const live = recordings.get(id);
  if (live && !live.trace.ending)
    throw new ServiceError('live', 'This run has not ended yet. It can be played after it ends.');
  await recordings.settled(id);
  if (recordings.get(id))
    throw new ServiceError(
      'not-stored',
      'This run was not stored completely, so it cannot be played. Its lanes and numbers are not affected.',
    );
  return source.get(id);
}

async function* reading(
  { source, thread }: Pick<PlaysSetup, 'source' | 'thread'>,
  asked: Promise<StoredTrace>,
  decoding: Decoding,
): AsyncGenerator<TimedItems> {
  const trace = await asked;
  yield* timedItems(viewed({ thread, trace, decoding, inputs: () => storedInputs(source, trace) }));
}
