/** A finding, and a whole comparison, as Markdown for an issue tracker. */
import { VERDICT_FIELDS, type Finding, type VerdictCell } from '../model/findings.ts';
import { WIRE, type LaneId } from '../model/messages.ts';
import { evidenceText, hexDump, MAX_EVIDENCE_BYTES } from './evidence.ts';
import { findingKind } from './findings/registry.ts';
import type { CompareResult } from './result.ts';
import { capitalised, number } from './say.ts';

/** `bytes` are those of the finding's range, or as many of its first as are shown; what is left out is said. */
export function findingMarkdown(finding: Finding, bytes: Uint8Array): string {
  const kind = findingKind(finding.kind);
  const shown = bytes.subarray(0, MAX_EVIDENCE_BYTES);
  const where =
    finding.event === null ? 'after the end' : `events ${finding.event}–${finding.lastEvent ?? finding.event}`;
  const range = finding.bytes ? `, bytes ${number(finding.bytes[0])}–${number(finding.bytes[1])}` : '';
  const parts = [
    `### ${finding.number}. ${escaped(capitalised(finding.sentence))}`,
    `\`${finding.kind}\` · ${finding.severity} · ${finding.lane} · ${where}${range}`,
  ];
  if (finding.expected !== undefined) parts.push('Expected:', fenced(finding.expected));
  if (finding.got !== undefined) parts.push('Got:', fenced(finding.got));
  if (finding.bytes && shown.length > 0) {
    const length = finding.bytes[1] - finding.bytes[0];
    parts.push(
      `On the wire${shown.length < length ? `, the first ${number(shown.length)} of ${number(length)} bytes` : ''}:`,
      fenced(evidenceText(shown)),
    );
    parts.push('<details><summary>Hex</summary>', fenced(hexDump(shown, finding.bytes[0])), '</details>');
  }
  if (kind) parts.push(kind.help);
  return `${parts.join('\n\n')}\n`;
}

/** A fence longer than any run of backticks in the text, so that no content closes it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** Content in a sentence is text: no markup, no HTML, one line. */
const escaped = (text: string): string => text.replace(/[\\`*_[\]<>&#|~!]/g, '\\$&').replace(/\s+/g, ' ');

/** A finding with the bytes of its range, as far as they are shown. */
export interface FindingEvidence {
  readonly finding: Finding;
  readonly bytes: Uint8Array;
}

/** The whole comparison for an issue tracker: how it was read, the verdict, then finding by finding. */
export function comparisonMarkdown(
  result: CompareResult,
  about: { readonly title: string; readonly api: string; readonly model: string | null },
  findings: readonly FindingEvidence[],
): string {
  const { lanes, options, verdict } = result;
  const rows = VERDICT_FIELDS.map(
    (field) => `| ${capitalised(field)} | ${lanes.map(({ id }) => cell(verdict[field][id], id)).join(' | ')} |`,
  );
  const left = result.findings.length - findings.length;
  return (
    [
      `## ${escaped(about.title)}`,
      [about.api, about.model ?? 'no model', `${number(result.bytes)} bytes`].map(escaped).join(' · '),
      `Read with use\\_assistant\\_message: ${options.use_assistant_message}, put\\_inner\\_thoughts\\_in\\_kwarg: ${options.put_inner_thoughts_in_kwarg}, approval for ${escaped(options.requires_approval_tools.join(', ') || 'no tool')}.`,
      [
        `| | ${lanes.map(({ label }) => escaped(label)).join(' | ')} |`,
        `| --- |${' --- |'.repeat(lanes.length)}`,
        ...rows,
      ].join('\n'),
      ...findings.map(({ finding, bytes }) => findingMarkdown(finding, bytes).trimEnd()),
      ...(left > 0 ? [`${number(left)} more findings are left out.`] : []),
    ].join('\n\n') + '\n'
  );
}

function cell(verdict: VerdictCell | undefined, lane: LaneId): string {
  if (!verdict) return '';
  const { equal, text, findings } = verdict;
  if (lane === WIRE) return escaped(text);
  return equal ? escaped(text) : `**≠ ${escaped(text)}**${findings.length > 0 ? ` (${findings.join(', ')})` : ''}`;
}
