/**
 * A report as JUnit XML, which CI servers show as tests: a suite for each stream, with a case for its ending, its lint, the findings
 * on its lanes, and, with a baseline, for what each lane emits. The elements are those of Ant's and Jenkins' schema.
 */
import type { JudgedIssue, CheckReport, FailOn, ReportedStream } from './report.ts';
import { fails } from './report.ts';
import { OWN_RULES } from './rules.ts';

interface Case {
  readonly name: string;
  readonly issues: readonly JudgedIssue[];
}

export function junitOf(report: CheckReport, limit: FailOn): string {
  const suites = [
    ...report.streams.map((stream) => ({ name: stream.name, cases: casesOf(stream, report.compared) })),
    ...report.others.map((issue) => ({ name: issue.name, cases: [{ name: 'file', issues: [issue] }] })),
  ];
  const failed = (cases: readonly Case[]): number =>
    cases.filter(({ issues }) => issues.some((issue) => fails(issue, limit))).length;
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="tracelane check" tests="${all.length}" failures="${failed(all)}" errors="0">`,
    ...suites.flatMap(({ name, cases }) => [
      `  <testsuite name="${xml(name)}" tests="${cases.length}" failures="${failed(cases)}" errors="0" skipped="0">`,
      ...cases.map((one) => caseOf(name, one, limit)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function casesOf({ issues, lanes }: ReportedStream, compared: boolean): readonly Case[] {
  const of = (name: string, wanted: (issue: JudgedIssue) => boolean): Case => ({ name, issues: issues.filter(wanted) });
  return [
    ...(issues.some(isOfFile) ? [of('file', isOfFile)] : []),
    of('ending', ({ rule }) => rule.startsWith('ending/') || rule === OWN_RULES.endsOtherwise),
    of('lint', ({ rule }) => rule.startsWith('lint/')),
    of('findings', ({ rule }) => rule.startsWith('finding/')),
    ...(compared
      ? [...new Set([...Object.keys(lanes), ...lanesOf(issues)])].map((lane) =>
          of(`output of ${lane}`, (issue) => issue.rule === OWN_RULES.emitsOtherwise && issue.lane === lane),
        )
      : []),
  ];
}

const isOfFile = ({ rule }: JudgedIssue): boolean => rule === OWN_RULES.repaired || rule === OWN_RULES.notDecoded;

const lanesOf = (issues: readonly JudgedIssue[]): readonly string[] =>
  issues.flatMap(({ rule, lane }) => (rule === OWN_RULES.emitsOtherwise && lane !== null ? [lane] : []));

function caseOf(suite: string, { name, issues }: Case, limit: FailOn): string {
  const failing = issues.filter((issue) => fails(issue, limit));
  const rest = issues.filter((issue) => !fails(issue, limit));
  const open = `    <testcase classname="${xml(suite)}" name="${xml(name)}"`;
  if (issues.length === 0) return `${open}/>`;
  const [first] = failing;
  return [
    `${open}>`,
    ...(first
      ? [`      <failure message="${xml(first.sentence)}" type="${xml(first.rule)}">${xml(linesOf(failing))}</failure>`]
      : []),
    ...(rest.length > 0 ? [`      <system-out>${xml(linesOf(rest))}</system-out>`] : []),
    '    </testcase>',
  ].join('\n');
}

const linesOf = (issues: readonly JudgedIssue[]): string =>
  issues
    .map(({ level, rule, bytes, sentence, known }) => {
      const at = bytes ? `, bytes ${bytes[0]} to ${bytes[1]} of the body` : '';
      return `${level} ${rule}${at}${known ? ' (in the baseline)' : ''}: ${sentence}`;
    })
    .join('\n');

/** XML 1.0 has no way to write other control characters and lone halves of surrogate pairs: they become U+FFFD. */
const xml = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll(/[&<>"\n\r\t]/g, (char) => `&#${char.charCodeAt(0)};`);
