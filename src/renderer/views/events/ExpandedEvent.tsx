import { useMemo, useState } from 'react';
import type { EventSummary } from '../../../shared/model/stream.ts';
import { bytesOf } from '../../../shared/text/base64.ts';
import { Button } from '../../components/Button.tsx';
import { Hex } from '../../components/Hex.tsx';
import { JsonText } from '../../components/JsonText.tsx';
import { Segments } from '../../components/Segments.tsx';
import { Shown } from '../../components/Shown.tsx';
import { useSession } from '../../stores/open.ts';
import { useEventDetail } from '../../parts/use-event-detail.ts';
import { copyAsJson, copyAsText } from './copy-events.ts';
import { useTextName } from './use-text-name.ts';

/** Height of what opens below a row; longer content scrolls in it, so that all rows keep a known height. */
export const OPEN_HEIGHT = 220;
/** Characters of raw text drawn. */
const RAW_CHARS = 20_000;
const HEX_ROWS = 128;
const NO_MARKS = [] as const;

type Mode = 'parsed' | 'raw' | 'hex';
const MODES: readonly { readonly value: Mode; readonly label: string }[] = [
  { value: 'parsed', label: 'Parsed' },
  { value: 'raw', label: 'Text' },
  { value: 'hex', label: 'Hex' },
];

/** An event opened in place. */
export function ExpandedEvent({ event }: { readonly event: EventSummary }) {
  const session = useSession();
  const textName = useTextName();
  const [mode, setMode] = useState<Mode>('parsed');
  const { detail, problem } = useEventDetail(event.index);
  const bytes = useMemo(() => (detail ? bytesOf(detail.bytes) : null), [detail]);
  return (
    <div
      className="event-opened"
      onClick={(click) => click.stopPropagation()}
      onDoubleClick={(click) => click.stopPropagation()}
    >
      <div className="event-modes">
        <Segments label="Show the event as" values={MODES} value={mode} onChoose={setMode} />
        <span className="quiet mono cut">
          <Shown text={event.type} />
        </span>
        <Button className="push" onClick={() => void copyAsJson(session, event, event)}>
          Copy JSON
        </Button>
        {textName !== null && (
          <Button onClick={() => void copyAsText(session, textName, event, event)}>Copy {textName}</Button>
        )}
      </div>
      <div className="grid-open" tabIndex={0} role="region" aria-label={`Event ${event.index}`}>
        {problem !== null && <p>The event could not be read: {problem}</p>}
        {detail &&
          bytes &&
          mode === 'parsed' &&
          (detail.json === null ? (
            <p className="quiet">The data of this event is not JSON; its text and bytes are shown here too.</p>
          ) : (
            <JsonText text={detail.json} />
          ))}
        {bytes && mode === 'raw' && <RawText bytes={bytes} />}
        {bytes && mode === 'hex' && (
          <Hex bytes={bytes} start={event.start} own={[event.start, event.end]} marked={NO_MARKS} limit={HEX_ROWS} />
        )}
      </div>
    </div>
  );
}

function RawText({ bytes }: { readonly bytes: Uint8Array }) {
  const text = useMemo(
    () => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, RAW_CHARS)),
    [bytes],
  );
  return (
    <div className="whole code">
      <Shown whole text={text} />
      {bytes.length > RAW_CHARS && <span className="quiet">… the Raw pane has all of it</span>}
    </div>
  );
}
