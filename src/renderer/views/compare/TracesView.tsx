import { useEffect, useMemo, useState } from 'react';
import type { TraceCompareResult } from '../../../shared/compare/result.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import { client } from '../../client/client.ts';
import { useCommand } from '../../commands/commands.ts';
import { Button } from '../../components/Button.tsx';
import { Chip } from '../../components/Chip.tsx';
import { shortDuration, timeOfDay } from '../../components/format.ts';
import { apiChip, useProviders } from '../../stores/providers.ts';
import { Shown } from '../../components/Shown.tsx';
import { markTrace, useApp } from '../../stores/app.ts';
import { useCompare } from '../../stores/compare.ts';
import { useTrace } from '../../stores/open.ts';
import { useRuns } from '../../stores/runs.ts';
import { PairPart } from './PairPart.tsx';
import { RequestDiff } from './RequestDiff.tsx';
import { copyTraces } from './copy-traces.ts';
import { TraceBlocks } from './TraceBlocks.tsx';
import { TraceFacts } from './TraceFacts.tsx';
import { TraceTiming } from './TraceTiming.tsx';
import { swapped } from './two-traces.ts';
import './traces.css';

/** The shown run beside another one: numbers, times, request, answer, findings. */
export function TracesView() {
  const id = useTrace((trace) => trace.id);
  const phase = useTrace((trace) => trace.phase);
  const ended = phase === 'ended';
  const other = useApp((state) => state.marked);
  const flipped = useCompare((state) => state.swapped);
  const [read, setRead] = useState<{
    readonly key: string;
    readonly result?: TraceCompareResult;
    readonly problem?: string;
  } | null>(null);
  const key = `${id} ${other ?? ''}`;
  useEffect(() => {
    if (other === null || !ended) return;
    client()
      .call('compare.traces', { a: id, b: other })
      .then(
        (result) => setRead({ key: `${id} ${other}`, result }),
        (error: unknown) =>
          setRead({ key: `${id} ${other}`, problem: error instanceof Error ? error.message : String(error) }),
      );
  }, [id, other, ended]);
  const result = read?.key === key ? read.result : undefined;
  const shown = useMemo(() => (result && flipped ? swapped(result) : result), [result, flipped]);
  useCommand('compare.issue', () => shown && void copyTraces(shown), shown !== undefined);
  if (other === null) return <Choice shown={id} />;
  if (phase === 'live')
    return <p className="compare-none">The run has not ended. The comparison appears when it does.</p>;
  if (read?.key === key && read.problem !== undefined)
    return <p className="compare-none">The two runs could not be compared: {read.problem}</p>;
  if (!shown) return <p className="compare-none">Comparing the two runs.</p>;
  return (
    <div className="traces">
      <TraceFacts result={shown} onEnd={() => markTrace(other)} />
      <TraceTiming result={shown} />
      <PairPart a={id} b={other} />
      <RequestDiff rows={shown.request} />
      <TraceBlocks result={shown} />
      <section className="traces-part" aria-label="Findings of both">
        <h2>Findings</h2>
        <div className="traces-two">
          {([shown.a, shown.b] as const).map((side, at) => (
            <ol key={at} className="traces-findings">
              {side.findings.map((finding) => (
                <li key={finding.number}>
                  <b className="no">{finding.number}</b> <Shown text={finding.sentence} />
                </li>
              ))}
              {side.findings.length === 0 && <li className="quiet">None: the lanes match the wire.</li>}
            </ol>
          ))}
        </div>
      </section>
    </div>
  );
}

const OFFERED = 40;

/** Which run to compare with: the newest ones; any row of the list can be marked as well. */
function Choice({ shown }: { readonly shown: TraceId }) {
  const { ids, rows } = useRuns();
  const offered = ids.filter((id) => id !== shown && rows.get(id)?.ending !== undefined).slice(0, OFFERED);
  const known = useProviders();
  return (
    <div className="traces-choice">
      <p>
        {offered.length === 0
          ? 'There is no other finished run to compare with.'
          : 'Compare this run with another one. Choose it here, or Ctrl-click or ⌘-click a second row in the list.'}
      </p>
      <ul aria-label="Runs to compare with">
        {offered.map((id) => {
          const row = rows.get(id)!;
          return (
            <li key={id}>
              <Button className="choice" onClick={() => markTrace(id)}>
                <Chip>{apiChip(known, row.api)}</Chip>
                <span className="cut">{row.title}</span>
                <span className="quiet cut">{row.model}</span>
                <span className="quiet push">
                  {row.metrics.totalNs !== null && row.timed && !row.metrics.startUnknown
                    ? shortDuration(row.metrics.totalNs)
                    : ''}
                </span>
                <span className="quiet">{timeOfDay(row.startedAt)}</span>
              </Button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
