/** Text and reasoning: what of it is lost, added, altered, out of order or of another kind. */
import type { LaneId } from '../../model/messages.ts';
import { codePoints } from '../../text/code-points.ts';
import { decode } from '../argument-text.ts';
import {
  expectedParts,
  gotText,
  strandOf,
  textBecomesReasoning,
  THINKING_TAG,
  type ExpectedPart,
} from '../expected.ts';
import {
  eventAt,
  firstEvent,
  lastEvent,
  stoppedAt,
  strandsOf,
  type ComparisonInput,
  type Strand,
} from '../lane-reading.ts';
import { KEPT_ROW } from '../equality.ts';
import { atEvent, quote } from '../say.ts';
import { counted } from '../../text/count.ts';
import { changeOf, isBlank, type TextChange } from '../text-diff.ts';
import { callName } from './call-names.ts';
import { Tally, type FindingDraft, type FindingFamily, type FindingKind } from './finding-kind.ts';

const KINDS: readonly FindingKind[] = [
  {
    id: 'text-lost',
    title: 'Answer text lost',
    field: 'text',
    shape: 'lost',
    help: 'Text that the wire carries never leaves the adapter. legacy drops the answer beside a tool call: always on OpenAI, on Anthropic unless inner thoughts travel in the tool arguments. Only the first choice of Chat Completions is read.\n\nLet the agent answer through send_message, use the simple adapter, or turn put_inner_thoughts_in_kwarg on to keep the text as reasoning.',
  },
  {
    id: 'text-blank-lost',
    title: 'Whitespace of the text lost',
    field: 'text',
    shape: 'altered',
    help: 'legacy on OpenAI strips blanks at the end of each piece of a message, because they may stand before the closing quote. A word that is streamed with its blank loses it, so words run together.\n\nRead the message from the finished arguments instead of from the stream.',
  },
  {
    id: 'text-added',
    title: 'Text that is not on the wire',
    field: 'text',
    shape: 'altered',
    help: 'The lane says more than the wire. A block type that was not known in 2025 is read as text; a text that was cut inside an escape is emitted a second time.\n\nCompare the extra characters with their event: a repeat starts where a delta ends in a backslash.',
  },
  {
    id: 'text-altered',
    title: 'Text altered',
    field: 'text',
    shape: 'altered',
    help: 'The lane has different characters from the wire, and no simpler explanation applies: both texts are shown.\n\nLook at the first event where they differ; the finished arguments are often intact.',
  },
  {
    id: 'text-undecoded',
    title: 'Escapes in the text not decoded',
    field: 'text',
    shape: 'altered',
    help: 'legacy on OpenAI takes messages out of the arguments without decoding escapes, so that a line break becomes a backslash and an n.\n\nDecode the escapes, or parse the finished arguments.',
  },
  {
    id: 'text-reordered',
    title: 'Blocks in a different order',
    field: 'order',
    shape: 'altered',
    help: 'A block begins in the lane after one that follows it on the wire, because the adapter held its messages back.\n\nOrder by the cause of a message, not by its arrival, where the order matters.',
  },
  {
    id: 'text-as-reasoning',
    title: 'Answer text became reasoning',
    field: 'text',
    shape: 'altered',
    help: 'legacy on Anthropic emits text as reasoning when put_inner_thoughts_in_kwarg is on: it takes what stands outside of tool calls for thinking.\n\nTurn the option off if the text is the answer. It is then not emitted at all by legacy; simple keeps it.',
  },
  {
    id: 'reasoning-lost',
    title: 'Reasoning lost',
    field: 'reasoning',
    shape: 'lost',
    help: 'Reasoning on the wire has no message in the lane. On Chat Completions neither adapter reads reasoning_content or similar fields; on Responses legacy reads nothing and simple only summaries.\n\nRead it from the wire. There is no option for it.',
  },
  {
    id: 'reasoning-altered',
    title: 'Reasoning altered',
    field: 'reasoning',
    shape: 'altered',
    help: 'The lane has different reasoning from the wire: blank lines that simple puts between the parts of a summary, or a value emitted twice after a cut inside an escape.\n\nBlank lines are harmless; the other needs the finished arguments.',
  },
  {
    id: 'reasoning-undecoded',
    title: 'Escapes in the reasoning not decoded',
    field: 'reasoning',
    shape: 'altered',
    help: 'legacy on OpenAI takes thoughts out of the arguments without decoding escapes.\n\nDecode the escapes, or parse the finished arguments.',
  },
  {
    id: 'reasoning-as-text',
    title: 'Reasoning became answer text',
    field: 'reasoning',
    shape: 'altered',
    help: 'What the wire calls reasoning is emitted as an assistant message: a reader shows it as the answer.\n\nFilter by the block that caused the message.',
  },
  {
    id: 'reasoning-tag-leaked',
    title: 'A thinking tag leaked',
    field: 'reasoning',
    shape: 'altered',
    help: 'A thinking tag shows in what people read. legacy on Anthropic looks for </thinking> only together with the ten characters before it, so part of a tag that is split differently remains. A local model writes <think> into its text and no adapter removes it.\n\nHave the server split reasoning from text, or strip the tag after joining all deltas.',
  },
  {
    id: 'reasoning-signature-lost',
    title: 'Signature of reasoning lost',
    field: 'reasoning',
    shape: 'altered',
    help: 'The provider signed its reasoning and the lane has no signature for it. The next request cannot send this reasoning back.\n\nKeep the signature with the block.',
  },
];

