import { memo, type ReactNode } from 'react';
import { byteSize, count, duration, durationText, money, perSecond } from '../../components/format.ts';
import { given } from '../../components/given.ts';
import { useOverflow } from '../../components/use-overflow.ts';
import { Tip } from '../../components/Tooltip.tsx';
import { useSession, useTrace } from '../../stores/open.ts';
import { useNow } from '../../parts/time/use-now.ts';
import type { TraceModel } from '../../stores/trace-model.ts';
import { useRuns } from '../../stores/runs.ts';

/** Between two looks at a total that grows though nothing comes. */
const GROWS_MS = 350;

/**
 * The header numbers, always in this order. What the wire did not say is "not reported", never 0. While a stream that is over is
 * read back they are those that are stored, and that of the events says how far it has come.
 */
export function Numbers() {
  const session = useSession();
  const { goesOn } = session;
  const nowNs = useNow(GROWS_MS);
  const model = useTrace((trace) => trace.model);
  const live = useTrace((trace) => trace.phase === 'live');
  const id = useTrace((trace) => trace.id);
  // Each by itself: the row of a run that goes on is another one several times a second.
  const timed = useRuns((runs) => runs.rows.get(id)?.timed ?? true);
  const startUnknown = useRuns((runs) => runs.rows.get(id)?.metrics.startUnknown ?? false);
  const size = useRuns((runs) => runs.rows.get(id)?.size);
  const cost = useRuns((runs) => runs.rows.get(id)?.cost);
  const reported = useRuns((runs) => given(runs.rows.get(id)?.usage?.cost));
  useTrace((trace) => trace.pulse);
  const { stored } = session;
  const [box, overflowing] = useOverflow<HTMLDivElement>();
  const { metrics, usage } = stored ?? model;
  // At its end a playing is the whole.
  const whole = model.ending === null ? session.whole : undefined;
  const last = session.whole && lastTexts(session.whole);
  return (
    <div ref={box} className="numbers" role="group" aria-label="Numbers of the trace" {...overflowing}>
      <dl>
        <Time
          name="First byte"
          ns={metrics.firstByteNs}
          room={last?.firstByteNs}
          live={live}
          timed={timed}
          startUnknown={startUnknown}
          says="From sending the request to the first byte of the body, by a monotonic clock."
        />
        <Time
          name="First event"
          ns={metrics.firstEventNs}
          room={last?.firstEventNs}
          live={live}
          timed={timed}
          startUnknown={startUnknown}
          says="From sending the request to the read that completed the first event."
        />
        <Time
          name="First text"
          ns={metrics.firstTextNs}
          room={last?.firstTextNs}
          live={live}
          timed={timed}
          startUnknown={startUnknown}
          says="To the first event that carries answer text, a refusal included."
        />
        <Time
          name="First tool"
          ns={metrics.firstToolNs}
          room={last?.firstToolNs}
          live={live}
          timed={timed}
          startUnknown={startUnknown}
          says="To the first event that carries a tool call: its name, or text of its arguments."
        />
        <Time
          name={whole ? 'At' : 'Total'}
          ns={metrics.totalNs ?? (live && (nowNs > 0 || whole) ? nowNs : null)}
          of={whole?.lastNs}
          room={last?.total}
          more={last && ` of ${last.total}`}
          live={live}
          timed={timed}
          startUnknown={startUnknown}
          says={
            whole
              ? 'From sending the request to the playhead. All numbers are those of this moment.'
              : goesOn
                ? 'From sending the request to now.'
                : 'From sending the request to the end of the body.'
          }
        />
      </dl>
      <dl>
        <Entry
          name="Events"
          room={last?.events}
          more={last && ` of ${last.events}`}
          says="Events completed so far; of a stream that is read back, those that are here."
        >
          {count(stored ? model.events.length : metrics.events)}
          {stored && <small> of {count(metrics.events)}</small>}
          {whole && <small className="more"> of {count(whole.events.length)}</small>}
        </Entry>
        <Entry
          name="Reads"
          room={last?.reads}
          more={last && ` of ${last.reads}`}
          says="Reads of the body so far: one read may hold several events, or part of one."
        >
          {count(metrics.reads)}
          {whole && <small className="more"> of {count(whole.reads.length)}</small>}
        </Entry>
        <Entry
          name="Bytes"
          room={last?.bytes}
          more={last && ` of ${last.bytes}`}
          says="Bytes of the body, after content decoding; and what the trace takes of the trace file, where its reads are compressed."
        >
          {count(metrics.bytes)}
          {whole && <small className="more"> of {count(whole.bytes)}</small>}
          {!whole && size !== undefined && <small className="more"> · {byteSize(size)} stored</small>}
        </Entry>
      </dl>
      <dl>
        <Tokens usage={usage} live={live} room={last?.tokens} more={last?.reasoning} />
      </dl>
      <dl>
        <Rate
          rate={timed ? metrics.tokensPerSecond : undefined}
          serverRate={usage?.serverRate}
          live={live}
          timed={timed}
          room={last?.rate}
        />
      </dl>
      <dl>
        <Cost cost={cost} reported={reported} live={live} />
      </dl>
    </div>
  );
}

