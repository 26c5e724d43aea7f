/** Two runs beside each other, as the text of an issue. */
import { escaped } from '../../../shared/compare/markdown.ts';
import type { RequestDiffRow, TraceCompareResult, TraceSide } from '../../../shared/compare/result.ts';
import { capitalised } from '../../../shared/compare/say.ts';
import { copyText } from '../../components/copy.ts';
import { plural } from '../../components/format.ts';
import { factsOf } from './traces-facts.ts';

/** Of what differs in the requests, and of the findings of each run. */
const LISTED = 8;

export async function copyTraces(result: TraceCompareResult): Promise<void> {
  await copyText('The comparison of the runs', tracesMarkdown(result));
}

/** Pure. */
export function tracesMarkdown({ a, b, request }: TraceCompareResult): string {
  const rows = factsOf(a, b).map(
    ({ name, a: left, b: right, change }) => `| ${[name, left, right, change].map(escaped).join(' | ')} |`,
  );
  const changed = request.filter(({ change }) => change !== 'same');
  return `${[
    `## A: ${escaped(a.title)}, B: ${escaped(b.title)}`,
    ['| | A | B | B against A |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    changed.length === 0 ? 'The requests are equal.' : list('The requests differ:', changed.map(changeText)),
    findings('A', a),
    findings('B', b),
  ].join('\n\n')}\n`;
}

const changeText = ({ section, path, change }: RequestDiffRow): string => `${section}: \`${path}\` ${change}`;

function findings(name: string, { findings: all }: TraceSide): string {
  if (all.length === 0) return `${name} has no findings.`;
  return list(
    `${plural(all.length, 'finding')} of ${name}:`,
    all.map(({ severity, sentence }) => `${severity}: ${escaped(capitalised(sentence))}`),
  );
}

function list(head: string, items: readonly string[]): string {
  const left = items.length - LISTED;
  return [head, ...items.slice(0, LISTED).map((item) => `- ${item}`), ...(left > 0 ? [`- and ${left} more`] : [])].join(
    '\n',
  );
}
