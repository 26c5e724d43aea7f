/**
 * One grid for cause and effect. A row is a content block of the wire, a cell what one lane made of it: the messages that
 * the block's frames caused. What a lane lacks is then a hole beside its peers, without any comparing of texts.
 *
 * The grid is folded out of a reading's items, one at a time, and only grows: text is a list of pieces that is appended
 * to, never joined again, so that a screen can add what is new to what it shows. All work is linear in the items.
 */
import { cellOf, type BlockRow, type LaneBlock, type LaneBlockKind } from './block-row.ts';
import { ArgumentScanner } from './argument-scanner.ts';
import { BlockRows, PastRows, type RowsOfMoment, type RowSpan, type Scanners } from './block-rows.ts';
import { codePoints } from '../text/code-points.ts';
import {
  isWireEmission,
  isWireResult,
  type AdapterMessage,
  type BlockKind,
  type Emission,
  type LaneId,
  type LaneMessage,
  type LaneOutcome,
  type WireMessage,
} from './messages.ts';
import type { EventSummary } from './stream.ts';
import { TouchedRows, type TouchedMoment } from './touched-rows.ts';

const KIND_OF_WIRE: Readonly<Record<BlockKind, LaneBlockKind>> = {
  text: 'text',
  reasoning: 'reasoning',
  tool: 'tool',
  server_tool: 'server_tool',
  server_tool_result: 'server_tool_result',
  refusal: 'refusal',
  redacted_reasoning: 'hidden',
  other: 'other',
};

export class LaneBlocks {
  /** Grows when rows or blocks come, close or change state; not when text is appended. */
  version = 0;
  readonly #rows: BlockRows;
  readonly #last = new Map<LaneId, LaneBlock>();
  readonly #errors = new Map<LaneId, LaneBlock>();
  readonly #scanners: Scanners;
  /** The frame whose messages come now, and the wire blocks they speak of. */
  #event: EventSummary | null = null;
  #touched: TouchedRows;
  /** Moments that were kept, for a grid that can be shown as it was; else absent. */
  readonly #past: GridPast | undefined;

  /** `keepsPast`: whether `keepMoment` is going to be called, and `asOf` with it. `start`: of a moment of another grid. */
  constructor({ keepsPast = false }: { readonly keepsPast?: boolean } = {}, start?: GridStart) {
    this.#scanners = start?.scanners ?? new Map();
    this.#rows = new BlockRows(start?.rows);
    this.#touched = new TouchedRows(start?.moment.touched);
    if (keepsPast) this.#past = { moments: [], rows: new PastRows(this.#rows, this.#scanners) };
    if (!start) return;
    const { version, event, last, errors } = start.moment;
    this.version = version;
    this.#event = event;
    for (const place of last) this.#last.set(place.lane, this.#at(place));
    for (const place of errors) this.#errors.set(place.lane, this.#at(place));
  }

