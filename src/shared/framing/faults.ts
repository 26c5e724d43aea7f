/**
 * Faults of the framing, by name: what breaks a stream before its API has a say, found in what the framer gives. The same
 * bytes give the same faults for any cut, one of a kind with a count, and nothing that is kept grows with the body but the
 * numbers of the events at fault.
 */
import type { Frame, Framed, FramingNote, Payload, UnfinishedNote } from '../model/stream.ts';
import {
  brokenData,
  eventBehind,
  eventWithin,
  gatewayText,
  heartbeatAtEnd,
  heartbeatBetween,
  isCutJson,
  isWholeJson,
} from './broken-data.ts';
import { ChunkSizes } from './chunk-sizes.ts';
import * as say from './fault-words.ts';
import { payloadOf } from './frame.ts';
import { isCutRemark } from './framer.ts';
import { strayLine, type StrayLine } from './stray-line.ts';

export type FramingFaultId =
  | 'bare-json'
  | 'bare-page'
  | 'bare-text'
  | 'blank-line-missing'
  | 'byte-order-mark'
  | 'chunk-sizes'
  | 'comment-in-data'
  | 'comment-in-event'
  | 'cr-lines'
  | 'data-encoded-twice'
  | 'data-lines'
  | 'data-nan'
  | 'data-page'
  | 'data-prefix-doubled'
  | 'data-python'
  | 'data-quotes'
  | 'data-two-values'
  | 'done-misspelt'
  | 'empty-event'
  | 'event-cut'
  | 'event-in-comment'
  | 'event-unfinished'
  | 'field-misspelt'
  | 'heartbeat-as-event'
  | 'http-head'
  | 'line-ends'
  | 'line-prefix'
  | 'message-damaged'
  | 'not-utf8'
  | 'other-api'
  | 'other-framing'
  | 'second-stream'
  | 'terminator-open'
  | 'unknown-field'
  | 'wrapped-event';

/** Faults through which a reader of the standard loses some of what was sent. */
export const LOSSES: ReadonlySet<FramingFaultId> = new Set([
  'bare-json',
  'bare-page',
  'blank-line-missing',
  'byte-order-mark',
  'comment-in-data',
  'data-encoded-twice',
  'data-nan',
  'data-page',
  'data-prefix-doubled',
  'data-python',
  'data-quotes',
  'data-two-values',
  'done-misspelt',
  'event-cut',
  'event-in-comment',
  'event-unfinished',
  'field-misspelt',
  'line-ends',
  'line-prefix',
  'message-damaged',
  'not-utf8',
  'other-api',
  'other-framing',
  'terminator-open',
  'wrapped-event',
]);

/** What a line of JSON lines is that is no JSON, where that is all there is to say of it. */
const TOLD_OF_LINES: Partial<Record<StrayLine['kind'], FramingFaultId>> = {
  page: 'bare-page',
  marked: 'byte-order-mark',
};

/** Faults of what stands between events. */
const BETWEEN_EVENTS: readonly FramingFaultId[] = ['bare-json', 'bare-page', 'bare-text', 'not-utf8', 'unknown-field'];

/** The first of its kind, and how many there are. */
export interface FramingFault extends say.FaultPlace {
  readonly id: FramingFaultId;
  readonly count: number;
  /** What was seen and where, and what probably did it. */
  readonly sentence: string;
}

export interface FramingFaults {
  /** In the order of the bytes. */
  readonly all: readonly FramingFault[];
  /** What is wrong with an event, by its number. */
  readonly ofEvent: (event: number) => FramingFault | undefined;
  /** Why a terminator that stands in the body is none, to follow "but"; null where none does. */
  readonly terminator: string | null;
  /** The API of the first event that is of none that is decoded here; null where there is no such event, or nobody can tell. */
  readonly foreign: string | null;
}

/** What an API needs of an event to tell whether it is its end. */
type EventFacts = Pick<Frame, 'name' | 'data' | 'payload'>;

/** What an API knows of its events. */
export interface StreamKnowledge {
  /** How sentences call the API, and what ends its stream. */
  readonly label: string;
  readonly terminator: string;
  readonly ends: (event: EventFacts) => boolean;
  /** Whether the API is one at all; of none, each event is a stranger and none is at fault for it. */
  readonly decoded: boolean;
  /** Whose an event is beyond doubt, where it is not this API's own. */
  readonly stranger: (frame: Frame) => Stranger | null;
}

