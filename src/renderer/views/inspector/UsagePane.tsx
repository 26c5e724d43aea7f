import { useEffect, useState } from 'react';
import { isWireResult, WIRE, type AdapterOutcome } from '../../../shared/model/messages.ts';
import type { Usage } from '../../../shared/model/usage.ts';
import type { ProviderTrace } from '../../../shared/rpc/contract.ts';
import { client } from '../../client/client.ts';
import { CopyButton } from '../../components/CopyButton.tsx';
import { count, money, perSecond, plural } from '../../components/format.ts';
import { given } from '../../components/given.ts';
import { JsonText } from '../../components/JsonText.tsx';
import { useLaneName, useLanes } from '../../stores/lanes.ts';
import { READING } from '../../parts/no-events.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import { useRuns } from '../../stores/runs.ts';
import { Empty, Fact, Facts, Section } from './Section.tsx';

/** What the provider counted, what each adapter counted, what it cost, and what would have been written down of it. */
export function UsagePane() {
  const { model } = useSession();
  useTrace((trace) => trace.pulse);
  const phase = useTrace((trace) => trace.phase);
  const ended = phase === 'ended';
  const { usage } = model;
  if (!usage && !ended)
    return <Empty>{phase === 'live' ? 'No usage has arrived yet; most providers send it last.' : READING}</Empty>;
  return (
    <div className="insp-pane">
      <Section title="Tokens">
        <Counts usage={usage} />
      </Section>
      <Cost />
      <Section
        title={
          <>
            As the provider sent it{' '}
            <span className="quiet">{usage ? plural(usage.raw.length, 'usage object') : ''}</span>
          </>
        }
      >
        {usage && usage.raw.length > 0 ? (
          usage.raw.map((raw, at) => <RawUsage key={at} raw={raw} number={at + 1} of={usage.raw.length} />)
        ) : (
          <p className="quiet">not reported</p>
        )}
      </Section>
      {ended && <ProviderTraces />}
    </div>
  );
}

type Row = readonly [
  name: string,
  wire: (usage: Usage) => number | null | undefined,
  adapter: ((usage: AdapterOutcome['usage']) => number) | null,
];
const ROWS: readonly Row[] = [
  ['Input', (usage) => usage.input, (usage) => usage.prompt_tokens],
  ['of which cached', (usage) => usage.cachedInput, null],
  ['of which written to a cache', (usage) => usage.cacheWrite, null],
  ['Output', (usage) => usage.output, (usage) => usage.completion_tokens],
  ['of which reasoning', (usage) => usage.reasoning, null],
  ['Total', (usage) => usage.total, (usage) => usage.total_tokens],
];

function Counts({ usage }: { readonly usage: Usage | undefined }) {
  const { outcomes } = useSession().model;
  const nameOf = useLaneName();
  const lanes = useLanes();
  const others = lanes
    .filter((lane) => lane !== WIRE)
    .map((lane) => {
      const result = outcomes.get(lane);
      return { lane, own: result && !isWireResult(result) ? result.outcome.usage : null };
    });
  return (
    <table className="counts">
      <thead>
        <tr>
          <th scope="col">
            <span className="unseen">Count</span>
          </th>
          {lanes.map((lane) => (
            <th key={lane} scope="col">
              {nameOf(lane)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([name, wire, adapter]) => {
          const said = usage ? wire(usage) : undefined;
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                {said === undefined ? (
                  <span className="quiet">not reported</span>
                ) : said === null ? (
                  <span className="quiet">null</span>
                ) : (
                  count(said)
                )}
              </td>
              {others.map(({ lane, own }) => (
                <td
                  key={lane}
                  className={own && adapter && given(said) && adapter(own) !== said ? 'k k-del' : undefined}
                >
                  {adapter === null ? (
                    <span className="quiet">–</span>
                  ) : own === null ? (
                    <span className="quiet">at end</span>
                  ) : (
                    count(adapter(own))
                  )}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Cost() {
  const id = useTrace((trace) => trace.id);
  const row = useRuns((runs) => runs.rows.get(id));
  const timed = row?.timed ?? true;
  useTrace((trace) => trace.pulse);
  const rate = useTrace((trace) => (timed ? trace.model.metrics.tokensPerSecond : undefined));
  const serverRate = useTrace((trace) => trace.model.usage?.serverRate);
  return (
    <Section title="Cost and rate">
      <Facts>
        <Fact name="Cost">
          {row?.cost === undefined ? (
            <span className="quiet">
              {row?.usage ? 'not known: the bundled list has no price for it' : 'not known: the wire has no usage'}
            </span>
          ) : (
            <>
              <b>{money(row.cost)}</b>{' '}
              <span className="quiet">
                {given(row.usage?.cost) ? 'as reported on the wire' : 'by the bundled price list'}
              </span>
            </>
          )}
        </Fact>
        <Fact name="Rate, measured here">
          {given(rate) ? (
            <>
              <b>≈ {perSecond(rate)}</b> <span className="quiet">tokens a second while they came</span>
            </>
          ) : (
            <span className="quiet">
              {rate === null ? 'not measurable: the tokens came all at once' : 'not reported'}
            </span>
          )}
        </Fact>
        <Fact name="Rate, as the server says">
          {serverRate === undefined ? (
            <span className="quiet">not reported</span>
          ) : (
            <>
              <b>{perSecond(serverRate)}</b> <span className="quiet">tokens a second by its own clock</span>
            </>
          )}
        </Fact>
      </Facts>
    </Section>
  );
}

function RawUsage({ raw, number, of }: { readonly raw: unknown; readonly number: number; readonly of: number }) {
  const text = JSON.stringify(raw, null, 2);
  return (
    <div className="raw-usage">
      <CopyButton what={of === 1 ? 'the usage object' : `usage object ${number}`} text={() => text} />
      <JsonText text={text} />
    </div>
  );
}

type Traces = { readonly rows: readonly ProviderTrace[] } | { readonly problem: string } | null;

/** What the agent server would have stored of each adapter's run. */
function ProviderTraces() {
  const id = useTrace((trace) => trace.id);
  const nameOf = useLaneName();
  const [traces, setTraces] = useState<Traces>(null);
  useEffect(() => {
    let wanted = true;
    client()
      .call('traces.providerTraces', { id })
      .then(
        (rows) => wanted && setTraces({ rows }),
        (error: unknown) => wanted && setTraces({ problem: error instanceof Error ? error.message : String(error) }),
      );
    return () => {
      wanted = false;
    };
  }, [id]);
  if (traces === null) return null;
  if ('problem' in traces)
    return <Section title="Provider traces">The provider traces could not be read: {traces.problem}</Section>;
  if (traces.rows.length === 0)
    return (
      <Section title="Provider traces">
        <p className="quiet">No adapter got far enough to write one.</p>
      </Section>
    );
  return traces.rows.map(({ lane, stepId, document }) => {
    const text = JSON.stringify(document, null, 2);
    return (
      <Section
        key={lane}
        title={
          <>
            Provider trace of {nameOf(lane)} <span className="quiet mono cut">{stepId}</span>
          </>
        }
        end={<CopyButton what={`the provider trace of ${nameOf(lane)}`} text={() => text} />}
      >
        <JsonText text={text} />
      </Section>
    );
  });
}