function find(input: ComparisonInput, lane: LaneId): readonly FindingDraft[] {
  const tallies = new Tallies(lane);
  for (const part of expectedParts(input, lane)) {
    if (part.kind === 'text' || part.kind === 'reasoning' || part.kind === 'hidden')
      comparePart(input, lane, part, tallies);
  }
  findAdded(input, lane, tallies);
  return [...tallies.drafts(), ...reordered(input, lane)];
}

/** Said as another kind of message: the one kind lacks it, the other has it. */
const MOVED: ReadonlySet<string> = new Set(['text-as-reasoning', 'reasoning-as-text']);

class Tallies {
  readonly lane: LaneId;
  readonly #tallies = new Map<string, Tally>();

  constructor(lane: LaneId) {
    this.lane = lane;
  }

  of(kind: string): Tally {
    let tally = this.#tallies.get(kind);
    if (!tally) this.#tallies.set(kind, (tally = new Tally()));
    return tally;
  }

  drafts(): FindingDraft[] {
    const { lane } = this;
    const out: FindingDraft[] = [];
    const say = (
      kind: string,
      severity: FindingDraft['severity'],
      sentence: (tally: Tally, chars: string, where: string) => string,
      short: (tally: Tally) => string,
    ): void => {
      const tally = this.#tallies.get(kind);
      if (!tally?.any) return;
      out.push(
        tally.draft(
          kind,
          severity,
          sentence(tally, counted(tally.chars, 'character'), atEvent(tally.first)),
          short(tally),
        ),
      );
    };
    const chars =
      (word: string) =>
      (tally: Tally): string =>
        `${counted(tally.chars, 'character')} ${word}`;
    say('text-lost', 'critical', (_, n, where) => `${lane} dropped ${n} of answer text, first ${where}`, chars('lost'));
    say(
      'text-blank-lost',
      'minor',
      (t, _, where) => blankSentence(t, where),
      (t) => `${counted(t.chars, 'blank')} lost`,
    );
    say(
      'text-added',
      'major',
      (t, n, where) => `${lane} has ${n} of text that the wire does not have, first ${where}: ${quote(t.got ?? '')}`,
      chars('added'),
    );
    say(
      'text-altered',
      'major',
      (t, n, where) =>
        `${lane} altered ${n} of answer text, first ${where}: ${quote(t.expected ?? '')} became ${quote(t.got ?? '')}`,
      chars('altered'),
    );
    say(
      'text-undecoded',
      'major',
      (t, _, where) =>
        `${lane} leaves ${counted(t.chars, 'escape')} of answer text undecoded, first ${where}: a line break is a backslash and an n`,
      (t) => `${counted(t.chars, 'escape')} undecoded`,
    );
    say(
      'text-as-reasoning',
      'info',
      (_, n, where) =>
        `${lane} emits ${n} of answer text as reasoning, first ${where}: put_inner_thoughts_in_kwarg asks for it`,
      () => 'as reasoning',
    );
    say('reasoning-lost', 'major', (_, n, where) => `${lane} dropped ${n} of reasoning, first ${where}`, chars('lost'));
    say(
      'reasoning-altered',
      'minor',
      (t, n, where) =>
        `${lane} altered ${n} of reasoning, first ${where}: ${quote(t.expected ?? '')} became ${quote(t.got ?? '')}`,
      chars('altered'),
    );
    say(
      'reasoning-undecoded',
      'minor',
      (t, _, where) => `${lane} leaves ${counted(t.chars, 'escape')} of reasoning undecoded, first ${where}`,
      (t) => `${counted(t.chars, 'escape')} undecoded`,
    );
    say(
      'reasoning-as-text',
      'major',
      (_, n, where) => `${lane} emits ${n} of reasoning as answer text, first ${where}`,
      chars('became text'),
    );
    say(
      'reasoning-tag-leaked',
      'minor',
      (t, _, where) => `the tag ${quote(t.got ?? '')} shows in what ${lane} emits, first ${where}`,
      () => 'a tag leaked',
    );
    say(
      'reasoning-signature-lost',
      'minor',
      (t, _, where) => `${lane} lost the signature of ${counted(t.blocks.length, 'reasoning block')}, first ${where}`,
      () => 'signature lost',
    );
    return out.map((draft) => (MOVED.has(draft.kind) ? { ...draft, fields: ['text', 'reasoning'] } : draft));
  }
}