/** An event of another API, one that is read here or one that is not, or an event that another object holds, in its member `under`. */
export type Stranger =
  | { readonly kind: 'other' | 'foreign'; readonly label: string }
  | { readonly kind: 'wrapped'; readonly label: string; readonly under: string };

/** A line that is no field, until it is known whether it goes on with an event that was cut. */
interface Stray extends say.FaultPlace {
  readonly text: string;
  readonly line: StrayLine;
}

interface CutEvent extends say.FaultPlace {
  readonly data: string;
}

/** How a cut event goes on: in so many lines, among them so many chunk sizes, and what was written in between. */
interface Joint {
  readonly pieces: number;
  readonly sizes: number;
  readonly heartbeat: string | null;
}

interface Tally {
  readonly place: say.FaultPlace;
  readonly sentence: (count: number) => string;
  count: number;
}

/** Lines that are held to see whether they go on with an event: as many as a long event has that was printed with indentation. */
const MAX_STRAYS = 512;
/** Of an event that is cut in more pieces the first few tell. */
const MAX_PIECES = 8;
/** Of an object over several lines; what is longer is taken to go on up to the next frame. */
const MAX_OBJECT_CHARS = 8 * 1024;

export class FaultFinder {
  readonly #knowledge: StreamKnowledge;
  readonly #tallies = new Map<FramingFaultId, Tally>();
  readonly #events = new Map<number, FramingFaultId>();
  readonly #sizes = new ChunkSizes();
  #terminator: string | null = null;
  #foreign: string | null = null;
  #strays: Stray[] = [];
  #cut: CutEvent | undefined;
  /** Where the last comment ended, and where it began. */
  #comment: { readonly start: number; readonly end: number; readonly text: string } | undefined;
  /** What further lines belong to: an object over several lines, up to its end, or a page, up to the next frame. */
  #fold: 'page' | { text: string } | undefined;
  #last: number | null = null;
  #ended: number | null = null;
  #afterEnd: say.FaultPlace | undefined;

  constructor(knowledge: StreamKnowledge) {
    this.#knowledge = knowledge;
  }

  take(framed: Framed): void {
    if (framed.type === 'frame') this.#takeFrame(framed.frame);
    else this.#takeNote(framed);
  }

