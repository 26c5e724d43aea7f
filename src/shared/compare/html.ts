/** A comparison as one HTML file: no script, nothing to load, everything that came from a stream escaped. */
import { differs, VERDICT_FIELDS, type Finding } from '../model/findings.ts';
import { WIRE, type LaneId } from '../model/messages.ts';
import type { Metrics } from '../model/trace.ts';
import { durationText } from '../text/duration.ts';
import { evidenceRange, evidenceRuns, markDump, marksIn } from './evidence.ts';
import { findingKind } from './findings/registry.ts';
import { scoreSvg } from './html-score.ts';
import { STYLE } from './html-style.ts';
import type { AlignedCell, AlignedRow, CompareResult } from './result.ts';
import { bytesText, capitalised, endingText, number } from './say.ts';
import { counted } from '../text/count.ts';

export interface ComparisonMeta {
  readonly title: string;
  readonly api: string;
  readonly model: string | null;
  /** Wall clock, milliseconds since 1970; absent for a file. */
  readonly startedAt?: number;
  /** Of a trace; absent for a file, and with it the times. */
  readonly metrics?: Metrics;
  /** The response body, for the bytes of the evidence. */
  readonly body: Uint8Array;
}

export function comparisonHtml(result: CompareResult, meta: ComparisonMeta): string {
  const { options } = result;
  const about = [
    meta.api,
    meta.model,
    meta.startedAt === undefined ? null : new Date(meta.startedAt).toISOString(),
    counted(result.bytes, 'byte'),
  ].filter((part) => part !== null);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; font-src data:">
<title>${escaped(meta.title)} – Tracelane comparison</title><style>${STYLE}</style></head><body>
<header><h1>${escaped(meta.title)}</h1><p>${escaped(about.join(' · '))}</p>
<p>Read with use_assistant_message: ${options.use_assistant_message}, put_inner_thoughts_in_kwarg: ${options.put_inner_thoughts_in_kwarg}, approval for ${escaped(options.requires_approval_tools.join(', ') || 'no tool')}</p></header>
${endingLine(result)}${times(result, meta)}
${result.nothing === null ? compared(result, meta) : `<p>${result.nothing}</p>`}
${noteList(result)}${lintList(result)}</body></html>
`;
}

/** What the lanes made of the stream. */
function compared(result: CompareResult, { body }: ComparisonMeta): string {
  const { findings } = result;
  return `<h2>Verdict</h2>${verdictTable(result)}
<h2>Score</h2>${scoreSvg(result.laneMap, result.lanes, escaped)}
<h2>Findings</h2>${findings.length === 0 ? `<p>${result.lanes.length > 1 ? 'None: the lanes match the wire.' : 'None: only the wire was decoded.'}</p>` : findings.map((finding) => findingSection(finding, result.lanes, body)).join('\n')}
<h2>Side by side</h2><table class="rows"><thead><tr><th>Block</th>${laneHeads(result)}</tr></thead><tbody>
${result.rows.map((row) => blockRow(row, result.lanes)).join('\n')}</tbody></table>`;
}

/** For text and for attribute values in double quotes. Control characters that HTML refuses are shown as their pictures. */
function escaped(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
      .replace(/(?![\t\n\r])\p{Cc}/gu, (char) =>
        char < ' ' ? String.fromCharCode(0x2400 + char.charCodeAt(0)) : '\ufffd',
      )
      // Direction marks would reorder what follows them on the page.
      .replace(/[\u202a-\u202e\u2066-\u2069]/g, (char) => `&#9251;U+${char.charCodeAt(0).toString(16).toUpperCase()}`)
  );
}

const laneHeads = ({ lanes }: CompareResult): string => lanes.map(({ label }) => `<th>${escaped(label)}</th>`).join('');

