import type { ReactNode } from 'react';
import { count, duration, money } from '../../components/format.ts';
import { given } from '../../components/given.ts';
import { Tip } from '../../components/Tooltip.tsx';
import { useTrace } from '../../stores/open.ts';
import type { TraceModel } from '../../stores/trace-model.ts';
import { useRuns } from '../../stores/runs.ts';

/** The header numbers, always in this order. What the wire did not say is "not reported", never 0. */
export function Numbers() {
  const model = useTrace((trace) => trace.model);
  const live = useTrace((trace) => trace.phase !== 'ended');
  const id = useTrace((trace) => trace.id);
  const row = useRuns((runs) => runs.rows.get(id));
  const timed = row?.timed ?? true;
  useTrace((trace) => trace.pulse);
  const { metrics } = model;
  const rate = model.ending && timed ? metrics.tokensPerSecond : undefined;
  return (
    <div className="numbers" aria-label="Numbers of the trace">
      <dl>
        <Time
          name="First byte"
          ns={metrics.firstByteNs}
          live={live}
          timed={timed}
          says="From sending the request to the first byte of the body, by a monotonic clock."
        />
        <Time
          name="First event"
          ns={metrics.firstEventNs}
          live={live}
          timed={timed}
          says="From sending the request to the read that completed the first event."
        />
        <Time
          name="First text"
          ns={metrics.firstTextNs}
          live={live}
          timed={timed}
          says="To the first event that carries answer text, a refusal included."
        />
        <Time
          name="First tool"
          ns={metrics.firstToolNs}
          live={live}
          timed={timed}
          says="To the first event that carries a tool call: its name, or text of its arguments."
        />
        <Time
          name="Total"
          ns={metrics.totalNs ?? (model.lastNs > 0 ? model.lastNs : null)}
          live={live}
          timed={timed}
          says="From sending the request to the end of the body."
        />
      </dl>
      <dl>
        <Entry name="Events" says="Server-sent events completed so far.">
          {count(metrics.events)}
        </Entry>
        <Entry name="Reads" says="Reads of the body so far: one read may hold several events, or part of one.">
          {count(metrics.reads)}
        </Entry>
        <Entry name="Bytes" says="Bytes of the body, after content decoding.">
          {count(metrics.bytes)}
        </Entry>
      </dl>
      <dl>
        <Tokens model={model} live={live} />
      </dl>
      <dl>
        <Entry
          name="Tok/s"
          says="Output tokens per second after the first text; an estimate, since tokens do not come one by one."
          absent={rate === undefined}
        >
          {rate === undefined ? live ? 'at end' : 'not reported' : <>≈ {count(rate)}</>}
        </Entry>
      </dl>
      <dl>
        <Entry
          name="Cost"
          says="In US dollars, by the bundled price list and the reported usage."
          absent={row?.cost === undefined}
        >
          {row?.cost === undefined ? (live ? 'at end' : 'not known') : money(row.cost)}
        </Entry>
      </dl>
    </div>
  );
}

interface EntryProps {
  readonly name: string;
  readonly says: string;
  readonly absent?: boolean;
  readonly children: ReactNode;
}

function Entry({ name, says, absent = false, children }: EntryProps) {
  return (
    <div>
      <Tip text={says}>
        <dt>
          <span className="term">{name}</span>
        </dt>
      </Tip>
      <dd className={absent ? 'absent' : undefined}>{children}</dd>
    </div>
  );
}

function Time({
  name,
  says,
  ns,
  live,
  timed,
}: {
  readonly name: string;
  readonly says: string;
  readonly ns: number | null;
  readonly live: boolean;
  readonly timed: boolean;
}) {
  if (!timed)
    return (
      <Entry name={name} says={says} absent>
        not timed
      </Entry>
    );
  if (ns === null)
    return (
      <Entry name={name} says={says} absent>
        {live ? 'not yet' : 'none'}
      </Entry>
    );
  const { value, unit } = duration(ns);
  return (
    <Entry name={name} says={says}>
      {value} <small>{unit}</small>
    </Entry>
  );
}

function Tokens({ model, live }: { readonly model: TraceModel; readonly live: boolean }) {
  const usage = model.usage;
  const says =
    'As the provider reported them: input, the part of it that was cached, output, the part of it that was reasoning.';
  const out = usage?.output;
  const later = live ? 'at end' : 'not reported';
  if (!given(usage?.input) && !given(out))
    return (
      <Entry name="Tokens in → out" says={says} absent>
        {later}
      </Entry>
    );
  const uncached = given(usage?.input) ? usage.input - (usage.cachedInput ?? 0) : null;
  return (
    <Entry name="Tokens in → out" says={says}>
      {uncached === null ? <small>not reported</small> : count(uncached)}
      {given(usage?.cachedInput) && usage.cachedInput > 0 && (
        <small className="opt"> +{count(usage.cachedInput)} cached</small>
      )}{' '}
      → {given(out) && !live ? count(out) : <small>{later}</small>}
      {given(usage?.reasoning) && usage.reasoning > 0 && !live && <small> ({count(usage.reasoning)} reasoning)</small>}
    </Entry>
  );
}
