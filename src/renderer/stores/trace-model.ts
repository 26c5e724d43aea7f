/**
 * What is known of one trace's stream so far: the item lists, and the lanes' blocks folded out of them. It only grows, and
 * it grows in place: at thousands of items a second nothing may be copied. Readers look again when told to (trace.ts).
 */
import { LaneBlocks } from '../../shared/model/blocks.ts';
import type { TraceItem } from '../../shared/model/items.ts';
import type { Emission, LaneId, LaneOutcome } from '../../shared/model/messages.ts';
import type { EventSummary } from '../../shared/model/stream.ts';
import type { Ending, HttpHead } from '../../shared/model/trace.ts';
import type { Usage } from '../../shared/model/usage.ts';

export type ReadMark = Extract<TraceItem, { readonly k: 'read' }>;
export type NoteMark = Extract<TraceItem, { readonly k: 'note' }>;

/** Nanoseconds since the request was sent; null while not seen. */
export interface Firsts {
  byte: number | null;
  event: number | null;
  reasoning: number | null;
  text: number | null;
  tool: number | null;
}

export class TraceModel {
  /** Items taken so far: where a watcher goes on after a lost connection. */
  count = 0;
  head: HttpHead | null = null;
  readonly reads: ReadMark[] = [];
  readonly events: EventSummary[] = [];
  readonly messages: Emission[] = [];
  readonly laneMessages: Record<LaneId, number> = { wire: 0, legacy: 0, simple: 0 };
  readonly notes: NoteMark[] = [];
  readonly outcomes: Partial<Record<LaneId, LaneOutcome>> = {};
  ending: Ending | null = null;
  readonly blocks = new LaneBlocks();
  readonly firsts: Firsts = { byte: null, event: null, reasoning: null, text: null, tool: null };
  /** Length of the visible answer text in code points. */
  textChars = 0;
  bytes = 0;
  /** Time of the last thing that happened. */
  lastNs = 0;
  usage: Usage | null = null;

  apply(items: readonly TraceItem[]): void {
    for (const item of items) this.#take(item);
    this.count += items.length;
  }

  #take(item: TraceItem): void {
    switch (item.k) {
      case 'head':
        this.head = item.head;
        this.lastNs = Math.max(this.lastNs, item.tNs);
        return;
      case 'read':
        this.reads.push(item);
        this.bytes = item.offset + item.length;
        this.firsts.byte ??= item.tNs;
        this.lastNs = item.tNs;
        return;
      case 'event':
        this.#event(item.event);
        return;
      case 'message':
        this.#message(item.emission);
        return;
      case 'note':
        this.notes.push(item);
        return;
      case 'outcome':
        this.outcomes[item.result.lane] = item.result;
        this.blocks.outcome(item.result);
        return;
      case 'ending':
        this.ending = item.ending;
        this.lastNs = Math.max(this.lastNs, item.tNs);
        this.blocks.end();
    }
  }

  #event(event: EventSummary): void {
    this.events.push(event);
    this.firsts.event ??= event.tNs;
    if (event.chars > 0 && (event.kind === 'reasoning' || event.kind === 'text' || event.kind === 'tool'))
      this.firsts[event.kind] ??= event.tNs;
    if (event.kind === 'text') this.textChars += event.chars;
    this.blocks.event(event);
  }

  #message(emission: Emission): void {
    this.messages.push(emission);
    this.laneMessages[emission.lane]++;
    if (emission.message.message_type === 'usage') this.usage = emission.message.usage;
    this.blocks.message(emission);
  }
}
