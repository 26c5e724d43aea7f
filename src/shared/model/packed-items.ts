/**
 * Items as columns: how they cross from the thread that made them to the window, for which they are nothing but a text until the
 * window reads it. Of a hundred thousand events nearly all are like the one before but for a text and a few numbers: what is alike is
 * told once, texts are joined, and numbers are told as steps. That is a tenth of the items as JSON, and takes a fraction of its
 * time on both sides. What is not alike is told as JSON, so that any item can be packed.
 */
import type { TraceItem } from './items.ts';
import type { Emission, LaneId, LaneMessage, TextPart } from './messages.ts';
import type { EventSummary } from './stream.ts';

/** A part of a list of items. */
export type PackedItems =
  /** The JSON text of ItemColumns. Longer than a part may be only where it is of one item, or of outcomes. */
  | { readonly count: number; readonly text: string }
  /** One that is longer than any text may be. */
  | { readonly count: 1; readonly item: TraceItem };

/** Items in columns. All numbers are steps from the one before in the same part, or from 0. */
export interface ItemColumns {
  /** One letter for each item: which of the columns below has it. */
  readonly kinds: string;
  /** All texts, joined, and the length of each; -1: the one before once more. */
  readonly text: string;
  readonly lengths: readonly number[];
  /** For each read: its number from the one that would follow, offset from the end of the one before, length, time. */
  readonly reads: readonly number[];
  /** For each event: its pattern, start from the end of the one before, length, read, time, and its characters beyond its preview's length. */
  readonly events: readonly number[];
  /** For each message: its pattern and its event. */
  readonly messages: readonly number[];
  /** Number of the first message of each lane in this part. */
  readonly ordinals: Readonly<Record<LaneId, number>>;
  readonly eventPatterns: readonly EventSummary[];
  readonly messagePatterns: readonly (readonly [lane: LaneId, message: LaneMessage])[];
  /** Of the first event. */
  readonly index: number;
  /** All other items. */
  readonly others: readonly TraceItem[];
}

const READ = 'r';
const EVENT = 'e';
const MESSAGE = 'm';
const OTHER = 'o';
/** Patterns that an item is compared with, the latest of its lane. Parallel blocks take turns. */
const COMPARED = 4;
/** About so many characters are told of an item beside its text. */
const ROW_CHARS = 40;
/** Items of one part: the window takes them in one task. */
const PART_ITEMS = 4_096;
/** Outcomes of more characters are not joined: each thread on their way would hold all of them at once. */
const MOST_OUTCOMES = 4 * 1024 * 1024;

/**
 * In order, in parts of at most `most` characters but for an item that is longer by itself, and for outcomes: those of all lanes are one
 * part, since lanes end with much the same texts, and a part that is too long for a frame crosses with each of its texts once. Throws
 * where an item holds what JSON has no word for and cannot leave out.
 */
export function packItems(items: readonly TraceItem[], most: number): readonly PackedItems[] {
  const parts: PackedItems[] = [];
  let packer = new Packer();
  const end = (): void => {
    const { count } = packer;
    if (count === 0) return;
    const text = packer.text();
    const own = items.slice(at - count, at);
    packer = new Packer();
    // As a text one item weighs a fraction of what its objects do.
    if (text !== undefined && (text.length <= most || count === 1 || isOutcome(own[0]!))) parts.push({ count, text });
    else if (count === 1) parts.push({ count, item: own[0]! });
    // Escapes made it longer than it looked.
    else for (const half of halves(own)) parts.push(...packItems(half, most));
  };
  let at = 0;
  while (at < items.length) {
    const item = items[at]!;
    if (packer.count > 0 && isOutcome(item) !== isOutcome(items[at - 1]!)) end();
    packer.add(item);
    at++;
    if (packer.count === PART_ITEMS || packer.size > (isOutcome(item) ? MOST_OUTCOMES : most / 2)) end();
  }
  end();
  return parts;
}

const isOutcome = ({ k }: TraceItem): boolean => k === 'outcome';

const halves = <Item>(items: readonly Item[]): readonly (readonly Item[])[] => [
  items.slice(0, items.length >> 1),
  items.slice(items.length >> 1),
];

export function unpackItems(packed: PackedItems): readonly TraceItem[] {
  return 'item' in packed ? [packed.item] : itemsOf(JSON.parse(packed.text) as ItemColumns);
}