  /** All of them, in order. A grid of a moment copies each for it; a screen asks by number for the few that it shows. */
  get rows(): readonly BlockRow[] {
    return this.#rows.all();
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  rowAt(number: number): BlockRow {
    return this.#rows.at(number);
  }

  /** Where the row of a number stands in the stream. Copies nothing. */
  spanOf(number: number): RowSpan {
    return this.#rows.spanOf(number);
  }

  /** Keeps this moment, so that `asOf` can give it. Costs what the rows hold that changed since the moment before, without their texts. */
  keepMoment(): void {
    const past = this.#past!;
    past.rows.keep(past.moments.length);
    past.moments.push({
      version: this.version,
      rows: this.#rows.length,
      last: [...this.#last.values()].map(placeOf),
      errors: [...this.#errors.values()].map(placeOf),
      event: this.#event,
      touched: this.#touched.moment,
    });
  }

  /**
   * A grid that stands where this one stood at a kept moment, by its number from 0, and goes on from there by itself. Costs the same
   * however many rows there are: each is copied when it is first looked at, its texts cut and not folded anew.
   */
  asOf(number: number): LaneBlocks {
    const past = this.#past!;
    const moment = past.moments[number]!;
    const scanners: Scanners = new Map();
    return new LaneBlocks({}, { moment, scanners, rows: past.rows.asOf(number, moment.rows, scanners) });
  }

  #at({ row, lane, index }: BlockPlace): LaneBlock {
    return cellOf(this.#rows.get(row)!, lane)[index]!;
  }

  event(event: EventSummary): void {
    this.#event = event;
    this.#touched = new TouchedRows();
  }

  message(emission: Emission): void {
    if (isWireEmission(emission)) this.#wire(emission, emission.message);
    else this.#adapter(emission, emission.message as AdapterMessage);
  }

  /** What a lane held at the end; the last row stands for it. */
  outcome(result: LaneOutcome): void {
    this.#row('after', 'end', '', 0);
    if (!isWireResult(result) && result.outcome.error) this.#explain(result.lane, result.outcome.error.message);
    this.version++;
  }

  end(): void {
    for (const row of this.rows) {
      if (!row.open) continue;
      this.#past?.rows.changed(row);
      row.open = false;
      row.cut = true;
    }
    this.#past?.rows.complete();
    this.version++;
  }

  /** The frame at which a lane ended with an error; null if it did not, or before the first frame. */
  errorEvent(lane: LaneId): number | null {
    return this.#errors.get(lane)?.firstEvent ?? null;
  }

  /** The block that the lane's last message went into; a message without content of its own (usage, finish) leaves it. */
  last(lane: LaneId): LaneBlock | undefined {
    return this.#last.get(lane);
  }

  row(id: string): BlockRow | undefined {
    return this.#rows.get(id);
  }

  #wire(emission: Emission, message: WireMessage): void {
    switch (message.message_type) {
      case 'block_start': {
        const row = this.#row(message.block, KIND_OF_WIRE[message.kind], message.type, message.choice);
        const block = this.#block(emission, row, KIND_OF_WIRE[message.kind]);
        block.name ??= message.name ?? null;
        block.callId ??= message.tool_call_id ?? null;
        this.#touched.add(row);
        return;
      }
      case 'block_stop': {
        const row = this.#rows.get(message.block);
        const block = row?.cells.wire.at(-1);
        if (!row || !block) return;
        row.open = false;
        this.#past?.rows.changed(row);
        if (message.valid !== null) block.valid = message.valid;
        if (message.valid === true) block.validNs ??= this.#now;
        this.#touched.add(row);
        this.version++;
        return;
      }
      case 'error': {
        const row = this.#eventRow(emission.event, 'error');
        const block = this.#block(emission, row, 'error');
        block.messages++;
        this.#append(block, message.error.message);
        return;
      }
      case 'usage':
      case 'finish':
      case 'response':
      case 'event':
        return;
      default: {
        const row = this.#rows.get(message.block);
        if (!row) return;
        this.#take(this.#block(emission, row, row.kind === 'end' ? 'other' : row.kind), message);
        this.#touched.add(row);
      }
    }
  }

  #adapter(emission: Emission, message: AdapterMessage): void {
    const kind = kindOfAdapter(message);
    const row =
      kind === 'error' ? this.#eventRow(emission.event, 'error') : this.#causeOf(emission, kind, callIdOf(message));
    this.#take(this.#block(emission, row, kind, callIdOf(message)), message);
  }

  /** The row of the wire block whose frame caused a message. */
  #causeOf(emission: Emission, kind: LaneBlockKind, callId: string | null): BlockRow {
    if (emission.event === null) return this.#row('before', kind, '', 0);
    const named = callId === null ? undefined : this.#touched.withCall(callId);
    const own = this.#event?.block;
    const isThere = own !== undefined && this.#rows.numberOf(own) !== undefined;
    const touched = named ?? this.#touched.ofKind(kind) ?? (isThere ? own : this.#touched.first);
    if (touched !== undefined) return this.#rows.get(touched)!;
    // A frame that speaks of no block (a finish, a stop) releases what a lane held back: it belongs to what it goes on with.
    const last = this.#last.get(emission.lane);
    return last?.kind === kind && sameCall(last, callId) ? last.row : this.#eventRow(emission.event, kind);
  }