  /** Call once, last. */
  end(): FramingFaults {
    this.#settle(undefined);
    this.#endSizes();
    // Where nothing is an event, the body is no stream, and what it is has a name of its own.
    if (this.#last === null) for (const id of BETWEEN_EVENTS) this.#tallies.delete(id);
    const all = [...this.#tallies]
      .map(([id, { place, count, sentence }]) => ({ id, ...place, count, sentence: sentence(count) }))
      .toSorted((a, b) => a.start - b.start);
    const byId = new Map(all.map((fault) => [fault.id, fault]));
    const events = this.#events;
    return {
      all,
      ofEvent: (event) => byId.get(events.get(event)!),
      terminator: this.#terminator,
      foreign: this.#foreign,
    };
  }

  #endSizes(): void {
    const { first, sure } = this.#sizes;
    if (first === undefined) return;
    const { place, text, count, cut } = first;
    if (sure) this.#tally('chunk-sizes', place, () => say.chunkSizes(first), count);
    else this.#tally('bare-text', place, (all) => say.bareText(text, place, all), count + cut);
  }

  #takeNote(note: FramingNote): void {
    const place = this.#between(note);
    switch (note.type) {
      case 'ignored':
        return this.#takeStray(note.text, place);
      case 'comment':
        this.#comment = note;
        if (/data: ?[[{]/.test(note.text)) this.#inComment(note.text, place);
        return;
      case 'bad-utf8':
        return this.#tally('not-utf8', place, (count) => say.notUtf8(place, count));
      case 'damaged':
        return this.#tally('message-damaged', place, (count) => say.damaged(note.text, count));
      case 'unfinished':
        return this.#takeUnfinished(note, place);
      case 'limit':
      // The wire lane ends there and says so.
    }
  }

  #inComment(text: string, place: say.FaultPlace): void {
    this.#tally('event-in-comment', place, (count) => say.eventInComment(place, count));
    const line = text.slice(text.indexOf('data:'));
    if (this.#endsWith(line)) this.#terminator ??= say.BEHIND_COMMENT;
  }

  #takeFrame(frame: Frame): void {
    if (this.#strays.length > 0 || this.#cut) this.#settle(frame);
    // A page goes on in the next lines of JSON lines, which are frames.
    if (frame.sse || frame.payload.ok) this.#fold = undefined;
    this.#last = frame.index;
    const comment = this.#comment;
    if (frame.sse?.bareCr) this.#found('cr-lines', frame, say.crLines);
    if (!frame.dispatches)
      return this.#found('empty-event', frame, (place, count) => say.emptyEvent(frame, place, count));
    const { payload } = frame;
    if (isObject(payload)) {
      if (comment && comment.start > frame.start && comment.end < frame.end)
        this.#tally('comment-in-event', placeOf(frame), (count) => say.commentInEvent(placeOf(frame), count));
      if (frame.sse && frame.data.includes('\n'))
        this.#tally('data-lines', placeOf(frame), (count) => say.dataLines(frame.data, placeOf(frame), count));
      this.#takeEvent(frame);
    } else if (!this.#events.has(frame.index)) this.#takeBroken(frame);
  }

  /** An event that can be read: whose is it, and does it come after the end? */
  #takeEvent(frame: Frame): void {
    const { ends, stranger, label, decoded } = this.#knowledge;
    const other = stranger(frame);
    if (other?.kind === 'foreign') this.#foreign ??= other.label;
    if (!decoded) return;
    if (other && other.kind !== 'wrapped')
      this.#found('other-api', frame, (place, count) =>
        say.otherApi(place, count, { ...other, readable: other.kind === 'other' }, label),
      );
    else if (other) this.#found('wrapped-event', frame, (place, count) => say.wrappedEvent(place, count, other));
    if (ends(frame)) this.#takeEnd(frame);
    else if (this.#ended !== null && !other) this.#afterEnd ??= placeOf(frame);
  }

  /** Only an end that follows events makes a second response of them. */
  #takeEnd(frame: Frame): void {
    const after = this.#afterEnd;
    const ended = this.#ended;
    if (after && ended !== null) this.#tally('second-stream', after, (count) => say.secondStream(after, ended, count));
    this.#ended = frame.index;
    this.#afterEnd = undefined;
  }

  #takeBroken(frame: Frame): void {
    if (this.#knowledge.ends(frame)) return this.#takeEnd(frame);
    // A message of a binary stream has no heartbeats, and what its headers say is not looked at here.
    if (frame.headers && frame.data === '') return;
    if (!frame.sse) return this.#takeLine(frame);
    const { data } = frame;
    // An error that says nothing keeps no connection alive.
    if (frame.name === 'error' && data === '') return;
    this.#takeBrokenData(data, placeOf(frame), (id, sentence) => this.#found(id, frame, sentence));
  }

  /** `found`: tells of it at its place. `lines`: they are JSON lines. */
  #takeBrokenData(
    data: string,
    place: say.FaultPlace,
    found: (id: FramingFaultId, sentence: (place: say.FaultPlace, count: number) => string) => void,
    lines = false,
  ): void {
    const broken = brokenData(data);
    switch (broken?.kind) {
      case undefined:
        return;
      case 'heartbeat':
        return found('heartbeat-as-event', (at, count) => say.heartbeat(data, at, count));
      case 'prefix-doubled':
        this.#inSight(broken.data, say.BEHIND_PREFIX);
        return found('data-prefix-doubled', (at, count) => say.prefixDoubled(broken.field, at, count));
      case 'blank-line-missing':
        this.#inSight(broken.last, say.NOT_SEPARATED);
        return found('blank-line-missing', (at, count) => say.blankLineMissing(broken.events, at, count));
      case 'line-end':
        this.#inSight(broken.last, say.behindLineEnd(broken.character));
        return found('line-ends', (at, count) => say.lineEnds(broken.character, at, count));
      case 'marked':
        this.#inSight(broken.data, say.BEHIND_MARK);
        return found('byte-order-mark', (at, count) => say.markInData(at, count));
      case 'done-misspelt':
        this.#terminator ??= say.spelt(data);
        return found('done-misspelt', (at, count) => say.doneMisspelt(data, this.#knowledge.terminator, at, count));
      case 'two-values':
        this.#inSight(broken.rest.replace(/^(?:data: ?)+/, ''), say.SAME_LINE);
        return found('data-two-values', (at, count) => say.twoValues(broken.rest, lines, at, count));
      case 'encoded-twice':
        this.#inSight(eventWithin(data)!, say.TWICE);
        return found('data-encoded-twice', say.encodedTwice);
      case 'quotes':
        return found('data-quotes', (at, count) => say.otherQuotes(broken.quote, at, count));
      case 'python':
        return found('data-python', say.python);
      case 'page':
        return found('data-page', say.pageInData);
      case 'not-a-number':
        return found('data-nan', say.notANumber);
      case 'heartbeat-inside':
        return found('comment-in-data', (at, count) => say.commentInData(broken.text, at, count));
      case 'line-end-unescaped':
        return found('event-cut', say.lineEndInData);
      case 'cut':
        this.#cut = { ...place, data };
    }
  }

  /** A line of JSON lines that is no object. */
  #takeLine(frame: Frame): void {
    const { data } = frame;
    if (/^(?:data|event|id|retry):|^:/.test(data)) {
      this.#inSight(data.replace(/^data: ?/, ''), say.IN_SSE);
      return this.#found('other-framing', frame, say.otherFraming);
    }
    if (this.#fold === 'page') {
      this.#events.set(frame.index, 'bare-page');
      return;
    }
    const place = placeOf(frame);
    const stray: Stray = { ...place, text: data, line: strayLine(data) };
    if (stray.line.kind === 'json' || stray.line.kind === 'text')
      this.#takeBrokenData(data, place, (id, sentence) => this.#found(id, frame, sentence), true);
    else {
      const told = TOLD_OF_LINES[stray.line.kind];
      if (told !== undefined) this.#events.set(frame.index, told);
      this.#takeSettled(stray);
    }
  }

  #takeStray(text: string, place: say.FaultPlace): void {
    if (this.#fold) return this.#goOn(this.#fold, text);
    this.#strays.push({ ...place, text, line: strayLine(text) });
    if (this.#strays.length > MAX_STRAYS) this.#settle(undefined);
  }

  /** A further line of a page, or of an object. */
  #goOn(fold: 'page' | { text: string }, text: string): void {
    if (fold === 'page') return;
    fold.text += text;
    if (fold.text.length > MAX_OBJECT_CHARS) this.#fold = 'page';
    else if (!isCutJson(fold.text)) this.#fold = undefined;
  }

  /** What is held: lines that go on with an event that was cut, and others. `next`: the frame that comes now. */
  #settle(next: Frame | undefined): void {
    const strays = this.#strays;
    this.#strays = [];
    const inside = next ? strays.filter(({ start }) => start >= next.start) : [];
    const outside = strays.slice(0, strays.length - inside.length);
    const rest = this.#settleCut(outside, next);
    this.#takeAllSettled(rest);
    if (next && inside.length > 0) this.#takeAllSettled(this.#settleInside(inside, next));
  }

