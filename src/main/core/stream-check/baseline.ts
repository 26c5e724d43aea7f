/** A baseline: what a check found once and a person found right. It is kept in the repository, beside the streams. */
import { z } from 'zod';
import type { LaneId } from '../../../shared/model/messages.ts';
import { TERMINAL_STATES } from '../../../shared/model/trace.ts';
import type { CheckedStream, Issue } from './check-stream.ts';
import type { JudgedIssue } from './report.ts';
import { OWN_RULES } from './rules.ts';

const FORMAT = 'tracelane-baseline';
const VERSION = 1;

const streamSchema = z.strictObject({
  api: z.string(),
  ending: z.enum(TERMINAL_STATES).nullable(),
  /** How often each rule shows; behind the rule, after a space, the lane that it is about. */
  issues: z.record(z.string(), z.int().min(1)),
  /** Digests of the messages of each lane, with blanks between them. */
  lanes: z.record(z.string(), z.string()),
});
export type BaselineStream = z.output<typeof streamSchema>;

const schema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  /** By name. */
  streams: z.record(z.string(), streamSchema),
});
export type BaselineStreams = Readonly<Record<string, BaselineStream>>;

/** Throws an Error, with a sentence, for what is no baseline of this version. */
export function readBaseline(text: string): BaselineStreams {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON.');
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data.streams;
  const { path, message } = result.error.issues[0]!;
  throw new Error(
    `it is no baseline of this version of Tracelane (${[path.join('.'), message].filter(Boolean).join(': ')}).`,
  );
}

/** Sorted by name, so that a change of one stream is a change of its lines. */
export function writtenBaseline(streams: BaselineStreams): string {
  const sorted = Object.fromEntries(Object.entries(streams).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ format: FORMAT, version: VERSION, streams: sorted }, null, 2)}\n`;
}

export function baselineOf({ api, ending, issues, lanes }: CheckedStream): BaselineStream {
  const counts = new Map<string, number>();
  for (const issue of issues) counts.set(keyOf(issue), (counts.get(keyOf(issue)) ?? 0) + issue.count);
  return {
    api,
    ending,
    issues: Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    lanes: Object.fromEntries(Object.entries(lanes).map(([lane, digests]) => [lane, digests.join(' ')])),
  };
}

const keyOf = ({ rule, lane }: Issue): string => (lane === null ? rule : `${rule} ${lane}`);

export interface Judged {
  readonly issues: readonly JudgedIssue[];
  /** Issues of the baseline that show no more. */
  readonly gone: number;
}

/** Against the baseline; a stream that it does not have is all new. */
export function judged(stream: CheckedStream, known: BaselineStream | undefined): Judged {
  const seen = new Map<string, number>();
  const issues = stream.issues.map((issue): JudgedIssue => {
    const key = keyOf(issue);
    const count = (seen.get(key) ?? 0) + issue.count;
    seen.set(key, count);
    return { ...issue, known: known !== undefined && count <= (known.issues[key] ?? 0) };
  });
  if (known === undefined) return { issues, gone: 0 };
  const gone = Object.entries(known.issues).filter(([key]) => !seen.has(key)).length;
  return { issues: [...issues, ...otherEnding(stream, known), ...otherOutput(stream, known)], gone };
}

function otherEnding({ ending }: CheckedStream, known: BaselineStream): readonly JudgedIssue[] {
  if (ending === known.ending) return [];
  const said = (state: typeof ending): string => state ?? 'not ended';
  return [
    own(OWN_RULES.endsOtherwise, null, `It ended as ${said(ending)}; in the baseline it is ${said(known.ending)}.`),
  ];
}

function otherOutput({ lanes }: CheckedStream, known: BaselineStream): readonly JudgedIssue[] {
  return [...new Set([...Object.keys(known.lanes), ...Object.keys(lanes)])].flatMap((lane) => {
    const before = known.lanes[lane];
    const now = lanes[lane];
    if (before === undefined) return [own(OWN_RULES.emitsOtherwise, lane, `The lane ${lane} is not in the baseline.`)];
    if (now === undefined)
      return [own(OWN_RULES.emitsOtherwise, lane, `The lane ${lane} of the baseline did not read it.`)];
    const digests = before === '' ? [] : before.split(' ');
    const at = Math.max(digests.length, now.length) === 0 ? -1 : firstDifference(digests, now);
    if (at < 0) return [];
    const counts =
      digests.length === now.length ? `${now.length} messages` : `${now.length} messages instead of ${digests.length}`;
    return [
      own(
        OWN_RULES.emitsOtherwise,
        lane,
        `The lane ${lane} emits ${counts}, and differs from the baseline from message ${at + 1} on.`,
      ),
    ];
  });
}

/** -1 where both are the same. */
function firstDifference(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) if (a[at] !== b[at]) return at;
  return -1;
}

/** An issue that only a baseline brings up. */
export const own = (rule: string, lane: LaneId | null, sentence: string): JudgedIssue => ({
  rule,
  level: 'error',
  lane,
  event: null,
  bytes: null,
  count: 1,
  sentence,
  known: false,
});