/** What each number of a playing takes when all was played, so that nothing below moves while they grow. */
function lastTexts({ metrics, usage, lastNs, events, reads, bytes }: TraceModel) {
  const time = (ns: number | null): string => (ns === null ? 'not yet' : durationText(ns));
  const { firstByteNs, firstEventNs, firstTextNs, firstToolNs, tokensPerSecond: rate } = metrics;
  return {
    firstByteNs: time(firstByteNs),
    firstEventNs: time(firstEventNs),
    firstTextNs: time(firstTextNs),
    firstToolNs: time(firstToolNs),
    total: durationText(lastNs),
    events: count(events.length),
    reads: count(reads.length),
    bytes: count(bytes),
    tokens: tokensText(usage),
    reasoning: reasoningText(usage),
    rate: [
      rate === null ? 'not measurable' : given(rate) ? `≈ ${perSecond(rate)}` : 'not reported',
      ...(given(usage?.serverRate) ? [`server ${perSecond(usage.serverRate)}`] : []),
    ].join(' · '),
  };
}

function tokensText(usage: TraceModel['usage']): string {
  if (!given(usage?.input) && !given(usage?.output)) return 'not reported';
  const cached = usage.cachedInput ?? 0;
  return [
    given(usage.input) ? count(usage.input - cached) : 'not reported',
    ...(cached > 0 ? [`+${count(cached)} cached`] : []),
    '→',
    given(usage.output) ? count(usage.output) : 'not reported',
  ].join(' ');
}

const reasoningText = (usage: TraceModel['usage']): string =>
  given(usage?.reasoning) && usage.reasoning > 0 ? ` (${count(usage.reasoning)} reasoning)` : '';

/** Stays as it is while the number grows. */
const Term = memo(function Term({ name, says }: Pick<EntryProps, 'name' | 'says'>) {
  return (
    <Tip text={says}>
      <dt>
        <span className="term">{name}</span>
      </dt>
    </Tip>
  );
});

interface FigureProps extends Pick<EntryProps, 'room' | 'more'> {
  readonly live: boolean;
}

function Rate({
  rate,
  serverRate,
  live,
  timed,
  room,
}: FigureProps & {
  readonly rate: number | null | undefined;
  readonly serverRate: number | undefined;
  readonly timed: boolean;
}) {
  const says =
    'Output tokens per second while they came, from the first piece of reasoning, text or a tool call to the last one. An estimate: tokens do not come one by one. Tokens that came all at once have no rate. “Server” is what the server says on the wire, by its own clock.';
  const absent = live ? 'at end' : !timed ? 'not timed' : rate === null ? 'not measurable' : 'not reported';
  const measured = !live && given(rate);
  return (
    <Entry name="Tok/s" says={says} absent={!measured} room={room}>
      {measured ? `≈ ${perSecond(rate)}` : absent}
      {!live && given(serverRate) && <small> · server {perSecond(serverRate)}</small>}
    </Entry>
  );
}

