import { useMemo, useState } from 'react';
import type { EventSummary } from '../../../shared/model/stream.ts';
import { framePlaces } from '../../../shared/providers/frame-places.ts';
import { EVENT_BYTES } from '../../../shared/rpc/agreed.ts';
import type { EventDetail } from '../../../shared/rpc/contract.ts';
import { bytesOf } from '../../../shared/text/base64.ts';
import { Button } from '../../components/Button.tsx';
import { Chip } from '../../components/Chip.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { count, durationText, offset, plural } from '../../components/format.ts';
import { given } from '../../components/given.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { Hex } from '../../components/Hex.tsx';
import { HeldImages } from '../../components/HeldImages.tsx';
import { HeldSounds } from '../../components/HeldSounds.tsx';
import { soundsIn } from '../../components/held-sounds.ts';
import { JsonText } from '../../components/JsonText.tsx';
import { Key } from '../../components/Key.tsx';
import { KIND_GLYPHS, KIND_TONES } from '../../components/names.ts';
import { Shown } from '../../components/Shown.tsx';
import { runCommand } from '../../commands/commands.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import { noEvents } from '../../parts/no-events.ts';
import { begunIn, placeInRead } from './event-place.ts';
import { deltaMember, membersOf, valueOf } from './json-selection.ts';
import { LaneAnswers } from './LaneAnswers.tsx';
import { Empty, Fact, Facts, Section } from './Section.tsx';
import { useEventDetail } from '../../parts/use-event-detail.ts';

/** Rows of bytes at most; the Raw pane has all. */
const HEX_ROWS = 256;

/** The selected event: what each lane made of it, what it says, and its bytes. */
export function EventPane() {
  const { model } = useSession();
  const index = useTrace((trace) => trace.event);
  useTrace((trace) => trace.pulse);
  const event = index === null ? undefined : model.events[index];
  const { detail, problem } = useEventDetail(event ? event.index : null);
  if (!event) return <NothingSelected />;
  return (
    <div className="insp-pane">
      <header className="insp-title">
        <Glyph name={KIND_GLYPHS[event.kind]} size={16} className={KIND_TONES[event.kind]} label={event.kind} />
        <h2>Event {event.index}</h2>
        {event.target !== undefined && (
          <Chip>
            <Shown isName text={event.target} />
          </Chip>
        )}
        <span className="quiet mono cut" title={event.type}>
          <Shown text={event.type} />
        </span>
      </header>
      <EventFacts event={event} />
      <Section title="What each lane emitted for it">
        <LaneAnswers event={event} />
      </Section>
      {problem !== null && (
        <Section title="Parsed">
          <p className="said">The event could not be read: {problem}</p>
        </Section>
      )}
      {detail && <Contents key={event.index} detail={detail} />}
    </div>
  );
}

function NothingSelected() {
  const session = useSession();
  const { model } = session;
  useTrace((trace) => trace.phase);
  useTrace((trace) => trace.pulse);
  if (model.events.length === 0)
    return (
      <Empty>
        <p>{noEvents(session)}</p>
        {model.bytes > 0 && (
          <Button look="line" onClick={() => runCommand('trace.raw')}>
            Raw response
          </Button>
        )}
      </Empty>
    );
  return (
    <Empty>
      <p>No event is selected.</p>
      <p>
        Choose one in the timeline or in the Events tab, or step with{' '}
        <span className="keys">
          <Key chord="ArrowLeft" /> <Key chord="ArrowRight" />.
        </span>
      </p>
    </Empty>
  );
}

function EventFacts({ event }: { readonly event: EventSummary }) {
  const { model } = useSession();
  const timed = useTrace((trace) => trace.detail?.timed ?? true);
  const before = model.events[event.index - 1];
  const started = begunIn(model.reads, event.start, event.read);
  const call = event.block === undefined ? undefined : model.blocks.row(event.block)?.cells.wire[0];
  return (
    <section>
      <Facts>
        <Fact name="Arrived">
          {timed ? <b>{offset(event.tNs)}</b> : <b>order only</b>}{' '}
          {timed && (
            <span className="quiet">
              {before ? `${durationText(event.tNs - before.tNs)} after ${before.index}` : 'the first event'}
            </span>
          )}
        </Fact>
        <Fact name="Read">
          <b>{count(event.read)}</b>{' '}
          <span className="quiet">
            {placeInRead(model, event.index)}
            {started !== null && `, begun in read ${count(started)}`}
          </span>
        </Fact>
        <Fact name="Bytes">
          <b>
            {count(event.start)}–{count(event.end - 1)}
          </b>{' '}
          <span className="quiet">{plural(event.end - event.start, 'byte')}</span>
        </Fact>
        {given(call?.callId) && (
          <Fact name="Call" title={call.callId}>
            <span className="mono">
              <Shown text={call.callId} />
            </span>
          </Fact>
        )}
      </Facts>
      {event.notes?.map((note) => (
        <p key={note} className="insp-note k k-warn">
          <Glyph name="refused" size={12} />
          <span>
            <Shown text={note} />
          </span>
        </p>
      ))}
    </section>
  );
}

/** JSON and bytes, with one value marked in both. */
function Contents({ detail }: { readonly detail: EventDetail }) {
  const { event, json, aroundStart } = detail;
  const members = useMemo(() => (json === null ? [] : membersOf(json)), [json]);
  const value = useMemo(() => (json === null ? null : valueOf(json)), [json]);
  const [marked, setMarked] = useState(() => (json === null ? null : deltaMember(json, members, event.preview)));
  const stream = useTrace((trace) => trace.detail);
  const around = useMemo(() => bytesOf(detail.around), [detail.around]);
  const canMark = members.length > 0 && event.end - event.start <= EVENT_BYTES;
  const places = useMemo(
    () => (stream && canMark ? framePlaces(stream.api, stream.framing, bytesOf(detail.bytes), event.start) : null),
    [stream, canMark, detail.bytes, event.start],
  );
  const member = marked === null ? undefined : places?.members[marked];
  const ranges = places && member ? places.ranges(member.start, member.end) : [];
  return (
    <>
      {json === null ? (
        <Section title="Parsed">
          <p className="quiet">
            {event.kind === 'done'
              ? 'The terminator: it carries no JSON.'
              : 'The data of this event is not JSON; only its bytes are shown below.'}
          </p>
        </Section>
      ) : (
        <Section title="Parsed" end={<CopyButton what={`event ${event.index} as JSON`} text={() => json} />}>
          <Sounds value={value} event={event.index} />
          <JsonText text={json} members={members} marked={marked} onMark={setMarked} />
          <HeldImages value={value} />
        </Section>
      )}
      <Section
        title="Bytes"
        end={<span className="mono">{ranges[0] && `${ranges[0][0]}–${ranges.at(-1)![1] - 1} selected`}</span>}
      >
        <Hex bytes={around} start={aroundStart} own={[event.start, event.end]} marked={ranges} limit={HEX_ROWS} />
        <button type="button" className="link more" onClick={() => runCommand('trace.raw')}>
          Show in the raw response
        </button>
      </Section>
    </>
  );
}

/** Those of the event, and the whole of which they are pieces, where the answer holds it in one. */
function Sounds({ value, event }: { readonly value: unknown; readonly event: number }) {
  const { model } = useSession();
  useTrace((trace) => trace.phase);
  const whole = soundsIn(value).length > 0 ? model.wire?.accumulated : null;
  return (
    <>
      <HeldSounds value={value} name={`event-${event}`} />
      <HeldSounds value={whole} name="answer" of="The whole answer" />
    </>
  );
}