function blankSentence(tally: Tally, where: string): string {
  const rest = tally.chars > 1 ? `, and ${counted(tally.chars - 1, 'more blank')} after it` : '';
  return `trailing blank of ${quote(tally.expected ?? '')} lost ${where}${rest}`;
}

function comparePart(input: ComparisonInput, lane: LaneId, part: ExpectedPart, tallies: Tallies): void {
  const { row } = part;
  const got = gotText(input, lane, part);
  if (part.noun === 'answer text' && part.kind === 'reasoning') {
    if (textBecomesReasoning(input, lane) && got !== '')
      tallies.of('text-as-reasoning').add(row.id, codePoints(got), part.firstEvent, part.lastEvent);
  } else if (part.noun === 'answer text' && part.verbatim) thinkTag(input, lane, part, got, tallies);
  if (part.kind === 'reasoning' && part.noun === 'reasoning') signature(input, lane, part, tallies);
  const change = changeOf(part.text, got);
  if (!change) return;
  report(input, lane, part, got, change, tallies);
}

function report(
  input: ComparisonInput,
  lane: LaneId,
  part: ExpectedPart,
  got: string,
  change: TextChange,
  tallies: Tallies,
): void {
  const { row, text } = part;
  const answer = part.noun !== 'reasoning';
  const strand = strandOf(input, lane, row, part.kind);
  // What is added shows where the lane says it, what is lost or altered where the wire does.
  const addsFirst = change.stretches.find(({ kind }) => kind !== 'same')?.kind === 'added' && strand;
  const first = addsFirst ? eventAt(strand, change.at) : part.eventAt(change.at);
  const texts = { expected: text, got };
  const escapes = escapesIn(got);
  if (got === '') {
    if (part.noun === 'reasoning' && gotText(input, lane, part, 'text') === text)
      tallies.of('reasoning-as-text').add(row.id, codePoints(text), first, part.lastEvent, texts);
    else
      tallies.of(answer ? 'text-lost' : 'reasoning-lost').add(row.id, codePoints(text), first, part.lastEvent, texts);
  } else if (change.lost > 0 && change.added === 0) {
    const blank = isBlank(change.lostText);
    if (answer && blank)
      tallies.of('text-blank-lost').add(row.id, change.lost, first, part.lastEvent, {
        expected: wordBefore(text, change.at),
        got: wordBefore(text, change.at).trimEnd(),
      });
    else tallies.of(answer ? 'text-lost' : 'reasoning-lost').add(row.id, change.lost, first, part.lastEvent, texts);
  } else if (isTag(change.addedText))
    tallies.of('reasoning-tag-leaked').add(row.id, change.added, first, part.lastEvent, { got: change.addedText });
  // Blanks around the value, outside of its quotes, come along with it.
  else if (escapes > 0 && decode(got).trim() === text.trim())
    tallies
      .of(answer ? 'text-undecoded' : 'reasoning-undecoded')
      .add(row.id, escapes, first, part.lastEvent, around(text, got, change.at));
  else if (change.lost === 0 && answer)
    tallies
      .of('text-added')
      .add(row.id, change.added, first, part.lastEvent, { expected: text, got: change.addedText });
  else
    tallies
      .of(answer ? 'text-altered' : 'reasoning-altered')
      .add(row.id, Math.max(change.lost, change.added), first, part.lastEvent, around(text, got, change.at));
}

/** Whole ones: one that is cut at the end decodes to nothing. */
const escapesIn = (text: string): number => text.match(/\\(?:u[0-9a-fA-F]{4}|[^u])/g)?.length ?? 0;

