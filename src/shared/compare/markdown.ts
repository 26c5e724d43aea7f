/**
 * A finding, and a whole comparison, as the text of an issue: at most a screenful, so that it is read. What differs and
 * where, the bytes at fault as hex, and how to see it again from the file with the body, which is attached and not pasted.
 */
import { FRAMINGS } from '../framing/registry.ts';
import type { LintRemark } from '../lint/rule.ts';
import { differs, VERDICT_FIELDS, type Finding, type VerdictCell, type VerdictField } from '../model/findings.ts';
import { WIRE, type LaneId } from '../model/messages.ts';
import type { Framing } from '../model/stream.ts';
import { DEFAULT_OPTIONS, type AdapterOptions, type Ending, type TraceDetail } from '../model/trace.ts';
import { usualEndpoint } from '../providers/registry.ts';
import { firstCodePoints } from '../text/code-points.ts';
import { fileName } from '../text/file-name.ts';
import { markDump, marksIn, type Evidence } from './evidence.ts';
import type { CompareResult, ComparisonNote } from './result.ts';
import { bytesText, capitalised, endingText, number } from './say.ts';
import { counted } from '../text/count.ts';

/** Of what is shown of one finding. */
const HEX_ROWS = 8;
const QUOTED_LINES = 5;
const QUOTED_CHARS = 400;
/** Text before the first difference. */
const BEFORE = 40;
/** Lines of an issue. */
const SCREENFUL = 60;
/** Findings that are named beside the first, at most and at least. */
const LISTED = 10;
const LEAST_LISTED = 2;
const NOTES = 4;
const REMARKS = 4;
const SENTENCE_CHARS = 240;

/** The trace that an issue is about. */
export type IssueTrace = Pick<TraceDetail, 'title' | 'api' | 'model' | 'framing' | 'endpoint' | 'ending'> & {
  /** Length of the body. */
  readonly bytes: number;
  /** What its lanes were read with. */
  readonly options: AdapterOptions;
};

/** Name of the file with the body. */
export const bodyFile = ({ title, framing }: { readonly title: string; readonly framing: Framing }): string =>
  `${fileName(title)}.${FRAMINGS[framing].extension}`;

/** `evidence`: see evidenceRange; null for a finding that has none. */
export function findingMarkdown(finding: Finding, evidence: Evidence | null, trace: IssueTrace): string {
  return joined(
    `## ${escaped(capitalised(finding.sentence))}`,
    facts(trace),
    ...endingLines(trace.ending ?? null),
    ...details(finding, evidence),
    ...reproduction(trace),
  );
}

/** The verdict, the findings, the first of them in full, and the lint of the wire; `evidence` is that one's, see heaviest. */
export function comparisonMarkdown(result: CompareResult, trace: IssueTrace, evidence: Evidence | null): string {
  const { lanes, verdict, findings, ending, notes, lint, nothing } = result;
  const [first, ...others] = findings;
  const [equal, unequal] = [true, false].map((wanted) =>
    VERDICT_FIELDS.filter((field) => lanes.every(({ id }) => verdict[field][id]?.equal !== false) === wanted),
  ) as [VerdictField[], VerdictField[]];
  const rows = unequal.map(
    (field) => `| ${capitalised(field)} | ${lanes.map(({ id }) => cell(verdict[field][id], id)).join(' | ')} |`,
  );
  const about = [`## ${escaped(trace.title)}`, facts(trace), ...endingLines(ending), ...noteLines(notes)];
  if (nothing !== null) return joined(...about, nothing, ...lintLines(lint));
  const before = [
    ...about,
    [
      `| | ${lanes.map(({ label }) => escaped(label)).join(' | ')} |`,
      `| --- |${' --- |'.repeat(lanes.length)}`,
      ...rows,
    ].join('\n'),
    ...(equal.length > 0 ? [`Equal in all lanes: ${equal.join(', ')}.`] : []),
    ...(first ? [`### ${first.number}. ${sentenceOf(first)}`, ...details(first, evidence)] : []),
  ];
  const after = [...lintLines(lint), ...reproduction(trace)];
  // The list takes its place, a blank line before it and the line that says how many are left.
  const room = SCREENFUL - linesOf(joined(...before, ...after)) - 3;
  return joined(...before, ...(others.length > 0 ? [list(others, room)] : []), ...after);
}

const linesOf = (text: string): number => text.split('\n').length;

/** The finding that an issue begins with. */
export const heaviest = (findings: readonly Finding[]): Finding | undefined => findings[0];

const joined = (...paragraphs: readonly string[]): string => `${paragraphs.join('\n\n')}\n`;

const facts = ({ api, model, bytes }: IssueTrace): string =>
  [api, model ?? 'no model', counted(bytes, 'byte')].map(escaped).join(' · ');

/** How a stream ended that did not come to its end. */
const endingLines = (ending: Ending | null): readonly string[] =>
  ending === null || ending.state === 'complete' ? [] : [`Ending: ${cut(endingText(ending), QUOTED_CHARS)}`];

function noteLines(notes: readonly ComparisonNote[]): readonly string[] {
  const shown = notes
    .slice(0, NOTES)
    .map(({ bytes, sentence }) => `- ${bytesText(bytes)}: ${cut(sentence, SENTENCE_CHARS)}`);
  const left = notes.length - shown.length;
  if (shown.length === 0) return [];
  return [
    ['Bytes outside of events:', ...shown, ...(left > 0 ? [`- and ${counted(left, 'more remark')}`] : [])].join('\n'),
  ];
}

