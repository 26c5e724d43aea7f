import { memo, useRef, type ReactNode } from 'react';
import { ChevronDown, ChevronRight, Pilcrow } from 'lucide-react';
import { cellOf, type BlockRow, type LaneBlock, type LaneBlockKind } from '../../../shared/model/block-row.ts';
import { arrayOf, objectOf } from '../../../shared/json/json-object.ts';
import { WIRE } from '../../../shared/model/messages.ts';
import type { CellFact } from '../../../shared/compare/cell-facts.ts';
import { IconButton } from '../../components/Button.tsx';
import { Chip } from '../../components/Chip.tsx';
import { count, durationText, plural } from '../../components/format.ts';
import { Glyph, type GlyphName } from '../../components/Glyph.tsx';
import { Icon } from '../../components/Icon.tsx';
import { HeldImages } from '../../components/HeldImages.tsx';
import { HeldSounds } from '../../components/HeldSounds.tsx';
import { Shown } from '../../components/Shown.tsx';
import { useSession, useTrace } from '../../stores/open.ts';
import { ArgumentTree } from './ArgumentTree.tsx';
import { canFormat, Formatted, toggleFormatted, useFormatted } from './Formatted.tsx';
import { StreamedText } from './StreamedText.tsx';
import { useCutOff } from './use-cut-off.ts';

interface Look {
  readonly glyph: GlyphName;
  readonly tone: string;
  readonly title: string;
}

const LOOKS: Readonly<Record<LaneBlockKind, Look>> = {
  text: { glyph: 'text', tone: 'k-text', title: 'Text' },
  reasoning: { glyph: 'reasoning', tone: 'k-reason', title: 'Reasoning' },
  hidden: { glyph: 'hidden', tone: 'k-reason', title: 'Hidden reasoning' },
  tool: { glyph: 'tool', tone: 'k-tool', title: 'Tool call' },
  server_tool: { glyph: 'tool', tone: 'k-tool', title: 'Server tool' },
  server_tool_result: { glyph: 'end', tone: 'k-tool', title: 'Server tool result' },
  refusal: { glyph: 'cancelled', tone: 'k-warn', title: 'Refusal' },
  other: { glyph: 'meta', tone: 'k-meta', title: 'Other' },
  error: { glyph: 'error', tone: 'k-error', title: 'Error' },
};

/** Text of these kinds is set as code: it is data, not prose. */
const CODE: ReadonlySet<LaneBlockKind> = new Set(['tool', 'server_tool', 'server_tool_result', 'hidden', 'other']);
/** A block shorter than this has nothing to fold away. */
const SHORT = 220;

interface BlockViewProps {
  readonly block: LaneBlock;
  /** Changes when the head must be rendered again; the block itself grows in place. */
  readonly stamp: string;
  readonly folded: boolean;
  readonly onFold: (row: BlockRow) => void;
  /** More may come. */
  readonly open: boolean;
  readonly fact: CellFact | null;
}

export const BlockView = memo(function BlockView({ block, folded, onFold, open, fact }: BlockViewProps) {
  const { kind, row } = block;
  const look = LOOKS[kind];
  const shut = folded && (kind === 'reasoning' || kind === 'hidden');
  const clamped = folded && !shut && block.chars > SHORT;
  const code = CODE.has(kind);
  const formattable = canFormat(block, open);
  const formatted = useFormatted(({ on }) => on) && formattable;
  const root = useRef<HTMLDivElement>(null);
  // What streams may still get longer, and arguments that are unfolded show their tree as well.
  const cutOff = useCutOff(root, clamped && !open && !code ? (formatted ? 'formatted' : 'plain') : null);
  const classes = [
    code ? 'args' : 'prose',
    open && 'growing',
    code && open && 'wavy',
    clamped && 'clamp',
    kind === 'error' && 'said',
  ]
    .filter(Boolean)
    .join(' ');
  const head = (
    <>
      <Glyph name={look.glyph} size={14} className={look.tone} />
      <h3 className="cut">
        {block.name === null ? isSpoken(block) ? 'Transcript' : look.title : <Shown isName text={block.name} />}
      </h3>
      <Facts block={block} open={open} />
    </>
  );
  return (
    <div ref={root} className={shut ? 'block shut' : 'block'}>
      {kind === 'reasoning' || kind === 'hidden' ? (
        <button type="button" className="block-head" aria-expanded={!shut} onClick={stopping(() => onFold(row))}>
          {head}
          <Icon of={shut ? ChevronRight : ChevronDown} size={12} />
        </button>
      ) : (
        <header className="block-head">
          {head}
          {formattable && (
            <IconButton
              icon={Pilcrow}
              className="small"
              label={kind === 'text' ? 'Read as Markdown' : 'Read as a tree'}
              aria-pressed={formatted}
              onClick={stopping(toggleFormatted)}
            />
          )}
        </header>
      )}
      {formatted && (
        <div className={clamped ? 'clamp' : undefined}>
          <Formatted block={block} clamped={clamped} />
        </div>
      )}
      {!shut && !formatted && (
        <StreamedText block={block} className={classes} code={code} clamped={clamped} added={addedIn(block, fact)} />
      )}
      {kind === 'tool' && !clamped && <ArgumentTree block={block} open={open} />}
      {!shut && block.attachments.length > 0 && <Attachments block={block} />}
      {isSpoken(block) && <Speech choice={row.choice} />}
      {clamped && cutOff && (
        <button type="button" className="link more" onClick={stopping(() => onFold(row))}>
          Show all of {count(block.chars)} characters
        </button>
      )}
    </div>
  );
});