  /** Lines within a frame: its data may go on in them. Returns those in which it does not. */
  #settleInside(inside: readonly Stray[], next: Frame): readonly Stray[] {
    const { data, payload } = next;
    if (payload.ok || !isCutJson(data)) return inside;
    if (isWholeJson([data, ...inside.map(({ text }) => text)].join('\n'))) {
      this.#found('event-cut', next, (place, count) => say.printedOverLines(inside.length + 1, place, count));
      return [];
    }
    const joint = this.#joint(data, inside);
    if (!joint) return inside;
    this.#tellCut({ ...placeOf(next), data }, joint, inside);
    return inside.slice(joint.pieces);
  }

  /** Returns the lines that do not go on with the event that was cut. */
  #settleCut(strays: readonly Stray[], next: Frame | undefined): readonly Stray[] {
    const cut = this.#cut;
    this.#cut = undefined;
    if (!cut) return strays;
    const joint = this.#joint(cut.data, strays);
    if (joint) {
      this.#tellCut(cut, joint, strays);
      return strays.slice(joint.pieces);
    }
    const halves =
      next && strays.length === 0 && next.dispatches && !next.payload.ok && isWholeJson(cut.data + next.data);
    const behind = halves ? null : eventBehind(cut.data);
    const gateway = halves || behind ? null : gatewayText(cut.data);
    if (behind) this.#inSight(behind.text, say.NOT_SEPARATED);
    this.#tally('event-cut', cut, (count) => {
      if (halves) return say.cutInHalves(cut, count);
      if (behind) return say.cutBeforeNext(cut, behind.length, count);
      return gateway ? say.cutByGateway(cut, gateway, count) : say.cutShort(cut, cut.data, count);
    });
    this.#events.set(cut.event!, 'event-cut');
    if (halves) this.#events.set(next.index, 'event-cut');
    return strays;
  }

  /** How many of the lines, joined with the data, make it whole; what a heartbeat left between them is taken out. */
  #joint(data: string, strays: readonly Stray[]): Joint | null {
    let joined = data;
    let sizes = 0;
    for (let pieces = 1; pieces <= Math.min(strays.length, MAX_PIECES); pieces++) {
      const { text, line } = strays[pieces - 1]!;
      if (line.kind === 'page') return null;
      if (line.kind === 'chunk-size' && pieces < strays.length) {
        sizes++;
        continue;
      }
      // What is cut to a length cannot be tried.
      if (isCutRemark(text)) return line.kind === 'json' ? null : { pieces, sizes, heartbeat: heartbeatAtEnd(data) };
      joined += text;
      const rest = joined.slice(data.length);
      // A comment in the middle of a string leaves JSON that is whole all the same.
      const word = heartbeatAtEnd(data);
      if (word !== null && isWholeJson(data.slice(0, -word.length) + rest)) return { pieces, sizes, heartbeat: word };
      if (isWholeJson(joined)) return { pieces, sizes, heartbeat: null };
      const heartbeat = heartbeatBetween(data, rest);
      if (heartbeat !== null) return { pieces, sizes, heartbeat };
    }
    return null;
  }

  #tellCut(cut: CutEvent, { heartbeat, sizes, pieces }: Joint, strays: readonly Stray[]): void {
    for (const { line, ...stray } of strays.slice(0, pieces))
      if (line.kind === 'chunk-size') this.#sizes.add(stray, line.size, stray.text);
    const comment = this.#comment && this.#comment.start >= cut.start ? this.#comment.text : null;
    const written = heartbeat ?? (comment === null ? null : `:${comment}`);
    if (written === null) this.#tally('event-cut', cut, (count) => say.cutByLine(cut, sizes > 0, count));
    else this.#tally('comment-in-data', cut, (count) => say.commentInData(written, cut, count));
    this.#events.set(cut.event!, written === null ? 'event-cut' : 'comment-in-data');
  }

  #takeAllSettled(strays: readonly Stray[]): void {
    for (const stray of strays)
      if (this.#fold) this.#goOn(this.#fold, stray.text);
      else this.#takeSettled(stray);
  }

  #takeSettled(stray: Stray): void {
    const { line, text } = stray;
    if (line.kind === 'chunk-size') return this.#sizes.add(stray, line.size, text);
    // What follows a size is the rest of what it cut.
    if ((line.kind === 'text' || line.kind === 'field') && this.#sizes.cuts(stray)) return;
    switch (line.kind) {
      case 'head':
        return this.#tally('http-head', stray, (count) => say.httpHead(line.curl, stray, count));
      case 'around':
        this.#inSightOn(line.line, say.behind(line.around));
        return this.#tally('line-prefix', stray, (count) => say.linePrefix(line.around, text, stray, count));
      case 'marked':
        this.#inSightOn(line.line, say.BEHIND_MARK);
        return this.#tally('byte-order-mark', stray, (count) => say.mark(stray, count));
      case 'misspelt':
        return this.#tally('field-misspelt', stray, (count) => say.fieldMisspelt(text, stray, count));
      case 'done':
        this.#terminator ??= say.WITHOUT_FIELD;
        return this.#tally('done-misspelt', stray, (count) =>
          say.doneWithoutField(this.#knowledge.terminator, stray, count),
        );
      case 'mark':
        return;
      case 'page':
        this.#fold = 'page';
        return this.#tally('bare-page', stray, (count) => say.barePage(stray, count));
      case 'json':
        if (isCutJson(text) && !isCutRemark(text)) this.#fold = { text };
        return this.#tally('bare-json', stray, (count) => say.bareJson(stray, count));
      case 'field':
        return this.#tally('unknown-field', stray, (count) => say.unknownField(line.name, text, stray, count));
      case 'text':
        return this.#tally('bare-text', stray, (count) => say.bareText(text, stray, count));
    }
  }

  /** What no blank line closed when the body was over. */
  #takeUnfinished({ open, text }: UnfinishedNote, place: say.FaultPlace): void {
    if (!open) return this.#tally('event-unfinished', place, () => say.unfinished(place));
    this.#settle(undefined);
    const { dataLines, data, name, id, retries } = open.fields;
    if (dataLines === 0 && name === '' && id === undefined && !retries) {
      // A line without its end, which is no field; or none, after such lines.
      if (open.lineStart === place.end) return;
      if (this.#fold) return this.#goOn(this.#fold, text);
      if (isCutField(text)) return this.#tally('event-unfinished', place, () => say.eventUnfinished('', false, place));
      return this.#takeSettled({ ...place, start: open.lineStart, text, line: strayLine(text) });
    }
    const event = { name, data, payload: payloadOf(data) };
    if (this.#knowledge.ends(event)) {
      this.#terminator ??= say.NOT_CLOSED;
      return this.#tally('terminator-open', place, () => say.terminatorOpen(this.#knowledge.terminator, place));
    }
    let told = false;
    // Data that is to come yet is no heartbeat, and half of a terminator none that is misspelt.
    if (dataLines > 0 && !'[DONE'.startsWith(data) && !isObject(event.payload))
      this.#takeBrokenData(data, place, (id, sentence) => {
        told = true;
        this.#tally(id, place, (count) => sentence(place, count));
      });
    const gateway = this.#cut && gatewayText(data);
    this.#cut = undefined;
    if (gateway) return this.#tally('event-cut', place, (count) => say.cutByGateway(place, gateway, count));
    if (data.endsWith('\uFFFD') && data.indexOf('\uFFFD') === data.length - 1) this.#endsInCharacter(place);
    if (!told) this.#tally('event-unfinished', place, () => say.eventUnfinished(data, isObject(event.payload), place));
  }

  /** A body that ends in the middle of a character is cut, and is UTF-8 all the same. */
  #endsInCharacter({ start }: say.FaultPlace): void {
    const bad = this.#tallies.get('not-utf8');
    if (bad?.count === 1 && bad.place.start >= start) this.#tallies.delete('not-utf8');
  }

  #found(id: FramingFaultId, frame: Frame, sentence: (place: say.FaultPlace, count: number) => string): void {
    const place = placeOf(frame);
    this.#events.set(frame.index, id);
    this.#tally(id, place, (count) => sentence(place, count));
  }

  #tally(id: FramingFaultId, place: say.FaultPlace, sentence: (count: number) => string, count = 1): void {
    const tally = this.#tallies.get(id);
    if (tally) tally.count += count;
    else
      this.#tallies.set(id, {
        place: { event: place.event, after: place.after, start: place.start, end: place.end },
        sentence,
        count,
      });
  }

  #between({ start, end }: FramingNote): say.FaultPlace {
    return { event: null, after: this.#last, start, end };
  }

  /** A terminator is there, but not as one. */
  #inSight(data: string, but: string): void {
    if (this.#knowledge.ends({ name: '', data, payload: payloadOf(data) })) this.#terminator ??= but;
  }

  #inSightOn(line: string, but: string): void {
    if (line.startsWith('data:')) this.#inSight(line.slice(line[5] === ' ' ? 6 : 5), but);
  }

  #endsWith(line: string): boolean {
    const data = line.replace(/^data: ?/, '');
    return this.#knowledge.ends({ name: '', data, payload: payloadOf(data) });
  }
}

/** Whether a last line is a field of the standard that was cut: in its name, or before its value. */
const isCutField = (text: string): boolean =>
  ['data', 'event', 'id', 'retry'].some((name) => name.startsWith(text)) || /^(?:event|id|retry): ?$/.test(text);

const placeOf = ({ index, start, end }: Frame): say.FaultPlace => ({ event: index, after: null, start, end });

const isObject = (payload: Payload): boolean =>
  payload.ok && typeof payload.value === 'object' && payload.value !== null && !Array.isArray(payload.value);
