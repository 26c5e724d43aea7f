/**
 * One grid for cause and effect. A row is a content block of the wire, a cell what one lane made of it: the messages that
 * the block's frames caused. What a lane lacks is then a hole beside its peers, without any comparing of texts.
 *
 * The grid is folded out of a reading's items, one at a time, and only grows: text is a list of pieces that is appended
 * to, never joined again, so that a screen can add what is new to what it shows. All work is linear in the items.
 */
import { ArgumentScanner } from './argument-scanner.ts';
import { codePoints } from '../text/code-points.ts';
import {
  isWireEmission,
  isWireResult,
  type AdapterMessage,
  type BlockKind,
  type ByLane,
  type Emission,
  type LaneId,
  type LaneMessage,
  type LaneOutcome,
  type WireMessage,
} from './messages.ts';
import type { EventSummary } from './stream.ts';

/** What a cell shows. `hidden` is reasoning that came redacted, encrypted or left out; `end` stands only in the last row. */
export type LaneBlockKind =
  'text' | 'reasoning' | 'hidden' | 'tool' | 'server_tool' | 'server_tool_result' | 'refusal' | 'other' | 'error';

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

/** Consecutive messages of one lane and kind in one row. Fields change while the stream runs; `pieces` only grows. */
export interface LaneBlock {
  /** Unique in the grid and stable. */
  readonly key: string;
  readonly lane: LaneId;
  readonly row: BlockRow;
  readonly kind: LaneBlockKind;
  /** Text, reasoning, arguments or the error's sentence. */
  readonly pieces: string[];
  /** For each piece the event that brought it; null for one that came before the first or told by the outcome. */
  readonly causes: (number | null)[];
  /** Length of the pieces in code points. */
  chars: number;
  /** Messages with content; the wire's block_start and block_stop are not counted. */
  messages: number;
  /** Frames that spoke of it; null before the first frame. */
  firstEvent: number | null;
  lastEvent: number | null;
  firstNs: number;
  lastNs: number;
  /** Tool calls. A name that is said again is the same name; one that goes on is added, as readers do. */
  name: string | null;
  callId: string | null;
  /** The lane asks for approval of it. */
  approval: boolean;
  /** Whole arguments are JSON; null while not known. */
  valid: boolean | null;
  /** When the arguments first were whole JSON. */
  validNs: number | null;
  /** Reasoning: the last signature that came; '' while none has. */
  signature: string;
  /** Other parts of it, whole: citations, results, log probabilities. */
  readonly attachments: { readonly type: string; readonly value: unknown }[];
}

export interface BlockRow {
  /** The wire block's id, `before`, `event:<n>` or `after`. */
  readonly id: string;
  readonly kind: LaneBlockKind | 'end';
  /** The provider's own type of the block; '' outside of one. */
  readonly type: string;
  readonly choice: number;
  /** The provider has closed it, or the stream has ended. */
  open: boolean;
  /** The stream ended before the provider closed it. */
  cut: boolean;
  firstEvent: number | null;
  lastEvent: number | null;
  /** A lane that has said nothing here may have no entry; see `cellOf`. */
  readonly cells: ByLane<LaneBlock[]>;
}

export class LaneBlocks {
  readonly rows: BlockRow[] = [];
  /** Grows when rows or blocks come, close or change state; not when text is appended. */
  version = 0;
  readonly #byId = new Map<string, BlockRow>();
  readonly #last = new Map<LaneId, LaneBlock>();
  readonly #errors = new Map<LaneId, LaneBlock>();
  readonly #scanners = new Map<LaneBlock, ArgumentScanner>();
  /** The frame whose messages come now, and the wire blocks they speak of. */
  #event: EventSummary | null = null;
  #touched: BlockRow[] = [];
  /** Moments that were kept, for a grid that can be shown as it was; else absent. */
  readonly #past: GridPast | undefined;

