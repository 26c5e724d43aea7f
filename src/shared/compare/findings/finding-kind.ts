/** What a kind of finding is, and what its finder gives. Adding one is a file, or an entry in a family's, and its line in the registry. */
import type { Finding, Severity, VerdictField } from '../../model/findings.ts';
import type { LaneId } from '../../model/messages.ts';
import type { ComparisonInput } from '../lane-reading.ts';

/** How the lane map draws what a finding is about. */
export type FindingShape = 'lost' | 'merged' | 'late' | 'altered' | 'error';

export interface FindingKind {
  /** Stable: it stands in exports and in CI configurations. */
  readonly id: string;
  readonly title: string;
  /** Row of the verdict table that it is about; null: none, since it is no difference between values. */
  readonly field: VerdictField | null;
  readonly shape: FindingShape | null;
  /** What causes it, and what to do about it; plain text, paragraphs apart by a blank line. */
  readonly help: string;
}

export interface FindingDraft extends Omit<Finding, 'number' | 'bytes' | 'lane' | 'block'> {
  /** Wire blocks it is about, the first one first. */
  readonly blocks: readonly string[];
  /** A few words for the verdict table. */
  readonly short: string;
  /** Rows of the verdict table that it is about, where those are others than its kind's. */
  readonly fields?: readonly VerdictField[];
  /** Rows of the columns where it stands beside those of its blocks. */
  readonly rows?: readonly string[];
}

export interface FindingFamily {
  readonly kinds: readonly FindingKind[];
  /** Pure and linear in the reading. Drafts in any order. */
  readonly find: (input: ComparisonInput, lane: LaneId) => readonly FindingDraft[];
}

/** The differences of one kind over all blocks of a lane: one fact, one finding. */
export class Tally {
  chars = 0;
  readonly blocks: string[] = [];
  first: number | null = null;
  last: number | null = null;
  expected: string | undefined;
  got: string | undefined;

  add(
    block: string,
    chars: number,
    first: number | null,
    last: number | null,
    texts: { readonly expected?: string; readonly got?: string } = {},
  ): void {
    if (this.blocks.length === 0) {
      this.first = first;
      this.expected = texts.expected;
      this.got = texts.got;
    }
    this.chars += chars;
    if (this.blocks.at(-1) !== block) this.blocks.push(block);
    if (first !== null && (this.first === null || first < this.first)) this.first = first;
    if (last !== null && (this.last === null || last > this.last)) this.last = last;
  }

  get any(): boolean {
    return this.blocks.length > 0;
  }

  draft(kind: string, severity: Severity, sentence: string, short: string): FindingDraft {
    return {
      kind,
      severity,
      sentence,
      short,
      event: this.first,
      lastEvent: this.last ?? this.first,
      blocks: this.blocks,
      ...(this.expected !== undefined && { expected: excerpt(this.expected) }),
      ...(this.got !== undefined && { got: excerpt(this.got) }),
    };
  }
}

const EXCERPT_CHARS = 2_000;
/** A text as a finding carries it: the whole one is a click away. */
export const excerpt = (text: string): string =>
  text.length > EXCERPT_CHARS ? `${text.slice(0, EXCERPT_CHARS)}…` : text;

/** Findings of one kind and lane that are listed one by one; the last says how many more there are. */
const MAX_OF_A_KIND = 20;

export function capped(drafts: readonly FindingDraft[]): readonly FindingDraft[] {
  if (drafts.length <= MAX_OF_A_KIND) return drafts;
  const kept = drafts.slice(0, MAX_OF_A_KIND);
  const last = kept[MAX_OF_A_KIND - 1]!;
  const rest = drafts.slice(MAX_OF_A_KIND);
  const more = {
    ...last,
    sentence: `${last.sentence} (and ${rest.length} more like it)`,
    blocks: [...last.blocks, ...rest.flatMap(({ blocks }) => blocks)],
    lastEvent: rest.at(-1)!.lastEvent,
  };
  return [...kept.slice(0, -1), more];
}