/** In what the wire breaks the rules of its API. */
function lintLines(lint: readonly LintRemark[]): readonly string[] {
  if (lint.length === 0) return [];
  const shown = lint
    .slice(0, REMARKS)
    .map(({ rule, severity, fact }) => `- ${severity}, \`${rule}\`: ${cut(fact, SENTENCE_CHARS)}`);
  const left = lint.length - shown.length;
  return [
    ['Protocol of the wire:', ...shown, ...(left > 0 ? [`- and ${counted(left, 'more remark')}`] : [])].join('\n'),
  ];
}

/** `room`: for so many findings. */
function list(findings: readonly Finding[], room: number): string {
  const listed = Math.min(LISTED, Math.max(LEAST_LISTED, room));
  const left = findings.length - listed;
  const items = findings
    .slice(0, listed)
    .map((finding) => `- **${finding.number}** ${finding.severity}, ${escaped(finding.lane)}: ${sentenceOf(finding)}`);
  return ['Also:', ...items, ...(left > 0 ? [`- and ${counted(left, 'more finding')}`] : [])].join('\n');
}

const sentenceOf = ({ sentence }: Finding): string => cut(capitalised(sentence), SENTENCE_CHARS);

function cut(text: string, most: number): string {
  const shown = firstCodePoints(text, most);
  return escaped(`${shown}${shown.length < text.length ? '…' : ''}`);
}

/** Where it shows, what was expected, what came, and the bytes. */
function details(finding: Finding, evidence: Evidence | null): readonly string[] {
  const { kind, severity, lane, event, lastEvent, expected, got, bytes } = finding;
  const last = lastEvent ?? event;
  const events = event === last ? `event ${event}` : `events ${event}–${last}`;
  const where = event === null ? 'after the end' : events;
  const range = bytes ? `, ${bytesText(bytes)}` : '';
  const [shownExpected, shownGot] = excerpts(expected, got);
  return [
    `\`${kind}\` · ${severity} · ${escaped(lane)} · ${where}${range}`,
    ...said('Expected', shownExpected),
    ...said('Got', shownGot),
    ...(evidence === null ? [] : atFault(finding, evidence)),
  ];
}

const said = (name: string, text: string | undefined): readonly string[] =>
  text === undefined ? [] : [text === '' ? `${name}: nothing` : `${name}:\n${fenced(text)}`];

function atFault(finding: Finding, evidence: Evidence): readonly string[] {
  const marks = finding.marks ?? [];
  const [first] = marks;
  if (!first) return [];
  const rows = markDump(evidence, marksIn(finding, evidence), HEX_ROWS);
  const total = marks.reduce((sum, [from, to]) => sum + to - from, 0);
  const places =
    marks.length === 1
      ? bytesText(first)
      : `${counted(total, 'byte')} in ${counted(marks.length, 'place')}, the first at byte ${number(first[0])}`;
  return [`At fault: ${places}:\n${fenced(rows.join('\n'))}`];
}

/** Both texts cut to what can be read at a glance, from a little before the place where they part. */
function excerpts(expected: string | undefined, got: string | undefined): readonly (string | undefined)[] {
  let same = 0;
  if (expected !== undefined && got !== undefined)
    while (same < expected.length && expected[same] === got[same]) same++;
  const from = Math.max(0, same - BEFORE);
  return [expected, got].map((text) => text && excerpt(text, from > 0 && text.length > QUOTED_CHARS ? from : 0));
}

function excerpt(text: string, from: number): string {
  const lines = firstCodePoints(text.slice(from), QUOTED_CHARS).split('\n').slice(0, QUOTED_LINES);
  const shown = lines.join('\n');
  return `${from > 0 ? '…' : ''}${shown}${from + shown.length < text.length ? '…' : ''}`;
}

function reproduction(trace: IssueTrace): readonly string[] {
  const file = bodyFile(trace);
  return [
    `To reproduce, with the attached \`${file}\`:`,
    fenced(['tracelane', 'compare', file, '--api', trace.api, ...flags(trace)].map(quoted).join(' ')),
  ];
}

/** What the command line would take otherwise. */
function flags({ api, endpoint, options }: IssueTrace): readonly string[] {
  const usual = usualEndpoint(api);
  const { type, provider_name, model } = endpoint;
  const plain = type === usual.type && provider_name === usual.provider_name && model === usual.model;
  const { use_assistant_message, put_inner_thoughts_in_kwarg, requires_approval_tools } = options;
  const defaults =
    use_assistant_message === DEFAULT_OPTIONS.use_assistant_message &&
    put_inner_thoughts_in_kwarg === DEFAULT_OPTIONS.put_inner_thoughts_in_kwarg &&
    requires_approval_tools.length === 0;
  return [
    ...(plain ? [] : ['--endpoint', JSON.stringify({ type, provider_name, model })]),
    ...(defaults
      ? []
      : ['--options', JSON.stringify({ use_assistant_message, put_inner_thoughts_in_kwarg, requires_approval_tools })]),
  ];
}

/** For a POSIX shell. */
const quoted = (word: string): string => (/^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** A fence longer than any run of backticks in the text, so that no content closes it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** Content in a sentence is text: no markup, no HTML, one line. */
export const escaped = (text: string): string => text.replace(/[\\`*_[\]<>&#|~!]/g, '\\$&').replace(/\s+/g, ' ');

function cell(verdict: VerdictCell | undefined, lane: LaneId): string {
  if (!verdict) return '';
  const { text, findings } = verdict;
  if (lane === WIRE) return escaped(text);
  return !differs(verdict)
    ? escaped(text)
    : `**≠ ${escaped(text)}**${findings.length > 0 ? ` (${findings.join(', ')})` : ''}`;
}