  #take(block: LaneBlock, message: LaneMessage): void {
    block.messages++;
    switch (message.message_type) {
      case 'assistant_message':
        this.#append(
          block,
          typeof message.content === 'string' ? message.content : message.content.map((part) => part.text).join(''),
        );
        return;
      case 'refusal_message':
        this.#append(block, message.content);
        return;
      case 'reasoning_message':
        if (message.signature) {
          if (block.signature === '') this.version++;
          block.signature = message.signature;
        }
        this.#append(block, message.reasoning);
        return;
      case 'hidden_reasoning_message':
        this.#append(block, message.hidden_reasoning ?? '');
        return;
      case 'tool_call_message':
      case 'approval_request_message':
        this.#call(block, message.tool_call, message.message_type === 'approval_request_message');
        return;
      case 'attachment':
        block.attachments.push({ type: message.type, value: message.value });
    }
  }

  #call(
    block: LaneBlock,
    call: { readonly name?: string | null; readonly tool_call_id?: string | null; readonly arguments?: string | null },
    approval: boolean,
  ): void {
    const name = joinedName(block.name, call.name ?? '');
    if (name !== block.name || (approval && !block.approval)) this.version++;
    block.name = name;
    block.callId ??= call.tool_call_id || null;
    block.approval ||= approval;
    const text = call.arguments ?? '';
    if (text === '') return;
    this.#append(block, text);
    let scanner = this.#scanners.get(block);
    if (!scanner) this.#scanners.set(block, (scanner = new ArgumentScanner()));
    const valid = scanner.feed(text);
    if (valid && block.validNs === null) {
      block.validNs = this.#now;
      this.version++;
    }
    const state = valid ? true : block.valid === true ? false : block.valid;
    if (state !== block.valid) {
      block.valid = state;
      this.version++;
    }
  }

  #append(block: LaneBlock, text: string, cause = this.#event?.index ?? null): void {
    if (text === '') return;
    block.pieces.push(text);
    block.causes.push(cause);
    block.chars += codePoints(text);
  }

  /** The block that a message goes into: the cell's last if it goes on with it, else a new one. */
  #block(emission: Emission, row: BlockRow, kind: LaneBlockKind, callId: string | null = null): LaneBlock {
    const cell = this.#cell(row, emission.lane);
    let block = cell.at(-1);
    if (block?.kind !== kind || !sameCall(block, callId)) {
      const key = `${row.id} ${emission.lane} ${cell.length}`;
      block = {
        key,
        lane: emission.lane,
        row,
        kind,
        pieces: [],
        causes: [],
        chars: 0,
        messages: 0,
        firstEvent: emission.event,
        lastEvent: emission.event,
        firstNs: this.#now,
        lastNs: this.#now,
        name: null,
        callId,
        approval: false,
        valid: null,
        validNs: null,
        signature: '',
        attachments: [],
      };
      cell.push(block);
      if (kind === 'error' && !this.#errors.has(emission.lane)) this.#errors.set(emission.lane, block);
      this.version++;
    }
    block.lastEvent = emission.event;
    block.lastNs = this.#now;
    this.#past?.rows.changed(row);
    row.lastEvent = emission.event;
    this.#last.set(emission.lane, block);
    return block;
  }

  #cell({ cells }: BlockRow, lane: LaneId): LaneBlock[] {
    return ((cells as Record<LaneId, LaneBlock[]>)[lane] ??= []);
  }

  #row(id: string, kind: BlockRow['kind'], type: string, choice: number): BlockRow {
    let row = this.#rows.get(id);
    if (!row) {
      const event = this.#event?.index ?? null;
      row = {
        id,
        kind,
        type,
        choice,
        open: kind !== 'end' && kind !== 'error',
        cut: false,
        firstEvent: event,
        lastEvent: event,
        cells: { wire: [] },
      };
      this.#rows.add(row);
      this.#past?.rows.changed(row);
      this.version++;
    }
    return row;
  }

  #eventRow(event: number | null, kind: LaneBlockKind): BlockRow {
    return this.#row(event === null ? 'before' : `event:${event}`, kind, '', 0);
  }

  /** A lane's own account of its error, which it gives only at the end. */
  #explain(lane: LaneId, sentence: string): void {
    const block = this.#errors.get(lane);
    if (!block || block.pieces.length > 0) return;
    this.#past?.rows.changed(block.row);
    this.#append(block, sentence, null);
  }

  get #now(): number {
    return this.#event?.tNs ?? 0;
  }
}

/** What a grid was at one moment, apart from its rows. */
interface GridMoment {
  readonly version: number;
  /** How many there were: rows only come. */
  readonly rows: number;
  readonly last: readonly BlockPlace[];
  readonly errors: readonly BlockPlace[];
  readonly event: EventSummary | null;
  readonly touched: TouchedMoment;
}

interface BlockPlace {
  readonly row: string;
  readonly lane: LaneId;
  readonly index: number;
}

interface GridPast {
  readonly moments: GridMoment[];
  readonly rows: PastRows;
}

interface GridStart {
  readonly moment: GridMoment;
  readonly scanners: Scanners;
  readonly rows: RowsOfMoment;
}

const placeOf = (block: LaneBlock): BlockPlace => ({
  row: block.row.id,
  lane: block.lane,
  index: cellOf(block.row, block.lane).indexOf(block),
});

function joinedName(known: string | null, more: string): string | null {
  if (more === '' || more === known) return known;
  return (known ?? '') + more;
}

function sameCall(block: LaneBlock, callId: string | null): boolean {
  return callId === null || block.callId === null || block.callId === callId;
}

function kindOfAdapter(message: AdapterMessage): LaneBlockKind {
  switch (message.message_type) {
    case 'assistant_message':
      return 'text';
    case 'reasoning_message':
      return 'reasoning';
    case 'hidden_reasoning_message':
      return 'hidden';
    case 'tool_call_message':
    case 'approval_request_message':
      return 'tool';
    case 'stop_reason':
      return 'error';
  }
}

function callIdOf(message: AdapterMessage): string | null {
  const isCall = message.message_type === 'tool_call_message' || message.message_type === 'approval_request_message';
  // Servers that repeat an empty id or name with each fragment say nothing by it.
  return isCall ? message.tool_call.tool_call_id || null : null;
}
