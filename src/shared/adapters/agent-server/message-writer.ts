/** Emits the messages of an adapter and numbers them as its driver does (docs/adapters.md, 2). */
import type { AdapterMessage, Emission, LaneId } from '../../model/messages.ts';
import type { LaneSetup } from '../../model/lane.ts';
import { fail } from './adapter-error.ts';

export type AdapterKind = AdapterMessage['message_type'];
type Body<Kind extends AdapterKind> = Omit<
  Extract<AdapterMessage, { message_type: Kind }>,
  'message_type' | 'id' | 'date' | 'otid'
>;

/** The index has the low seven bits of the message id's UUID. */
const MAX_INDEX = 127;

export class MessageWriter {
  readonly messageId: string;
  readonly #lane: LaneId;
  readonly #now: () => string;
  readonly #uuid: string;
  readonly #otids: string[] = [];
  /** Nearly always one a frame, for which an array that is pushed to would make room for sixteen. */
  #out: Emission<AdapterMessage>[] | undefined;
  #ordinal = 0;
  #event: number | null = null;
  /** The driver's own, from event to event. */
  #index = 0;
  #previous: AdapterKind | null = null;
  /** The interface's, inside one event: they do not flow back. */
  #localIndex = 0;
  #localPrevious: AdapterKind | null = null;

  constructor(lane: LaneId, setup: LaneSetup) {
    this.#lane = lane;
    this.messageId = setup.messageId;
    this.#uuid = setup.messageId.replace(/^message-/, '');
    this.#now = setup.now;
  }

  /** A wire event begins: local values start from the driver's. */
  beginEvent(event: number): void {
    this.#event = event;
    this.#localIndex = this.#index;
    this.#localPrevious = this.#previous;
  }

  /** "Bump on X": a message of another kind than the last gets the next index, here, for the rest of this event. */
  bump(kind: AdapterKind): void {
    if (this.#localPrevious !== null && this.#localPrevious !== kind) this.#localIndex++;
    this.#localPrevious = kind;
  }

  skipIndex(): void {
    this.#localIndex++;
  }

  /** Emits a message numbered by the local index. */
  emit<Kind extends AdapterKind>(kind: Kind, body: Body<Kind>): void {
    this.#push(this.#message(kind, this.#otid(this.#localIndex), body));
  }

  /** Emits a message without an otid. */
  emitUnnumbered<Kind extends AdapterKind>(kind: Kind, body: Body<Kind>): void {
    this.#push(this.#message(kind, null, body));
  }

  /** Emits a message that was made earlier and held back. */
  release(message: AdapterMessage): void {
    this.#push(message);
  }

  /** A message without an otid that is not emitted yet. */
  hold<Kind extends AdapterKind>(kind: Kind, body: Body<Kind>): AdapterMessage {
    return this.#message(kind, null, body);
  }

  /** The one message an adapter emits when the stream ends in an error. */
  emitStop(event: number | null): void {
    this.#event = event;
    this.#push({ message_type: 'stop_reason', stop_reason: 'error' });
  }

  /** The driver's values are set, as simple OpenAI does before its first chunk. */
  setDriver(previous: AdapterKind, index: number): void {
    this.#previous = previous;
    this.#index = index;
  }

  drain(): readonly Emission<AdapterMessage>[] {
    const out = this.#out;
    this.#out = undefined;
    return out ?? NOTHING;
  }

  #message<Kind extends AdapterKind>(kind: Kind, otid: string | null, body: Body<Kind>): AdapterMessage {
    return { message_type: kind, id: this.messageId, date: this.#now(), otid, ...body } as unknown as AdapterMessage;
  }

  #push(message: AdapterMessage): void {
    const emission: Emission<AdapterMessage> = {
      lane: this.#lane,
      ordinal: this.#ordinal++,
      event: this.#event,
      message,
    };
    if (this.#out === undefined) this.#out = [emission];
    else this.#out.push(emission);
    if (message.message_type === this.#previous) return;
    if (this.#previous !== null) this.#index++;
    this.#previous = message.message_type;
  }

  /** quirk: otid-ends-stream */
  #otid(index: number): string {
    if (index > MAX_INDEX) fail('Index must be between 0 and 127.');
    return (this.#otids[index] ??= otidOf(this.#uuid, index));
  }
}

const NOTHING: readonly Emission<AdapterMessage>[] = [];

/** The UUID with its low seven bits replaced by the index. */
export function otidOf(uuid: string, index: number): string {
  const last = (Number.parseInt(uuid.slice(-2), 16) & 0x80) | index;
  return uuid.slice(0, -2) + last.toString(16).padStart(2, '0');
}
