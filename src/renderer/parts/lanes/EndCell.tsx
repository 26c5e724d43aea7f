import type { Finding } from '../../../shared/model/findings.ts';
import {
  isWireResult,
  type AdapterOutcome,
  type LaneId,
  type LaneOutcome,
  type WireOutcome,
} from '../../../shared/model/messages.ts';
import { given } from '../../components/given.ts';
import { count } from '../../components/format.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { Shown } from '../../components/Shown.tsx';
import { useSession, useTrace } from '../../stores/open.ts';
import { Findings } from './FactNote.tsx';

/** Longer tips help nobody, and the browser lays all of one out. */
const TIP_CHARS = 500;

/** What the lane held when the stream was over: finish, usage, the call it kept. */
export function EndCell({
  lane,
  off,
  findings,
}: {
  readonly lane: LaneId;
  readonly off: boolean;
  readonly findings: readonly Finding[];
}) {
  useTrace((trace) => trace.structure);
  const { outcomes } = useSession().model;
  const result = outcomes.get(lane);
  return (
    <div className={off ? 'cell end off' : 'cell end'}>
      <header className="block-head">
        <Glyph name="end" size={14} className="k-meta" />
        <h3 className="cut">After the end</h3>
      </header>
      {result && (
        <dl className="facts-list">
          {factsOf(result).map(([name, value]) => (
            <Fact key={name} name={name} value={value} />
          ))}
        </dl>
      )}
      <Findings findings={findings} />
    </div>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd title={value.slice(0, TIP_CHARS)}>
        <Shown text={value} />
      </dd>
    </>
  );
}

type Facts = readonly (readonly [name: string, value: string])[];

const factsOf = (result: LaneOutcome): Facts =>
  isWireResult(result) ? wireFacts(result.outcome) : adapterFacts(result.outcome);

function wireFacts({ finish, usage, terminated, errors, limit }: WireOutcome): Facts {
  const reasons = finish.map(({ raw, unified }) => raw ?? unified).join(', ');
  return [
    ['Finish', reasons === '' ? 'not reported' : reasons],
    ['Usage', usage === undefined ? 'not reported' : `${tokens(usage.input)} → ${tokens(usage.output)}`],
    ['Terminator', terminated ? 'seen' : 'missing'],
    ...errors.map(({ message }) => ['Error', message] as const),
    ...(limit === undefined ? [] : [['Limit', limit] as const]),
  ];
}

function adapterFacts({ error, usage, tool_call }: AdapterOutcome): Facts {
  return [
    ...(error === null ? [] : [['Error', error.message] as const]),
    ['Usage', `${count(usage.prompt_tokens)} → ${count(usage.completion_tokens)}`],
    ['Tool call', tool_call === null ? 'none kept' : `${tool_call.name} ${tool_call.arguments}`],
  ];
}

const tokens = (value: number | null | undefined): string => (given(value) ? count(value) : 'not reported');
