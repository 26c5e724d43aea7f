/**
 * What a wire protocol says to while it reads: it keeps the content blocks and totals of the whole stream, and the
 * messages and the one-line summary of the frame at hand. It knows no provider; the protocols know no bookkeeping.
 */
import {
  WIRE,
  type BlockKind,
  type Emission,
  type StrayUsage,
  type WireBlock,
  type WireMessage,
} from '../model/messages.ts';
import type { EventKind, EventSummary, Frame } from '../model/stream.ts';
import type { FinishReason, Usage } from '../model/usage.ts';
import { codePoints, firstCodePoints } from '../text/code-points.ts';
import { isJson } from '../json/json-object.ts';
import { KeptValues } from './kept-values.ts';
import type { Fault, Outside, OutsideFault } from './faults.ts';
import { LimitPassed, MAX_BLOCKS, MAX_TEXT_CHARS } from './limits.ts';
import { countNames, countOf, usageIn } from './stray-usage.ts';
import type { Figures } from './usage.ts';

/** A content block while it grows. */
export interface Block {
  readonly id: string;
  readonly kind: BlockKind;
  /** What an event that speaks of it is, beside anything else that it says. */
  readonly event: EventKind;
  readonly type: string;
  readonly choice: number;
  /** Grows by `+=`: V8 keeps the pieces as a rope and joins them when somebody reads. */
  text: string;
  name: string | null;
  callId: string | null;
  signature: string | null;
  closed: boolean;
  valid: boolean | null;
  attachments: { readonly type: string; readonly value: unknown }[] | null;
  readonly firstEvent: number;
  lastEvent: number;
}

export interface WireError {
  readonly message: string;
  readonly type: string | null;
  readonly code: string | null;
  readonly event: number;
  readonly outside?: Outside;
}

const PREVIEW_CHARS = 200;

/** Which kind names an event that says several things. Among the kinds of content, the first one said stays. */
const RANK: Readonly<Record<EventKind, number>> = {
  unknown: 0,
  meta: 1,
  ping: 2,
  start: 3,
  usage: 4,
  finish: 5,
  text: 6,
  reasoning: 6,
  tool: 6,
  done: 7,
  error: 8,
};

const KIND_OF_BLOCK: Readonly<Record<BlockKind, EventKind>> = {
  text: 'text',
  refusal: 'text',
  reasoning: 'reasoning',
  redacted_reasoning: 'reasoning',
  tool: 'tool',
  server_tool: 'tool',
  server_tool_result: 'tool',
  other: 'meta',
};

const NOTHING: readonly Emission<WireMessage>[] = [];

/** Whether a usage has counts, and not only a server's own figures. */
const hasCounts = ({ input, output, total }: Omit<Usage, 'raw'>): boolean =>
  [input, output, total].some((count) => typeof count === 'number');

const isTool = (kind: BlockKind): boolean => kind === 'tool' || kind === 'server_tool';

export class WireRecorder {
  readonly blocks: Block[] = [];
  readonly errors: WireError[] = [];
  readonly finishes = new Map<number, FinishReason>();
  id: string | null = null;
  model: string | null = null;
  /** undefined: never said. */
  serviceTier: string | null | undefined = undefined;
  usageTotals: Omit<Usage, 'raw'> = {};
  usageRaw: unknown[] = [];
  /** Counts that stood where the API has none, by their place: the last ones. */
  readonly strayUsage = new Map<string, Omit<StrayUsage, 'taken'>>();

  readonly #ids = new Map<string, number>();
  /** Whether there was a usage, and whether it stood where the API has it. */
  #usage: 'none' | 'stray' | 'own' = 'none';
  #loose: { readonly event: number; readonly counts: Record<string, number> } = { event: -1, counts: {} };
  readonly #kept = new KeptValues();
  #chars = 0;
  #ordinal = 0;
  /** Nearly always one a frame, for which an array that is pushed to would make room for sixteen. */
  #emissions: Emission<WireMessage>[] | undefined;

  // The frame at hand.
  #event = -1;
  #kind: EventKind = 'unknown';
  #rank = RANK.unknown;
  #type = '';
  #target: string | undefined;
  #block: string | undefined;
  #preview = '';
  #deltaChars = 0;
  #notes: string[] | null = null;