const wordBefore = (text: string, at: number): string =>
  /\S*\s*$/.exec(text.slice(Math.max(0, at - 40), at + 1))?.[0] ?? '';

/** The texts from a little before the place where they part. */
function around(expected: string, got: string, at: number): { expected: string; got: string } {
  const from = Math.max(0, at - 8);
  return { expected: expected.slice(from), got: got.slice(from) };
}

const isTag = (added: string): boolean =>
  added.length >= 2 && THINKING_TAG.includes(added.trim()) && /[<>/]/.test(added);

const THINK = /<\/?think(?:ing)?>/;

/** A local model's own tags, passed on inside the answer. */
function thinkTag(input: ComparisonInput, lane: LaneId, part: ExpectedPart, got: string, tallies: Tallies): void {
  const found = THINK.exec(got);
  const strand = strandOf(input, lane, part.row, 'text');
  if (found && strand)
    tallies
      .of('reasoning-tag-leaked')
      .add(
        part.row.id,
        found[0].length,
        eventAt(strand, found.index),
        eventAt(strand, found.index + found[0].length - 1),
        { got: found[0] },
      );
}

function signature(input: ComparisonInput, lane: LaneId, part: ExpectedPart, tallies: Tallies): void {
  const signed = (strand: Strand | undefined): number =>
    strand?.entries.findIndex(
      ({ emission: { message } }) => message.message_type === 'reasoning_message' && message.signature !== null,
    ) ?? -1;
  const wire = signed(part.wire);
  if (!part.verbatim || wire < 0 || signed(strandOf(input, lane, part.row, 'reasoning')) >= 0) return;
  const event = part.wire.entries[wire]!.event;
  const stop = stoppedAt(input, lane);
  if (gotText(input, lane, part) === '' || (stop !== null && event !== null && event >= stop)) return;
  tallies.of('reasoning-signature-lost').add(part.row.id, 0, event, event);
}

/** What the lane says where nothing of its kind is expected. */
function findAdded(input: ComparisonInput, lane: LaneId, tallies: Tallies): void {
  const expected = new Map<unknown, Set<string>>();
  for (const part of expectedParts(input, lane)) {
    const kinds = expected.get(part.row) ?? new Set();
    expected.set(part.row, kinds.add(part.kind));
    if (
      part.noun === 'reasoning' &&
      gotText(input, lane, part) === '' &&
      gotText(input, lane, part, 'text') === part.text
    )
      kinds.add('text');
  }
  const stop = stoppedAt(input, lane);
  for (const row of input.strands.keys()) {
    for (const kind of ['text', 'reasoning'] as const) {
      const strand = strandsOf(input, row, lane)[kind];
      const first = strand && firstEvent(strand);
      if (
        !strand ||
        strand.text === '' ||
        expected.get(row)?.has(kind) ||
        (stop !== null && first !== null && first! >= stop)
      )
        continue;
      const name = kind === 'text' ? 'text-added' : 'reasoning-altered';
      tallies
        .of(name)
        .add(row.id, codePoints(strand.text), first ?? null, lastEvent(strand), { expected: '', got: strand.text });
    }
  }
}

function reordered(input: ComparisonInput, lane: LaneId): FindingDraft[] {
  let latest: { readonly part: ExpectedPart; readonly ordinal: number } | undefined;
  for (const part of expectedParts(input, lane)) {
    const strand = strandOf(input, lane, part.row, part.kind);
    if (!strand || part.row === latest?.part.row) continue;
    const ordinal = strand.entries[0]!.emission.ordinal;
    if (latest && ordinal < latest.ordinal) {
      const event = firstEvent(strand);
      return [
        {
          kind: 'text-reordered',
          severity: 'major',
          event,
          lastEvent: lastEvent(strand),
          blocks: [latest.part.row.id, part.row.id],
          rows: [KEPT_ROW],
          sentence: `${lane} begins ${partName(input, part)} before ${partName(input, latest.part)}, which precedes it on the wire (${atEvent(event)})`,
          short: 'reordered',
        },
      ];
    }
    latest = { part, ordinal };
  }
  return [];
}

const partName = (input: ComparisonInput, { kind, noun, row }: ExpectedPart): string =>
  kind === 'tool' ? `the call ${callName(input, row.id)}` : `the ${noun} of event ${row.firstEvent ?? 0}`;

export const CONTENT: FindingFamily = { kinds: KINDS, find };