  /** `keepsPast`: whether `keepMoment` is going to be called, and `asOf` with it. */
  constructor({ keepsPast = false }: { readonly keepsPast?: boolean } = {}) {
    if (keepsPast) this.#past = { moments: [], rows: new Map(), changed: new Set() };
  }

  /** Keeps this moment, so that `asOf` can give it. Costs what the rows hold that changed since the moment before, without their texts. */
  keepMoment(): void {
    const past = this.#past!;
    for (const row of past.changed) {
      const momentsOfRow = past.rows.get(row) ?? [];
      past.rows.set(row, momentsOfRow);
      momentsOfRow.push(this.#momentOf(row, past.moments.length));
    }
    past.changed.clear();
    past.moments.push({
      version: this.version,
      rows: this.rows.length,
      last: [...this.#last.values()].map(placeOf),
      errors: [...this.#errors.values()].map(placeOf),
      event: this.#event,
      touched: this.#touched.map(({ id }) => id),
    });
  }

  /**
   * A grid that stands where this one stood at a kept moment, by its number from 0, and goes on from there by itself. Rows that
   * nothing has changed since are those of this grid, which must be complete by then; texts of the others are cut, not folded anew.
   */
  asOf(number: number): LaneBlocks {
    const past = this.#past!;
    const moment = past.moments[number]!;
    const then = new LaneBlocks();
    then.version = moment.version;
    for (const row of this.rows.slice(0, moment.rows)) {
      const own = past.rows.get(row)!;
      const last = own.at(-1)!;
      const isLast = last.number <= number && !past.changed.has(row);
      then.#adopt(isLast ? row : this.#rowAsOf(row, latest(own, number), then));
    }
    for (const place of moment.last) then.#last.set(place.lane, then.#at(place));
    for (const place of moment.errors) then.#errors.set(place.lane, then.#at(place));
    then.#event = moment.event;
    then.#touched = moment.touched.map((id) => then.#byId.get(id)!);
    return then;
  }

  #adopt(row: BlockRow): void {
    this.rows.push(row);
    this.#byId.set(row.id, row);
  }

  #at({ row, lane, index }: BlockPlace): LaneBlock {
    return cellOf(this.#byId.get(row)!, lane)[index]!;
  }

  #momentOf({ open, lastEvent, cells }: BlockRow, number: number): RowMoment {
    return {
      number,
      open,
      lastEvent,
      cells: Object.entries(cells).map(([lane, blocks]) => [
        lane,
        blocks.map((block) => {
          const { row: _row, pieces, causes: _causes, attachments, ...fields } = block;
          const scanner = this.#scanners.get(block)?.copy();
          return { fields, pieces: pieces.length, attachments: attachments.length, scanner };
        }),
      ]),
    };
  }

  /** The row is new, `then` holds what its blocks need to go on. */
  #rowAsOf(row: BlockRow, { open, lastEvent, cells }: RowMoment, then: LaneBlocks): BlockRow {
    const copy: BlockRow = { ...row, open, cut: false, lastEvent, cells: { wire: [] } };
    for (const [lane, blocks] of cells)
      (copy.cells as Record<LaneId, LaneBlock[]>)[lane] = blocks.map((moment, at) => {
        const { pieces, causes, attachments } = cellOf(row, lane)[at]!;
        const block: LaneBlock = {
          ...moment.fields,
          row: copy,
          pieces: pieces.slice(0, moment.pieces),
          causes: causes.slice(0, moment.pieces),
          attachments: attachments.slice(0, moment.attachments),
        };
        if (moment.scanner) then.#scanners.set(block, moment.scanner.copy());
        return block;
      });
    return copy;
  }