  /** Starts the messages and the summary of one frame. */
  begin(frame: Frame, type: string): void {
    this.#event = frame.index;
    this.#kind = 'unknown';
    this.#rank = RANK.unknown;
    this.#type = type;
    this.#target = undefined;
    this.#block = undefined;
    this.#preview = '';
    this.#deltaChars = 0;
    this.#notes = null;
  }

  /** What was emitted since the last call. */
  drain(): readonly Emission<WireMessage>[] {
    const emissions = this.#emissions;
    this.#emissions = undefined;
    return emissions ?? NOTHING;
  }

  /** Written out field by field, and the usual event in one: this runs for each, and spreads cost more than all the rest. */
  summary(frame: Frame): EventSummary {
    const { index, start, end, read, tNs } = frame;
    if (index !== this.#event)
      return { index, start, end, read, tNs, kind: 'unknown', type: frame.name, preview: '', chars: 0 };
    if (this.#target !== undefined && this.#block !== undefined && this.#notes === null) {
      return {
        index,
        start,
        end,
        read,
        tNs,
        kind: this.#kind,
        type: this.#type,
        preview: this.#preview,
        chars: this.#deltaChars,
        target: this.#target,
        block: this.#block,
      };
    }
    const summary: { -readonly [Field in keyof EventSummary]: EventSummary[Field] } = {
      index,
      start,
      end,
      read,
      tNs,
      kind: this.#kind,
      type: this.#type,
      preview: this.#preview,
      chars: this.#deltaChars,
    };
    if (this.#target !== undefined) summary.target = this.#target;
    if (this.#block !== undefined) summary.block = this.#block;
    if (this.#notes) summary.notes = this.#notes;
    return summary;
  }

  // What the summary of the frame says.

  /** The provider's own name of the event, once its data is read. */
  type(type: string): void {
    this.#type = type;
  }

  mark(kind: EventKind): void {
    const rank = RANK[kind];
    if (rank <= this.#rank) return;
    this.#kind = kind;
    this.#rank = rank;
  }

  target(target: string): void {
    this.#target ??= target;
  }

  note(text: string): void {
    (this.#notes ??= []).push(text);
  }

  /** A line for an event that carries no delta of a block. */
  preview(text: string): void {
    if (this.#preview === '') this.#preview = firstCodePoints(text, PREVIEW_CHARS);
  }

  // Content blocks.

  /** Opens a block. `id` gets a count when the stream uses it again, so that ids stay unique under any stream. */
  open(
    id: string,
    kind: BlockKind,
    type: string,
    choice = 0,
    tool?: { readonly name: string | null; readonly callId: string | null },
  ): Block {
    if (this.blocks.length >= MAX_BLOCKS)
      throw new LimitPassed(`The stream has more than ${MAX_BLOCKS} content blocks.`);
    const uses = (this.#ids.get(id) ?? 0) + 1;
    this.#ids.set(id, uses);
    const block: Block = {
      id: uses === 1 ? id : `${id}.${uses}`,
      kind,
      event: KIND_OF_BLOCK[kind],
      type,
      choice,
      text: '',
      name: tool?.name ?? null,
      callId: tool?.callId ?? null,
      signature: null,
      closed: false,
      valid: null,
      attachments: null,
      firstEvent: this.#event,
      lastEvent: this.#event,
    };
    this.blocks.push(block);
    this.#delta(block);
    this.#emit({
      message_type: 'block_start',
      block: block.id,
      kind,
      type,
      choice,
      ...(tool && { name: tool.name, tool_call_id: tool.callId }),
    });
    return block;
  }

  text(block: Block, delta: string): void {
    this.#grow(block, delta);
    if (block.kind === 'refusal') this.#emit({ message_type: 'refusal_message', block: block.id, content: delta });
    else this.#emit({ message_type: 'assistant_message', block: block.id, content: delta });
  }

  reasoning(block: Block, delta: string): void {
    this.#grow(block, delta);
    this.#emit({ message_type: 'reasoning_message', block: block.id, reasoning: delta, signature: null });
  }

  /** A signature replaces the one before, as the Anthropic SDK has it. */
  signature(block: Block, signature: string): void {
    this.#delta(block);
    block.signature = signature;
    this.#emit({ message_type: 'reasoning_message', block: block.id, reasoning: '', signature });
  }

  hidden(block: Block, state: 'redacted' | 'encrypted', data: string | null): void {
    this.#grow(block, data ?? '');
    this.#emit({ message_type: 'hidden_reasoning_message', block: block.id, state, hidden_reasoning: data });
  }

  /** One piece of a tool call as it came; null is what the piece did not say. Name and id of the block are the protocol's to set. */
  tool(block: Block, name: string | null, callId: string | null, argumentText: string | null): void {
    this.#grow(block, argumentText ?? '');
    if (argumentText === null) this.preview(name ?? '');
    this.#emit({
      message_type: 'tool_call_message',
      block: block.id,
      tool_call: { name, arguments: argumentText, tool_call_id: callId },
    });
  }

  attach(block: Block, type: string, value: unknown): void {
    this.#delta(block);
    (block.attachments ??= []).push({ type, value });
    this.#emit({ message_type: 'attachment', block: block.id, type, value });
  }

  /** The frame speaks of the block without a delta: its stop or done event. */
  about(block: Block): void {
    block.lastEvent = this.#event;
    this.#block ??= block.id;
    this.mark('meta');
  }

  /**
   * The provider closed the block: from here on its arguments are final. `json` is false for tools that take free text.
   * Where a format has no stop events, the frame that ends a block speaks of another one, so closing alone says nothing of it.
   */
  close(block: Block, json = true): void {
    if (block.closed) return;
    block.closed = true;
    block.valid = json && isTool(block.kind) && block.text !== '' ? isJson(block.text) : null;
    this.#emit({ message_type: 'block_stop', block: block.id, valid: block.valid });
  }

  // The response as a whole.

  /**
   * Identity of the response; null and '' say nothing, and undefined is absent: none of them replaces what was said. A change
   * in mid-stream (a fallback model, a second response) is noted.
   */
  response(id: string | null | undefined, model: string | null | undefined, tier: string | null | undefined): void {
    const newId = !!id && id !== this.id;
    const newModel = !!model && model !== this.model;
    const newTier =
      tier !== undefined && tier !== this.serviceTier && (tier !== null || this.serviceTier === undefined);
    if (!newId && !newModel && !newTier) return;
    if (newId && this.id !== null) this.note(`the id changes from ${this.id} to ${id}`);
    if (newModel && this.model !== null) this.note(`the model changes from ${this.model} to ${model}`);
    if (newId) this.id = id;
    if (newModel) this.model = model;
    if (newTier) this.serviceTier = tier;
    this.#emit({
      message_type: 'response',
      id: this.id,
      model: this.model,
      ...(this.serviceTier !== undefined && { service_tier: this.serviceTier }),
    });
  }

  /** Counts said by this event. They replace earlier ones field by field; a null replaces nothing that was said. */
  usage(counts: Omit<Usage, 'raw'>, raw: unknown): void {
    const { input, output, serverRate, cost } = counts;
    // A server's own figures stand beside counts of any name.
    const own = [input, output, serverRate, cost].some((figure) => typeof figure === 'number');
    const names = own ? [] : countNames(raw);
    if (names.length > 0) return this.seekUsage(`usage under the names ${names.join(', ')}`, raw);
    // The usage in its place counts, and what was taken from elsewhere before no more.
    if (this.#usage === 'stray' && hasCounts(counts)) {
      this.usageTotals = {};
      this.usageRaw = [];
    }
    if (hasCounts(counts)) this.#usage = 'own';
    this.#addUsage(counts, raw);
  }

  strayUsages(): StrayUsage[] {
    return [...this.strayUsage.values()].map((stray) => ({ ...stray, taken: this.#usage === 'stray' }));
  }

  #addUsage(counts: Omit<Usage, 'raw'>, raw: unknown): void {
    this.mark('usage');
    const totals: Record<string, number | null> = { ...(this.usageTotals as Record<string, number | null>) };
    for (const [field, count] of Object.entries(counts) as [string, number | null][]) {
      if (count !== null || totals[field] === undefined) totals[field] = count;
    }
    this.usageTotals = totals;
    this.usageRaw.push(raw);
    // Only this event's own object travels: the whole list with each message would be quadratic where usage comes with every chunk.
    this.#emit({ message_type: 'usage', usage: { ...this.usageTotals, raw: [raw] } });
  }

  finish(choice: number, finish: FinishReason): void {
    this.mark('finish');
    this.preview(finish.raw ?? '');
    const before = this.finishes.get(choice);
    if (before?.raw === finish.raw && before.unified === finish.unified) return;
    this.finishes.set(choice, finish);
    this.#emit({ message_type: 'finish', choice, finish });
  }

  /** An error on the wire. Errors are only ever added: nothing that comes later makes one undone. `raw` is what said it, whole. */
  error({ message, type, code }: Fault, raw: unknown): void {
    this.mark('error');
    this.preview(message);
    this.errors.push({ message, type, code, event: this.#event });
    this.#emit({ message_type: 'error', error: { message, type, code, raw } });
  }

  /** An error in no event: between two of them, or after the last. It counts to the event before it, or to none (-1). */
  outsideError({ message, type, code, outside, raw }: OutsideFault): void {
    this.errors.push({ message, type, code, event: this.#event, outside });
    this.#emit({ message_type: 'error', error: { message, type, code, raw } });
  }

  /** `path`: of the value, for counts that are found in it; '' for a whole event. */
  event(type: string, known: boolean, value?: unknown, path = type): void {
    this.#emit({ message_type: 'event', type, known, ...(value !== undefined && { value }) });
    if (!known && typeof value === 'object') this.seekUsage(path, value);
  }

  /**
   * Counts in what goes into nothing else: they are taken as long as the usage is not where it belongs. `own`: the server's
   * figures that stand with them.
   */
  seekUsage(path: string, value: unknown, own: Figures = {}): void {
    const found = usageIn(path, value);
    if (!found) return;
    const { raw } = found;
    const counts = { ...found.counts, ...own };
    const place = found.path.replace(/^\./, '') || 'the event itself';
    this.strayUsage.set(place, { path: place, event: this.#event, counts });
    if (this.#usage === 'own') return;
    this.#usage = 'stray';
    this.#addUsage(counts, raw);
  }

  /**
   * A field that went into nothing else, under its path. One that comes with each event is told when its value changes.
   * `known`: a value that another took the place of; else one that this version does not expect there.
   */
  keep(path: string, value: unknown, known = false): void {
    if (this.#kept.isAgain(path, JSON.stringify(value))) return;
    this.event(path, known, value);
    if (!known && typeof value === 'number') this.#seekLoose(path, value);
  }

  /** Counts that stand side by side in an event, in no object of their own. */
  #seekLoose(path: string, count: number): void {
    const dot = path.lastIndexOf('.');
    const name = path.slice(dot + 1);
    if (countOf(name) === undefined) return;
    if (this.#loose.event !== this.#event) this.#loose = { event: this.#event, counts: {} };
    this.#loose.counts[name] = count;
    this.seekUsage(dot < 0 ? 'the event itself' : path.slice(0, dot), this.#loose.counts);
  }

  /** Whole blocks for the outcome, in the order in which they were opened. */
  wireBlocks(): WireBlock[] {
    return this.blocks.map((block) => ({
      block: block.id,
      kind: block.kind,
      type: block.type,
      choice: block.choice,
      text: block.text,
      ...((isTool(block.kind) || block.name !== null) && { name: block.name }),
      ...((isTool(block.kind) || block.callId !== null) && { tool_call_id: block.callId }),
      ...(block.signature !== null && { signature: block.signature }),
      closed: block.closed,
      ...(isTool(block.kind) && block.closed && { valid: block.valid }),
      ...(block.attachments && { attachments: block.attachments }),
      firstEvent: block.firstEvent,
      lastEvent: block.lastEvent,
    }));
  }

  #grow(block: Block, delta: string): void {
    this.#chars += delta.length;
    if (this.#chars > MAX_TEXT_CHARS)
      throw new LimitPassed(`The stream has more than ${MAX_TEXT_CHARS} characters of content.`);
    if (block.closed) this.note(`${block.id} was closed before this delta`);
    block.text += delta;
    this.#deltaChars += codePoints(delta);
    this.preview(delta);
    this.#delta(block);
  }

  #delta(block: Block): void {
    block.lastEvent = this.#event;
    this.#block ??= block.id;
    this.mark(block.event);
  }

  #emit(message: WireMessage): void {
    const emission: Emission<WireMessage> = {
      lane: WIRE,
      ordinal: this.#ordinal++,
      event: this.#event < 0 ? null : this.#event,
      message,
    };
    if (this.#emissions === undefined) this.#emissions = [emission];
    else this.#emissions.push(emission);
  }
}