function verdictTable(result: CompareResult): string {
  const rows = VERDICT_FIELDS.map((field) => {
    const cells = result.lanes.map(({ id }) => {
      const cell = result.verdict[field][id]!;
      const { equal, noted, text, findings } = cell;
      const glyph = id === WIRE ? '' : equal ? '✓ ' : noted ? '◇ ' : '≠ ';
      return `<td class="${differs(cell) ? 'differs' : 'equal'}">${glyph}${escaped(text)}${id === WIRE ? '' : links(findings)}</td>`;
    });
    return `<tr><th>${capitalised(field)}</th>${cells.join('')}</tr>`;
  });
  return `<table><thead><tr><th></th>${laneHeads(result)}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

const eventsText = (first: number, last: number): string =>
  first === last ? `event ${number(first)}` : `events ${number(first)}–${number(last)}`;

const links = (findings: readonly number[]): string => findings.map((one) => ` <a href="#f${one}">${one}</a>`).join('');

function findingSection(finding: Finding, lanes: CompareResult['lanes'], body: Uint8Array): string {
  const { bytes, expected, got } = finding;
  const kind = findingKind(finding.kind);
  const lane = lanes.find(({ id }) => id === finding.lane)?.label ?? finding.lane;
  const where =
    finding.event === null ? 'after the end' : eventsText(finding.event, finding.lastEvent ?? finding.event);
  const range = bytes ? ` · ${bytesText(bytes)}` : '';
  return `<section id="f${finding.number}" class="${finding.severity}"><h3><b>${finding.number}</b> ${escaped(capitalised(finding.sentence))}</h3>
<p>${finding.severity} · ${escaped(lane)} · <code>${escaped(finding.kind)}</code> · ${where}${range}</p>
${quoted('Expected', expected)}${quoted('Got', got)}
${evidence(body, finding)}<details><summary>What causes it, what to do</summary>${(kind?.help ?? '')
    .split('\n\n')
    .map((text) => `<p>${escaped(text)}</p>`)
    .join('')}</details></section>`;
}

function quoted(name: string, text: string | undefined): string {
  if (text === undefined) return '';
  return text === '' ? `<p>${name}: nothing</p>` : `<p>${name}</p><pre>${escaped(text)}</pre>`;
}

/** Rows of hex at most. */
const HEX_ROWS = 32;

/** The bytes at fault, in the text that stands around them and as hex. */
function evidence(body: Uint8Array, finding: Finding): string {
  const range = evidenceRange(finding);
  if (range === null || !finding.marks?.length) return '';
  const shown = { start: range[0], bytes: body.subarray(...range) };
  const marks = marksIn(finding, shown);
  const text = evidenceRuns(shown, marks).map(({ text, marked }) =>
    marked ? `<mark>${escaped(text)}</mark>` : escaped(text),
  );
  const left = (finding.marks?.length ?? 0) - marks.length;
  return `<details><summary>Bytes</summary><pre>${text.join('')}</pre><pre>${escaped(markDump(shown, marks, HEX_ROWS).join('\n'))}</pre>${left > 0 ? `<p>and ${counted(left, 'more place')}</p>` : ''}</details>`;
}

function blockRow(row: AlignedRow, lanes: CompareResult['lanes']): string {
  const events = row.events ? eventsText(...row.events) : '';
  const cells = lanes.map(({ id }) => {
    const own = row.cells[id]!;
    return `<td class="${differs(own) ? 'differs' : 'equal'}">${row.equal && id !== WIRE ? 'equal' : cell(own, row, id)}</td>`;
  });
  return `<tr><th>${escaped(row.title)}<small>${events}${links(row.findings)}</small></th>${cells.join('')}</tr>`;
}

const MARKS = { lost: 'del', added: 'ins', altered: 'mark' } as const;

function cell({ text, messages, marks }: AlignedCell, row: AlignedRow, lane: LaneId): string {
  if (text === null) return '<i>nothing</i>';
  let at = 0;
  const pieces: string[] = [];
  for (const { start, end, mark } of marks) {
    const tag = MARKS[mark];
    pieces.push(escaped(text.slice(at, start)), `<${tag}>${escaped(text.slice(start, end))}</${tag}>`);
    at = end;
  }
  const body = `<pre>${pieces.join('')}${escaped(text.slice(at))}</pre>`;
  // What is kept came in no message.
  if (row.kind === 'end') return body;
  const summary = messages === 0 ? 'its result' : counted(messages, lane === WIRE ? 'delta' : 'message');
  return `<details${row.equal ? '' : ' open'}><summary>${summary}</summary>${body}</details>`;
}

function endingLine({ ending }: CompareResult): string {
  if (ending === null) return '';
  const state = ending.state === 'complete' ? 'equal' : 'ended';
  return `<p class="${state}">Ending: ${escaped(endingText(ending))}</p>`;
}

/** The numbers of the trace, as its header in the window has them. */
function times({ laneMap }: CompareResult, { metrics }: ComparisonMeta): string {
  if (!metrics) return '';
  const time = (ns: number | null): string =>
    ns === null ? 'none' : laneMap.timed && !metrics.startUnknown ? durationText(ns) : 'not known';
  const rate = metrics.tokensPerSecond;
  const numbers: readonly (readonly [name: string, value: string])[] = [
    ['First byte', time(metrics.firstByteNs)],
    ['First event', time(metrics.firstEventNs)],
    ['First text', time(metrics.firstTextNs)],
    ['First tool', time(metrics.firstToolNs)],
    ['Total', time(metrics.totalNs)],
    ['Events', number(metrics.events)],
    ['Reads', number(metrics.reads)],
    ['Tok/s', rate === undefined ? 'not reported' : rate === null ? 'not measurable' : `≈ ${number(Math.round(rate))}`],
  ];
  return `<dl>${numbers.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>`;
}

function noteList({ notes }: CompareResult): string {
  if (notes.length === 0) return '';
  const items = notes.map(({ bytes, sentence }) => `<li>${bytesText(bytes)} · ${escaped(sentence)}</li>`);
  return `<h2>Bytes outside of events</h2><ul>${items.join('')}</ul>`;
}

function lintList({ lint }: CompareResult): string {
  if (lint.length === 0) return '';
  const items = lint.map(
    ({ rule, severity, event, sentence }) =>
      `<li>${severity} · <code>${escaped(rule)}</code>${event === null ? '' : ` · event ${event}`} · ${escaped(sentence)}</li>`,
  );
  return `<h2>Protocol of the wire</h2><ul>${items.join('')}</ul>`;
}
