/** What is wrong with one stream, and what its lanes make of it, for CI: the same for each way in which it is told. */
import { createHash } from 'node:crypto';
import { compareLanes } from '../../../shared/compare/lanes.ts';
import { readAll } from '../../../shared/compare/read-all.ts';
import type { Severity } from '../../../shared/model/findings.ts';
import type { LaneId, LaneMessage } from '../../../shared/model/messages.ts';
import type { LintSeverity } from '../../../shared/lint/rule.ts';
import type { ByteRange } from '../../../shared/text/byte-range.ts';
import { OTHER_API, type Api } from '../../../shared/model/stream.ts';
import type { Ending, ImportFacts, TerminalState } from '../../../shared/model/trace.ts';
import type { TraceToExport } from '../exports/exported.ts';
import { OWN_RULES, type Level } from './rules.ts';

export interface Issue {
  /** Its rule: a family, a slash, and an id of that family's registry; see rules.ts. */
  readonly rule: string;
  readonly level: Level;
  /** The lane that it is about; null for the stream itself. */
  readonly lane: LaneId | null;
  readonly event: number | null;
  /** Of the body, end exclusive. */
  readonly bytes: ByteRange | null;
  /** How many times it shows. */
  readonly count: number;
  readonly sentence: string;
}

export interface CheckedStream {
  readonly api: Api;
  readonly events: number;
  readonly ending: TerminalState | null;
  readonly issues: readonly Issue[];
  /** What each lane emitted, message by message, as digests of 12 hexadecimal digits. */
  readonly lanes: Readonly<Record<LaneId, readonly string[]>>;
}

/** Ids and dates of messages are the same in each check, so that digests of equal messages are. */
const SAME = {
  messageId: 'message-00000000-0000-4000-8000-000000000000',
  stepId: 'step-00000000-0000-4000-8000-000000000000',
  now: () => '2025-01-01T00:00:00.000Z',
};

/** `lanes`: those to check beside the wire; absent: all that the trace has. */
export function checkStream({ facts, reads, setup }: TraceToExport, lanes?: readonly LaneId[]): CheckedStream {
  const { ending, timed } = facts;
  const input = readAll(
    reads,
    { ...setup, ...SAME },
    { lanes: lanes ?? setup.lanes, timed, ...(ending && { ending }) },
  );
  const { findings, lint } = compareLanes(input);
  const ofFile = facts.imported ? fileIssues(facts.imported) : [];
  const mended = facts.imported !== undefined && isMended(facts.imported.format);
  return {
    api: facts.api,
    events: input.events.length,
    ending: input.ending?.state ?? null,
    issues: [
      // Without its repair there would be no stream, and all else is told of what was made of it.
      ...(mended ? ofFile : []),
      ...(facts.api === OTHER_API && input.ending ? [ofWhole(OWN_RULES.notDecoded, 'warning', input.ending.rule)] : []),
      ...endingIssues(input.ending),
      ...lint.map(({ rule, severity, event, bytes, count, sentence }) => ({
        rule: `lint/${rule}`,
        level: OF_LINT[severity],
        lane: null,
        event,
        bytes,
        count,
        sentence,
      })),
      ...findings.map(({ kind, severity, lane, event, bytes, sentence }) => ({
        rule: `finding/${kind}`,
        level: OF_FINDING[severity],
        lane,
        event,
        bytes,
        count: 1,
        sentence: `${lane}: ${sentence}`,
      })),
      ...(mended ? [] : ofFile),
    ],
    lanes: Object.fromEntries(
      Object.entries(input.emissions).map(([lane, all]) => [lane, all.map(({ message }) => digestOf(message))]),
    ),
  };
}

const OF_LINT: Readonly<Record<LintSeverity, Level>> = { error: 'error', warning: 'warning', info: 'note' };
const OF_FINDING: Readonly<Record<Severity, Level>> = {
  critical: 'error',
  major: 'warning',
  minor: 'note',
  info: 'note',
};

/** What the file would be to other readers: what is checked is not what stands in it. */
function fileIssues({ repaired, format }: ImportFacts): readonly Issue[] {
  const level = isMended(format) ? 'warning' : 'note';
  return repaired.map((sentence) => ofWhole(OWN_RULES.repaired, level, sentence));
}

/** Text that was put right is no stream to a reader that mends nothing; what was unpacked, or printed by a program, may be one. */
const isMended = ({ id }: ImportFacts['format']): boolean => id === 'sse-text';

function endingIssues(ending: Ending | null): readonly Issue[] {
  if (ending === null || ending.state === 'complete') return [];
  const { state, rule } = ending;
  // Somebody wanted that one to end.
  const level = state === 'cancelled' ? 'warning' : 'error';
  return [ofWhole(`ending/${state}`, level, rule)];
}

const ofWhole = (rule: string, level: Level, sentence: string): Issue => ({
  rule,
  level,
  lane: null,
  event: null,
  bytes: null,
  count: 1,
  sentence,
});

const digestOf = (message: LaneMessage): string =>
  createHash('sha256').update(JSON.stringify(message)).digest('hex').slice(0, 12);