/** Parts of a list, in order; who iterates over it unpacks them. */
export class ItemBatch implements Iterable<TraceItem> {
  readonly parts: readonly PackedItems[];

  constructor(parts: readonly PackedItems[]) {
    this.parts = parts;
  }

  get length(): number {
    return this.parts.reduce((sum, { count }) => sum + count, 0);
  }

  /** From item `at` of it on. Only the part that the item is in is packed anew. */
  from(at: number, most: number): ItemBatch {
    let skip = at;
    const parts: PackedItems[] = [];
    for (const part of this.parts) {
      if (skip === 0) parts.push(part);
      else if (skip < part.count) parts.push(...packItems(unpackItems(part).slice(skip), most));
      skip = Math.max(0, skip - part.count);
    }
    return new ItemBatch(parts);
  }

  *[Symbol.iterator](): Generator<TraceItem> {
    for (const part of this.parts) yield* unpackItems(part);
  }
}

/** Where the numbers of a part stand: both sides go the same steps. */
class Place {
  read = 0;
  offset = 0;
  tNs = 0;
  index = 0;
  end = 0;
  eventRead = 0;
  event = 0;
}

/** JSON has no word for other numbers. */
const areFinite = (...numbers: readonly number[]): boolean => numbers.every(Number.isFinite);

class Packer {
  count = 0;
  /** Characters so far, about. */
  size = 0;
  readonly #place = new Place();
  readonly #kinds: string[] = [];
  readonly #texts: string[] = [];
  #last = '';
  readonly #lengths: number[] = [];
  readonly #reads: number[] = [];
  readonly #events: number[] = [];
  readonly #messages: number[] = [];
  readonly #ordinals = new Map<LaneId, { readonly first: number; next: number }>();
  #index = -1;
  readonly #eventPatterns = new Patterns<EventSummary>();
  readonly #messagePatterns = new Patterns<LaneMessage>();
  readonly #others: string[] = [];
  #tooLong = false;

  add(item: TraceItem): void {
    this.count++;
    this.size += ROW_CHARS;
    if (item.k === 'message' && this.#message(item.emission)) this.#kinds.push(MESSAGE);
    else if (item.k === 'event' && this.#event(item.event)) this.#kinds.push(EVENT);
    else if (item.k === 'read' && this.#read(item)) this.#kinds.push(READ);
    else {
      this.#kinds.push(OTHER);
      this.#others.push(this.#json(item));
    }
  }

  /** Undefined where it is longer than any text may be. */
  text(): string | undefined {
    if (this.#tooLong) return undefined;
    const ordinals = Object.fromEntries([...this.#ordinals].map(([lane, { first }]) => [lane, first]));
    return jsonOf(
      () =>
        `{"kinds":"${this.#kinds.join('')}","text":${JSON.stringify(this.#texts.join(''))},"lengths":${JSON.stringify(this.#lengths)},` +
        `"reads":${JSON.stringify(this.#reads)},"events":${JSON.stringify(this.#events)},"messages":${JSON.stringify(this.#messages)},` +
        `"ordinals":${JSON.stringify(ordinals)},"eventPatterns":[${this.#eventPatterns.texts.join()}],` +
        `"messagePatterns":[${this.#messagePatterns.texts.join()}],"index":${this.#index},"others":[${this.#others.join()}]}`,
    );
  }

  #read(item: Extract<TraceItem, { readonly k: 'read' }>): boolean {
    const { n, offset, length, tNs } = item;
    const place = this.#place;
    const [number, gap, time] = [n - place.read, offset - place.offset, tNs - place.tNs];
    const told = place.read + number === n && place.offset + gap === offset && place.tNs + time === tNs;
    if (!told || !areFinite(number, gap, length, time)) return false;
    place.read = n + 1;
    place.offset = offset + length;
    place.tNs = tNs;
    this.#reads.push(number, gap, length, time);
    return true;
  }

  #event(event: EventSummary): boolean {
    const { index, start, end, read, tNs, preview, chars } = event;
    const place = this.#place;
    if (this.#index < 0) {
      if (!Number.isSafeInteger(index) || index < 0) return false;
      this.#index = place.index = index;
    }
    const [gap, length, reads] = [start - place.end, end - start, read - place.eventRead];
    const [time, more] = [tNs - place.tNs, chars - preview.length];
    const told =
      index === place.index &&
      place.end + gap === start &&
      start + length === end &&
      place.eventRead + reads === read &&
      place.tNs + time === tNs &&
      preview.length + more === chars;
    if (!told || !areFinite(gap, length, reads, time, more)) return false;
    const pattern =
      this.#eventPatterns.find('', event, sameEvent) ??
      this.#eventPatterns.add('', event, this.#json({ ...event, ...NO_NUMBERS, preview: '' }));
    place.index++;
    place.end = end;
    place.eventRead = read;
    place.tNs = tNs;
    this.#events.push(pattern, gap, length, reads, time, more);
    this.#say(preview);
    return true;
  }

  #message({ lane, ordinal, event, message }: Emission): boolean {
    const known = this.#ordinals.get(lane);
    if (event === null || !Number.isSafeInteger(ordinal) || (known && known.next !== ordinal)) return false;
    const place = this.#place;
    const step = event - place.event;
    if (place.event + step !== event || !areFinite(step)) return false;
    if (known) known.next++;
    else this.#ordinals.set(lane, { first: ordinal, next: ordinal + 1 });
    const pattern =
      this.#messagePatterns.find(lane, message, sameMessage) ??
      this.#messagePatterns.add(
        lane,
        message,
        `[${JSON.stringify(lane)},${this.#json(textOf(message) === undefined ? message : withText(message, ''))}]`,
      );
    place.event = event;
    this.#messages.push(pattern, step);
    const text = textOf(message);
    if (text !== undefined) this.#say(text);
    return true;
  }

  #say(text: string): void {
    if (text === this.#last) {
      this.#lengths.push(-1);
      return;
    }
    this.#lengths.push(text.length);
    this.#texts.push(text);
    this.#last = text;
    this.size += text.length;
  }

  #json(value: unknown): string {
    const text = jsonOf(() => JSON.stringify(value));
    if (text === undefined) this.#tooLong = true;
    this.size += text?.length ?? Infinity;
    return text ?? '';
  }
}

