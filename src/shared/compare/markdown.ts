/** A finding as Markdown, for an issue tracker. */
import type { Finding } from '../model/findings.ts';
import { evidenceText, hexDump, MAX_EVIDENCE_BYTES } from './evidence.ts';
import { findingKind } from './findings/registry.ts';
import { capitalised, number } from './say.ts';

/** `bytes` are those of the finding's range; what is beyond the limit of evidence is left out and said so. */
export function findingMarkdown(finding: Finding, bytes: Uint8Array): string {
  const kind = findingKind(finding.kind);
  const shown = bytes.subarray(0, MAX_EVIDENCE_BYTES);
  const where = finding.event === null ? 'after the end' : `events ${finding.event}–${finding.lastEvent ?? finding.event}`;
  const range = finding.bytes ? `, bytes ${number(finding.bytes[0])}–${number(finding.bytes[1])}` : '';
  const parts = [
    `### ${finding.number}. ${escaped(capitalised(finding.sentence))}`,
    `\`${finding.kind}\` · ${finding.severity} · ${finding.lane} · ${where}${range}`,
  ];
  if (finding.expected !== undefined) parts.push('Expected:', fenced(finding.expected));
  if (finding.got !== undefined) parts.push('Got:', fenced(finding.got));
  if (finding.bytes && shown.length > 0) {
    parts.push(`On the wire${shown.length < bytes.length ? `, the first ${number(shown.length)} of ${number(bytes.length)} bytes` : ''}:`, fenced(evidenceText(shown)));
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