function Cost({
  cost,
  reported,
  live,
}: FigureProps & { readonly cost: number | undefined; readonly reported: boolean }) {
  const says = reported
    ? 'In US dollars, as the server says on the wire.'
    : 'In US dollars, by the bundled price list and the reported usage.';
  return (
    <Entry name="Cost" says={says} absent={cost === undefined}>
      {cost === undefined ? (
        <>{live ? 'at end' : 'not known'}</>
      ) : (
        <>
          {money(cost)} <small className="more">{reported ? 'reported' : 'by price list'}</small>
        </>
      )}
    </Entry>
  );
}

interface EntryProps {
  readonly name: ReactNode;
  readonly says: string;
  readonly absent?: boolean;
  /** A text as wide as the entry at least is. */
  readonly room?: string | undefined;
  /** What stands behind that while there is width for it. */
  readonly more?: string | undefined;
  readonly children: ReactNode;
}

function Entry({ name, says, absent = false, room, more, children }: EntryProps) {
  return (
    <div>
      <Term name={name} says={says} />
      <dd className={absent ? 'absent' : undefined} data-room={room} data-more={more}>
        {children}
      </dd>
    </div>
  );
}

function Time({
  name,
  says,
  ns,
  of,
  live,
  timed,
  startUnknown,
  room,
  more,
}: FigureProps & {
  readonly name: string;
  readonly says: string;
  readonly ns: number | null;
  /** Of what the time is a part, nanoseconds. */
  readonly of?: number | undefined;
  readonly timed: boolean;
  /** It is not known when the request was sent, from which the time counts. */
  readonly startUnknown: boolean;
}) {
  if (startUnknown)
    return (
      <Entry name={name} says={`${says} When the request was sent is not in the file.`} room={room} absent>
        not known
      </Entry>
    );
  if (!timed)
    return (
      <Entry name={name} says={says} room={room} absent>
        not timed
      </Entry>
    );
  if (ns === null)
    return (
      <Entry name={name} says={says} room={room} absent>
        {live ? 'not yet' : 'none'}
      </Entry>
    );
  const { value, unit } = duration(ns);
  return (
    <Entry name={name} says={says} room={room} more={more}>
      {value} <small>{unit}</small>
      {of !== undefined && <small className="more"> of {durationText(of)}</small>}
    </Entry>
  );
}

const TOKENS = (
  <>
    Tokens<span className="opt"> in → out</span>
  </>
);

function Tokens({ usage, live, room, more }: FigureProps & { readonly usage: TraceModel['usage'] }) {
  const says =
    'As the provider reported them: input, the part of it that was cached, output, the part of it that was reasoning.';
  const out = usage?.output;
  const later = live ? 'at end' : 'not reported';
  if (!given(usage?.input) && !given(out))
    return (
      <Entry name={TOKENS} says={says} room={room} more={more} absent>
        {later}
      </Entry>
    );
  const uncached = given(usage?.input) ? usage.input - (usage.cachedInput ?? 0) : null;
  return (
    <Entry name={TOKENS} says={says} room={room} more={more}>
      {uncached === null ? <small>not reported</small> : count(uncached)}
      {given(usage?.cachedInput) && usage.cachedInput > 0 && (
        <small className="opt"> +{count(usage.cachedInput)} cached</small>
      )}{' '}
      → {given(out) && !live ? count(out) : <small>{later}</small>}
      {given(usage?.reasoning) && usage.reasoning > 0 && !live && (
        <small className="more"> ({count(usage.reasoning)} reasoning)</small>
      )}
    </Entry>
  );
}