/** Undefined where it is longer than any text may be. */
function jsonOf(make: () => string): string | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What items are alike to, by lane. */
class Patterns<Value> {
  readonly texts: string[] = [];
  readonly #latest = new Map<string, { readonly value: Value; readonly number: number }[]>();

  find(key: string, value: Value, same: (a: Value, b: Value) => boolean): number | undefined {
    const latest = this.#latest.get(key);
    if (latest) for (const known of latest) if (same(known.value, value)) return known.number;
    return undefined;
  }

  /** Returns its number. */
  add(key: string, value: Value, text: string): number {
    const number = this.texts.push(text) - 1;
    const latest = this.#latest.get(key) ?? [];
    if (latest.length === COMPARED) latest.pop();
    latest.unshift({ value, number });
    this.#latest.set(key, latest);
    return number;
  }
}

const NO_NUMBERS = { index: 0, start: 0, end: 0, read: 0, tNs: 0, chars: 0 };
const isTold = (key: string): boolean => key === 'preview' || Object.hasOwn(NO_NUMBERS, key);

function sameEvent(a: EventSummary, b: EventSummary): boolean {
  // The fields that differ most often, before all of them are gone through.
  if (a.type !== b.type || a.block !== b.block || a.kind !== b.kind) return false;
  return sameBut(a, b, isTold);
}

function sameMessage(a: LaneMessage, b: LaneMessage): boolean {
  if (a.message_type !== b.message_type) return false;
  if (textOf(a) === undefined || textOf(b) === undefined) return textOf(a) === textOf(b) && sameBut(a, b, isNone);
  switch (a.message_type) {
    case 'assistant_message':
    case 'refusal_message':
      return typeof a.content === typeof (b as typeof a).content && sameBut(a, b, isContent);
    case 'reasoning_message':
      return sameBut(a, b, isReasoning);
    case 'tool_call_message':
    case 'approval_request_message':
      return sameBut(a.tool_call, (b as typeof a).tool_call, isArguments) && sameBut(a, b, isToolCall);
    default:
      return false;
  }
}

const isContent = (key: string): boolean => key === 'content';
const isReasoning = (key: string): boolean => key === 'reasoning';
const isArguments = (key: string): boolean => key === 'arguments';
const isToolCall = (key: string): boolean => key === 'tool_call';
const isNone = (): boolean => false;