/** The stretch of a block that the wire does not have, when the block is all the lane has here. */
function addedIn(block: LaneBlock, fact: CellFact | null): readonly [start: number, end: number] | undefined {
  if (fact?.type !== 'before' && fact?.type !== 'behind') return undefined;
  if (cellOf(block.row, block.lane).length > 1) return undefined;
  const length = block.pieces.reduce((sum, piece) => sum + piece.length, 0);
  return fact.type === 'before' ? [0, fact.chars] : [length - fact.chars, length];
}

function Facts({ block, open }: { readonly block: LaneBlock; readonly open: boolean }) {
  const { kind, chars, messages, lane } = block;
  const timed = useTrace((trace) => trace.detail?.timed ?? true);
  const unit = lane === WIRE ? 'delta' : 'msg';
  const shown =
    kind === 'tool'
      ? [`${count(messages)} ${unit}${lane === WIRE && messages !== 1 ? 's' : ''}`]
      : chars > 0 || block.attachments.length === 0
        ? [`${count(chars)} ch`]
        : [];
  if (kind === 'text') shown.push(lane === WIRE ? plural(messages, 'delta') : `${count(messages)} msg`);
  if (timed && kind === 'reasoning' && block.lastNs > block.firstNs)
    shown.push(durationText(block.lastNs - block.firstNs));
  if (block.signature !== '') shown.push('signed');
  return (
    <>
      <span className="block-facts">
        {shown.map((text) => (
          <span key={text}>{text}</span>
        ))}
      </span>
      <span className="state">{stateOf(block, { open, timed })}</span>
    </>
  );
}

function stateOf(block: LaneBlock, { open, timed }: { readonly open: boolean; readonly timed: boolean }): ReactNode {
  const { kind } = block;
  if (kind === 'error') return 'the lane ends here';
  const approval = block.approval && (
    <Chip tone="k-warn" fill>
      <Glyph name="approval" size={12} />
      approval asked
    </Chip>
  );
  if (kind === 'tool') {
    const valid =
      block.validNs === null
        ? open
          ? 'open'
          : block.valid === false
            ? 'invalid JSON'
            : block.chars === 0
              ? 'no arguments'
              : 'not valid JSON'
        : block.valid === false
          ? 'no longer valid'
          : timed
            ? `valid ${durationText(block.validNs)}`
            : 'valid';
    return (
      approval || (
        <span className={!open && block.valid !== true && block.chars > 0 ? 'k k-warn' : undefined}>{valid}</span>
      )
    );
  }
  if (kind === 'reasoning' || kind === 'hidden') return null;
  if (open) return 'streaming';
  if (block.row.kind !== 'text') return null;
  return block.row.cut ? <span className="k k-warn">cut</span> : 'closed';
}

const stopping = (run: () => void) => (event: { stopPropagation(): void }) => {
  event.stopPropagation();
  run();
};

/** Citations, results and other parts, each as a line; the inspector has them whole. */
function Attachments({ block }: { readonly block: LaneBlock }) {
  const shown = block.attachments.slice(0, 3);
  return (
    <ul className="attachments">
      {shown.map(({ type, value }, at) => (
        <li key={at}>
          <p className="cut">
            <span className="quiet">{type}</span> <Shown text={beginningOf(value)} />
          </p>
          <HeldImages value={value} />
          <HeldSounds value={value} name={`sound-${block.row.firstEvent ?? 0}`} />
        </li>
      ))}
      {block.attachments.length > shown.length && (
        <li className="quiet">and {plural(block.attachments.length - shown.length, 'more part', 'more parts')}</li>
      )}
    </ul>
  );
}

/** Text that is said beside its sound. */
const isSpoken = ({ kind, lane, row }: LaneBlock): boolean => kind === 'text' && lane === WIRE && row.type === 'audio';

/** The sound of a transcript comes in pieces: all of it is there at the end of the stream. */
function Speech({ choice }: { readonly choice: number }) {
  const { model } = useSession();
  useTrace((trace) => trace.phase);
  const { choices } = objectOf(model.wire?.accumulated) ?? {};
  const spoken = arrayOf(choices).find((one) => objectOf(one)?.['index'] === choice);
  return <HeldSounds value={spoken} name="answer" of="The whole answer" />;
}

/** Of an image of megabytes no more is copied than is shown. */
const beginningOf = (value: unknown): string =>
  (
    JSON.stringify(value, (_, item) => (typeof item === 'string' ? item.slice(0, SHORT) : (item as unknown))) ?? ''
  ).slice(0, SHORT);
