/** The numbers of two runs in words, and what the second has more or less. Pure. */
import type { LaneName, TraceSide } from '../../../shared/compare/result.ts';
import { differs, VERDICT_FIELDS } from '../../../shared/model/findings.ts';
import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import { timesFromRequest } from '../../../shared/model/trace.ts';
import { count, durationText, money, perSecond } from '../../components/format.ts';
import { given } from '../../components/given.ts';
import { timesText } from './two-traces.ts';

export interface Fact {
  readonly name: string;
  readonly a: string;
  readonly b: string;
  /** Both have the value, and it is the same. Two values that nobody knows are not equal. */
  readonly equal: boolean;
  /** b against a, in words; '' when there is nothing to say. */
  readonly change: string;
}

const NOT_SAID = 'not reported';

export function factsOf(a: TraceSide, b: TraceSide): readonly Fact[] {
  const plain = (name: string, of: (side: TraceSide) => string | null, absent = NOT_SAID): Fact => {
    const [left, right] = [of(a), of(b)];
    return { name, a: left ?? absent, b: right ?? absent, equal: left !== null && left === right, change: '' };
  };
  const amount = (
    name: string,
    of: (side: TraceSide) => number | null | undefined,
    text: (value: number) => string,
    absent: (side: TraceSide) => string = () => NOT_SAID,
  ): Fact => {
    const [left, right] = [of(a), of(b)];
    const both = given(left) && given(right);
    return {
      name,
      a: given(left) ? text(left) : absent(a),
      b: given(right) ? text(right) : absent(b),
      equal: both && left === right,
      change: both ? changeOf(left, right, text) : '',
    };
  };
  const timed = (
    name: string,
    of: (side: TraceSide) => number | null | undefined,
    text: (value: number) => string,
    absent: (side: TraceSide) => string,
  ): Fact =>
    amount(
      name,
      (side) => (side.timed ? of(side) : null),
      text,
      (side) => (side.timed ? absent(side) : 'not timed'),
    );
  const time = (name: string, of: (times: ReturnType<typeof timesFromRequest>) => number | null): Fact =>
    timed(
      name,
      ({ metrics }) => of(timesFromRequest(metrics)),
      durationText,
      ({ metrics }) => (metrics.startUnknown ? 'not known' : 'none'),
    );
  return [
    plain('API', ({ api }) => api),
    plain('Model', ({ model }) => model),
    plain('Ending', ({ ending }) => ending, 'running'),
    time('First byte', ({ firstByteNs }) => firstByteNs),
    time('First text', ({ firstTextNs }) => firstTextNs),
    time('First tool', ({ firstToolNs }) => firstToolNs),
    time('Total', ({ totalNs }) => totalNs),
    amount('Events', ({ metrics }) => metrics.events, count),
    amount('Bytes', ({ metrics }) => metrics.bytes, count),
    amount(
      'Answer text',
      ({ metrics }) => metrics.textChars,
      (value) => `${count(value)} ch`,
    ),
    amount('Tokens in', ({ usage }) => usage?.input, count),
    amount('Tokens out', ({ usage }) => usage?.output, count),
    timed(
      'Tok/s',
      ({ metrics }) => metrics.tokensPerSecond,
      (value) => `≈ ${perSecond(value)}`,
      ({ metrics }) => (metrics.tokensPerSecond === null ? 'not measurable' : NOT_SAID),
    ),
    ...(given(a.usage?.serverRate) || given(b.usage?.serverRate)
      ? [amount('Server’s tok/s', ({ usage }) => usage?.serverRate, perSecond)]
      : []),
    amount(
      'Cost',
      ({ cost }) => cost,
      money,
      () => 'not known',
    ),
    amount('Findings', ({ findings }) => findings.length, count),
    ...otherLanes(a, b).map(({ id, label }) => ({
      name: `${label} differs`,
      a: differing(a, id),
      b: differing(b, id),
      // In the same fields they may differ otherwise.
      equal: false,
      change: '',
    })),
  ];
}

/** Lanes that read at least one of the runs, but for the wire. */
function otherLanes(a: TraceSide, b: TraceSide): readonly LaneName[] {
  const lanes = new Map([...a.lanes, ...b.lanes].map((lane) => [lane.id, lane]));
  return [...lanes.values()].filter(({ id }) => id !== WIRE);
}

function differing({ lanes, verdict, nothing }: TraceSide, lane: LaneId): string {
  if (!lanes.some(({ id }) => id === lane)) return 'not read';
  if (nothing !== null) return 'not compared';
  const fields = VERDICT_FIELDS.filter((field) => verdict[field][lane] && differs(verdict[field][lane]));
  if (fields.length > 0) return `in ${fields.join(', ')}`;
  return VERDICT_FIELDS.every((field) => verdict[field][lane]?.equal !== false) ? 'nowhere' : 'nothing lost';
}

function changeOf(a: number, b: number, text: (value: number) => string): string {
  if (a === b) return '';
  const by = `${b > a ? '+' : '−'}${text(Math.abs(b - a)).replace('≈ ', '')}`;
  const times = timesText(a, b);
  return times === '' ? by : `${by} · ${times}`;
}