  event(event: EventSummary): void {
    this.#event = event;
    this.#touched = [];
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
      this.#past?.changed.add(row);
      row.open = false;
      row.cut = true;
    }
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
    return this.#byId.get(id);
  }

  #wire(emission: Emission, message: WireMessage): void {
    switch (message.message_type) {
      case 'block_start': {
        const row = this.#row(message.block, KIND_OF_WIRE[message.kind], message.type, message.choice);
        const block = this.#block(emission, row, KIND_OF_WIRE[message.kind]);
        block.name ??= message.name ?? null;
        block.callId ??= message.tool_call_id ?? null;
        this.#touch(row);
        return;
      }
      case 'block_stop': {
        const row = this.#byId.get(message.block);
        const block = row?.cells.wire.at(-1);
        if (!row || !block) return;
        row.open = false;
        this.#past?.changed.add(row);
        if (message.valid !== null) block.valid = message.valid;
        if (message.valid === true) block.validNs ??= this.#now;
        this.#touch(row);
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
        const row = this.#byId.get(message.block);
        if (!row) return;
        this.#touch(row);
        this.#take(this.#block(emission, row, row.kind === 'end' ? 'other' : row.kind), message);
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
    const named =
      callId === null
        ? undefined
        : this.#touched.find((row) => row.cells.wire.some((block) => block.callId === callId));
    const alike = this.#touched.find((row) => row.kind === kind);
    const own = this.#event?.block === undefined ? undefined : this.#byId.get(this.#event.block);
    const touched = named ?? alike ?? own ?? this.#touched[0];
    if (touched) return touched;
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
    const valid = scanner.feed(text, block.pieces);
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
    this.#past?.changed.add(row);
    row.lastEvent = emission.event;
    this.#last.set(emission.lane, block);
    return block;
  }

  #cell({ cells }: BlockRow, lane: LaneId): LaneBlock[] {
    return ((cells as Record<LaneId, LaneBlock[]>)[lane] ??= []);
  }

  #row(id: string, kind: BlockRow['kind'], type: string, choice: number): BlockRow {
    let row = this.#byId.get(id);
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
      this.#byId.set(id, row);
      this.rows.push(row);
      this.#past?.changed.add(row);
      this.version++;
    }
    return row;
  }

  #eventRow(event: number | null, kind: LaneBlockKind): BlockRow {
    return this.#row(event === null ? 'before' : `event:${event}`, kind, '', 0);
  }

  #touch(row: BlockRow): void {
    if (!this.#touched.includes(row)) this.#touched.push(row);
  }

  /** A lane's own account of its error, which it gives only at the end. */
  #explain(lane: LaneId, sentence: string): void {
    const block = this.#errors.get(lane);
    if (!block || block.pieces.length > 0) return;
    this.#past?.changed.add(block.row);
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
  readonly touched: readonly string[];
}

interface BlockPlace {
  readonly row: string;
  readonly lane: LaneId;
  readonly index: number;
}

/** A row's fields, and of its texts how much there was of them: the texts themselves only grow. */
interface RowMoment {
  readonly number: number;
  readonly open: boolean;
  readonly lastEvent: number | null;
  readonly cells: readonly (readonly [lane: LaneId, blocks: readonly BlockMoment[]])[];
}

interface BlockMoment {
  readonly fields: Omit<LaneBlock, 'row' | 'pieces' | 'causes' | 'attachments'>;
  readonly pieces: number;
  readonly attachments: number;
  readonly scanner: ArgumentScanner | undefined;
}

interface GridPast {
  readonly moments: GridMoment[];
  /** Of each row the moments at which it had changed, in order. */
  readonly rows: Map<BlockRow, RowMoment[]>;
  /** Since the last moment. */
  readonly changed: Set<BlockRow>;
}

const placeOf = (block: LaneBlock): BlockPlace => ({
  row: block.row.id,
  lane: block.lane,
  index: cellOf(block.row, block.lane).indexOf(block),
});

/** The last of them that is not after `number`. */
function latest(moments: readonly RowMoment[], number: number): RowMoment {
  let [from, to] = [0, moments.length];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (moments[middle]!.number <= number) from = middle;
    else to = middle;
  }
  return moments[from]!;
}

const NO_BLOCKS: readonly LaneBlock[] = [];

/** What a lane made of a row. */
export const cellOf = ({ cells }: BlockRow, lane: LaneId): readonly LaneBlock[] => cells[lane] ?? NO_BLOCKS;

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
