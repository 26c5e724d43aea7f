import { useEffect, useState } from 'react';
import type { TraceId } from '../../../shared/model/ids.ts';
import type { Hold } from '../../../shared/pairing/held.ts';
import { clocksDiffer, type PairResult } from '../../../shared/pairing/pair.ts';
import { client } from '../../client/client.ts';
import { Shown } from '../../components/Shown.tsx';
import { durationText, percent } from '../../components/format.ts';
import { toShare, type Window } from '../../parts/time/scale.ts';
import { useRuns } from '../../stores/runs.ts';
import { TimeGrid } from './TimeGrid.tsx';
import './pair.css';

const ROW = 24;
const HEAD = 20;
const ROWS = ['Client got', 'Held by', 'Gateway got'];
/** Arrivals that lie closer together are drawn as one. */
const STEPS = 800;

/** Two captured runs that are the two sides of one exchange: which hop held it, and what the gateway made of it. */
export function PairPart({ a, b }: { readonly a: TraceId; readonly b: TraceId }) {
  const captured = useRuns(({ rows }) => [a, b].every((id) => rows.get(id)?.source === 'capture'));
  const [read, setRead] = useState<{ readonly of: string; readonly result: PairResult }>();
  const of = `${a} ${b}`;
  useEffect(() => {
    if (!captured) return;
    client()
      .call('compare.pair', { a, b })
      .then((result) => setRead({ of: `${a} ${b}`, result }))
      // What keeps it from being read is said for the comparison as a whole.
      .catch(() => undefined);
  }, [a, b, captured]);
  const result = captured && read?.of === of ? read.result : undefined;
  if (!result || result.evidence.signs.length === 0) return null;
  const { providerNs, gatewayNs, delay, timed, findings, clockShiftNs } = result;
  return (
    <section className="traces-part" aria-label="Who held it">
      <h2>Who held it</h2>
      {timed && <Axis result={result} />}
      <p className="traces-says">
        {timed &&
          `The client waited ${durationText(providerNs)} for the provider and ${durationText(gatewayNs)} for the gateway. `}
        {delay &&
          `A piece was in the gateway for ${durationText(delay.medianNs)} (median), at most ${durationText(delay.largestNs)}. `}
        {clocksDiffer(result) && `The clocks differ: the gateway’s side was moved by ${durationText(-clockShiftNs)}. `}
        {findings.length === 0 && 'The gateway lost, invented and changed nothing.'}
      </p>
      {findings.length > 0 && (
        <ol className="traces-findings" aria-label="What the gateway did">
          {findings.map(({ kind, of: what, severity, sentence }, at) => (
            <li key={at}>
              <b>
                {severity}, {kind} {what}:
              </b>{' '}
              <Shown text={sentence} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Axis({ result: { outer, inner, holds } }: { readonly result: PairResult }) {
  const window: Window = { start: Math.min(0, inner.startNs), end: Math.max(outer.endNs, inner.endNs) };
  const height = HEAD + ROWS.length * ROW;
  const longest = holds.toSorted((one, other) => lengthOf(other) - lengthOf(one))[0];
  return (
    <div className="overlaid">
      <ol className="overlaid-names" style={{ paddingTop: HEAD }}>
        {ROWS.map((name) => (
          <li key={name} className="cut" style={{ height: ROW }}>
            {name}
          </li>
        ))}
      </ol>
      <svg
        className="overlaid-plot pair-plot"
        height={height}
        role="img"
        aria-label={`What the client waited for. ${longest ? `Longest: ${holdText(longest)}` : ''}`}
      >
        <TimeGrid window={window} height={height} />
        <Arrivals times={outer.arrivalsNs} top={HEAD} window={window} />
        {holds.map((hold) => (
          <HoldShape key={hold.fromNs} hold={hold} window={window} />
        ))}
        <Arrivals times={inner.arrivalsNs} top={HEAD + 2 * ROW} window={window} />
      </svg>
    </div>
  );
}

function Arrivals({
  times,
  top,
  window,
}: {
  readonly times: readonly number[];
  readonly top: number;
  readonly window: Window;
}) {
  const places = new Set(times.map((ns) => Math.round(toShare(window, ns) * STEPS)));
  return [...places].map((place) => (
    <line
      key={place}
      className="arrival"
      x1={percent(place / STEPS)}
      x2={percent(place / STEPS)}
      y1={top + 4}
      y2={top + 18}
    />
  ));
}

function HoldShape({ hold, window }: { readonly hold: Hold; readonly window: Window }) {
  const { fromNs, toNs, providerNs } = hold;
  const between = fromNs + providerNs;
  const part = (from: number, to: number, by: string) =>
    to > from && (
      <rect
        className={by}
        x={percent(toShare(window, from))}
        width={percent(toShare(window, to) - toShare(window, from))}
        y={HEAD + ROW + 6}
        height="12"
      />
    );
  return (
    <g>
      <title>{holdText(hold)}</title>
      {part(fromNs, between, 'by-provider')}
      {part(between, toNs, 'by-gateway')}
    </g>
  );
}

const lengthOf = ({ fromNs, toNs }: Hold): number => toNs - fromNs;

const holdText = (hold: Hold): string =>
  `${durationText(lengthOf(hold))} from ${durationText(hold.fromNs)}: provider ${durationText(hold.providerNs)}, gateway ${durationText(hold.gatewayNs)}`;
