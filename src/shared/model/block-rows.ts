/**
 * The rows of a grid, in order and by id, and what they were at moments that were kept. The rows of a moment are copied one by one,
 * when they are first looked at: a screen shows a few of them, and there may be 100,000.
 */
import type { ArgumentScanner } from './argument-scanner.ts';
import type { BlockRow, LaneBlock } from './block-row.ts';
import type { LaneId } from './messages.ts';

/** By block, where its arguments stand. */
export type Scanners = Map<LaneBlock, ArgumentScanner>;

/** Where a row stands in the stream. */
export type RowSpan = Pick<BlockRow, 'kind' | 'firstEvent' | 'lastEvent'>;

/** The rows that another grid had at a moment. */
export interface RowsOfMoment {
  readonly length: number;
  at(number: number): BlockRow;
  spanOf(number: number): RowSpan;
  /** Undefined where it had none of this id. */
  numberOf(id: string): number | undefined;
}

export class BlockRows {
  readonly #start: RowsOfMoment | undefined;
  /** Undefined: one of the start that nobody has looked at yet. */
  readonly #rows: (BlockRow | undefined)[];
  /** By id, of those that were added here. */
  readonly #numbers = new Map<string, number>();

  constructor(start?: RowsOfMoment) {
    this.#start = start;
    this.#rows = Array.from<undefined>({ length: start?.length ?? 0 });
  }

  get length(): number {
    return this.#rows.length;
  }

  at(number: number): BlockRow {
    return (this.#rows[number] ??= this.#start!.at(number));
  }

  add(row: BlockRow): void {
    this.#numbers.set(row.id, this.#rows.length);
    this.#rows.push(row);
  }

  get(id: string): BlockRow | undefined {
    const number = this.numberOf(id);
    return number === undefined ? undefined : this.at(number);
  }

  numberOf(id: string): number | undefined {
    return this.#start?.numberOf(id) ?? this.#numbers.get(id);
  }

  /** Without looking at it: it is not copied for this. */
  spanOf(number: number): RowSpan {
    return this.#rows[number] ?? this.#start!.spanOf(number);
  }

  /** All of them are looked at. */
  all(): readonly BlockRow[] {
    for (let number = 0; number < (this.#start?.length ?? 0); number++) this.at(number);
    return this.#rows as readonly BlockRow[];
  }
}

/** What the rows of a grid were at kept moments. */
export class PastRows {
  readonly #rows: BlockRows;
  readonly #scanners: Scanners;
  /** Of each row the moments at which it had changed, in order. */
  readonly #moments = new Map<BlockRow, RowMoment[]>();
  /** Since the last moment. */
  readonly #changed = new Set<BlockRow>();
  /** Nothing changes any more. */
  #complete = false;

  constructor(rows: BlockRows, scanners: Scanners) {
    this.#rows = rows;
    this.#scanners = scanners;
  }

  changed(row: BlockRow): void {
    this.#changed.add(row);
  }

  complete(): void {
    this.#complete = true;
  }

  /** Keeps what changed since the moment before. */
  keep(number: number): void {
    for (const row of this.#changed) {
      const moments = this.#moments.get(row) ?? [];
      this.#moments.set(row, moments);
      moments.push(kept(row, number, this.#scanners));
    }
    this.#changed.clear();
  }

  /** The first `length` rows at a moment. Of a grid that is complete, those that have not changed since are its own. `scanners`: takes what the blocks need to go on. */
  asOf(number: number, length: number, scanners: Scanners): RowsOfMoment {
    const rows = this.#rows;
    const momentOf = (row: BlockRow): RowMoment => latest(this.#moments.get(row)!, number);
    const isUnchanged = (row: BlockRow): boolean =>
      this.#complete && this.#moments.get(row)!.at(-1)!.number <= number && !this.#changed.has(row);
    return {
      length,
      at: (at) => {
        const row = rows.at(at);
        return isUnchanged(row) ? row : rowAsOf(row, momentOf(row), scanners);
      },
      spanOf: (at) => {
        const { kind, firstEvent } = rows.at(at);
        return { kind, firstEvent, lastEvent: momentOf(rows.at(at)).lastEvent };
      },
      numberOf: (id) => {
        const at = rows.numberOf(id);
        return at !== undefined && at < length ? at : undefined;
      },
    };
  }
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

const kept = ({ open, lastEvent, cells }: BlockRow, number: number, scanners: Scanners): RowMoment => ({
  number,
  open,
  lastEvent,
  cells: Object.entries(cells).map(([lane, blocks]) => [
    lane,
    blocks.map((block) => {
      const { row: _row, pieces, causes: _causes, attachments, ...fields } = block;
      const scanner = scanners.get(block)?.copy();
      return { fields, pieces: pieces.length, attachments: attachments.length, scanner };
    }),
  ]),
});

/** The row is new; `scanners` takes what its blocks need to go on. */
function rowAsOf(row: BlockRow, { open, lastEvent, cells }: RowMoment, scanners: Scanners): BlockRow {
  const copy: BlockRow = { ...row, open, cut: false, lastEvent, cells: { wire: [] } };
  for (const [lane, blocks] of cells)
    (copy.cells as Record<LaneId, LaneBlock[]>)[lane] = blocks.map((moment, at) => {
      const { pieces, causes, attachments } = row.cells[lane]![at]!;
      const block: LaneBlock = {
        ...moment.fields,
        row: copy,
        pieces: pieces.slice(0, moment.pieces),
        causes: causes.slice(0, moment.pieces),
        attachments: attachments.slice(0, moment.attachments),
      };
      if (moment.scanner) scanners.set(block, moment.scanner.copy());
      return block;
    });
  return copy;
}

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
