import { memo, useMemo } from 'react';
import type { Emission, LaneMessage } from '../../../shared/model/messages.ts';
import { codePoints } from '../../../shared/text/code-points.ts';
import { CopyButton } from '../../components/CopyButton.tsx';
import { count, milliseconds } from '../../components/format.ts';
import { Glyph, type GlyphName } from '../../components/Glyph.tsx';
import { GridRow } from '../../components/GridRow.tsx';
import { JsonText } from '../../components/JsonText.tsx';
import type { RowPlace } from '../../components/RowGrid.tsx';
import { Shown } from '../../components/Shown.tsx';
import { useLaneName } from '../../stores/lanes.ts';
import { contentOfMessage, wordsOf } from '../../parts/emissions.ts';

/** Height of what opens below a row. */
export const OPEN_HEIGHT = 180;
const PREVIEW = 200;

const LOOKS: Readonly<Record<LaneMessage['message_type'], readonly [glyph: GlyphName, tone: string]>> = {
  block_start: ['meta', 'k-meta'],
  block_stop: ['meta', 'k-meta'],
  assistant_message: ['text', 'k-text'],
  refusal_message: ['cancelled', 'k-warn'],
  reasoning_message: ['reasoning', 'k-reason'],
  hidden_reasoning_message: ['hidden', 'k-reason'],
  tool_call_message: ['tool', 'k-tool'],
  approval_request_message: ['approval', 'k-warn'],
  attachment: ['meta', 'k-meta'],
  usage: ['meta', 'k-meta'],
  finish: ['end', 'k-meta'],
  response: ['meta', 'k-meta'],
  error: ['error', 'k-error'],
  event: ['meta', 'k-meta'],
  stop_reason: ['error', 'k-error'],
};

interface MessageRowProps extends RowPlace {
  /** Index into the model's messages. */
  readonly message: number;
  readonly emission: Emission;
  /** Of the event that caused it; null before the first, and without timing. */
  readonly tNs: number | null;
  readonly active: boolean;
  /** Caused by the selected event too. */
  readonly same: boolean;
  readonly open: boolean;
  readonly onPick: (message: number) => void;
  readonly onOpen: (message: number) => void;
}

/** One message of one lane; opened, with its JSON. */
export const MessageRow = memo(function MessageRow({
  message: index,
  emission,
  tNs,
  active,
  same,
  open,
  onPick,
  onOpen,
  ...place
}: MessageRowProps) {
  const nameOf = useLaneName();
  const { lane, ordinal, event, message } = emission;
  const [glyph, tone] = LOOKS[message.message_type];
  const content = contentOfMessage(message);
  return (
    <GridRow
      {...place}
      line="message-line"
      active={active}
      same={same}
      open={open}
      onPick={() => onPick(index)}
      onOpen={() => onOpen(index)}
      below={<OpenMessage emission={emission} />}
    >
      <span role="gridcell" className="strong">
        {nameOf(lane)}
      </span>
      <span className="num" role="gridcell">
        {count(ordinal)}
      </span>
      <span
        className="num"
        role="gridcell"
        title={event === null ? 'before the first event' : `caused by event ${event}`}
      >
        {event === null ? '–' : `↤ ${count(event)}`}
      </span>
      <span className="num far" role="gridcell">
        {tNs === null ? '' : milliseconds(tNs)}
      </span>
      <span className={`grid-kind k ${tone}`} role="gridcell" title={message.message_type}>
        <Glyph name={glyph} size={12} />
        <span className="cut">{message.message_type}</span>
      </span>
      <span className="preview" role="gridcell">
        {content === null ? (
          <span className="quiet">
            <Shown text={wordsOf(message)} />
          </span>
        ) : (
          <Shown text={content.slice(0, PREVIEW)} blanks />
        )}
      </span>
      <span className="num far" role="gridcell">
        {content === null ? '' : count(codePoints(content))}
      </span>
    </GridRow>
  );
});

function OpenMessage({ emission }: { readonly emission: Emission }) {
  const nameOf = useLaneName();
  const text = useMemo(() => JSON.stringify(emission.message, null, 2), [emission]);
  return (
    <div
      className="message-opened"
      onClick={(click) => click.stopPropagation()}
      onDoubleClick={(click) => click.stopPropagation()}
    >
      <div
        className="grid-open"
        tabIndex={0}
        role="region"
        aria-label={`Message ${emission.ordinal} of ${nameOf(emission.lane)}`}
      >
        <JsonText text={text} />
      </div>
      <CopyButton what="the message as JSON" text={() => text} />
    </div>
  );
}