/** The same fields with the same values, but for those that are left out, which both must have. Lists and objects are never the same. */
function sameBut(a: object, b: object, leftOut: (key: string) => boolean): boolean {
  const [one, other] = [a as Fields, b as Fields];
  let fields = 0;
  for (const key in other) {
    if (one[key] !== other[key] && !(leftOut(key) && key in one)) return false;
    fields++;
  }
  for (const _ in one) fields--;
  return fields === 0;
}

type Fields = Readonly<Record<string, unknown>>;

/** The text of a message that is told apart from the rest of it; undefined where it has none, or it is told as JSON. */
function textOf(message: LaneMessage): string | undefined {
  switch (message.message_type) {
    case 'assistant_message':
    case 'refusal_message':
      return typeof message.content === 'string' ? message.content : textOfPart(message.content);
    case 'reasoning_message':
      return message.reasoning;
    case 'tool_call_message':
    case 'approval_request_message':
      return message.tool_call.arguments ?? undefined;
    default:
      return undefined;
  }
}

/** Of a list of one part that is nothing but a text: so an adapter gives each delta. */
function textOfPart(parts: readonly TextPart[]): string | undefined {
  if (parts.length !== 1) return undefined;
  const [part] = parts;
  for (const key in part) if (key !== 'type' && key !== 'text') return undefined;
  return part!.type === 'text' ? part!.text : undefined;
}

/** The same message with another text, which must have one. */
function withText(message: LaneMessage, text: string): LaneMessage {
  switch (message.message_type) {
    case 'assistant_message':
      return typeof message.content === 'string'
        ? { ...message, content: text }
        : ({ ...message, content: [{ type: 'text', text }] } as LaneMessage);
    case 'refusal_message':
      return { ...message, content: text };
    case 'reasoning_message':
      return { ...message, reasoning: text };
    case 'tool_call_message':
    case 'approval_request_message':
      return { ...message, tool_call: { ...message.tool_call, arguments: text } } as LaneMessage;
    default:
      return message;
  }
}

/** The items of a part. */
export function itemsOf(columns: ItemColumns): readonly TraceItem[] {
  const { kinds, text, lengths, reads, events, messages, eventPatterns, messagePatterns, others } = columns;
  const place = new Place();
  place.index = columns.index;
  const ordinals: Record<LaneId, number> = { ...columns.ordinals };
  const items: TraceItem[] = [];
  let [said, from] = [0, 0];
  let [read, event, message, other] = [0, 0, 0, 0];
  let last = '';
  const say = (): string => {
    const length = lengths[said++]!;
    if (length < 0) return last;
    last = text.slice(from, from + length);
    from += length;
    return last;
  };
  for (let at = 0; at < kinds.length; at++)
    switch (kinds[at]) {
      case READ: {
        const n = place.read + reads[read]!;
        const offset = place.offset + reads[read + 1]!;
        const length = reads[read + 2]!;
        const tNs = place.tNs + reads[read + 3]!;
        items.push({ k: 'read', n, offset, length, tNs });
        place.read = n + 1;
        place.offset = offset + length;
        place.tNs = tNs;
        read += 4;
        break;
      }
      case EVENT: {
        const pattern = eventPatterns[events[event]!]!;
        const start = place.end + events[event + 1]!;
        const end = start + events[event + 2]!;
        const tNs = place.tNs + events[event + 4]!;
        place.eventRead += events[event + 3]!;
        const preview = say();
        const chars = preview.length + events[event + 5]!;
        const index = place.index++;
        items.push({
          k: 'event',
          event: { ...pattern, index, start, end, read: place.eventRead, tNs, preview, chars },
        });
        place.end = end;
        place.tNs = tNs;
        event += 6;
        break;
      }
      case MESSAGE: {
        const [lane, pattern] = messagePatterns[messages[message]!]!;
        place.event += messages[message + 1]!;
        const ordinal = ordinals[lane]!;
        ordinals[lane] = ordinal + 1;
        const own = textOf(pattern) === undefined ? pattern : withText(pattern, say());
        items.push({ k: 'message', emission: { lane, ordinal, event: place.event, message: own } });
        message += 2;
        break;
      }
      default:
        items.push(others[other++]!);
    }
  return items;
}
