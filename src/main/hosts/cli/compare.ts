/** `tracelane compare FILE`: what the other lanes make of a stream, against the wire; for people and for CI. */
import { Option, type Command } from 'commander';
import { failsOn, PARTS, type Part } from '../../../shared/compare/gravity.ts';
import { isOfLane } from '../../../shared/compare/notes.ts';
import { compareLanes } from '../../../shared/compare/lanes.ts';
import { readAll } from '../../../shared/compare/read-all.ts';
import type { CompareResult } from '../../../shared/compare/result.ts';
import { endingText } from '../../../shared/compare/say.ts';
import { SEVERITIES, VERDICT_FIELDS, type Severity } from '../../../shared/model/findings.ts';
import { WIRE } from '../../../shared/model/messages.ts';
import { printable, UsageError } from './terminal.ts';
import { addStreamFlags, lanesOf, readStream, setupOf, type StreamFlags } from './stream-file.ts';

interface Flags extends StreamFlags {
  readonly json?: boolean;
  readonly failOn?: Severity;
  readonly only?: Part;
}

/** Where only one part is asked for, the exit code is the answer. */
const LIMIT_OF_ONE_PART: Severity = 'major';

export function addCompare(program: Command): void {
  addStreamFlags(program.command('compare'))
    .description('say how a stream ended, what is wrong with it, and what the other lanes make of it')
    .option('--json', 'print the whole comparison as JSON')
    .addOption(
      new Option(
        '--fail-on <severity>',
        'exit with code 1 if a finding, a lint remark or the ending is this grave, or graver; an ending before the end is critical, a lint error major, a warning minor',
      ).choices([...SEVERITIES]),
    )
    .addOption(
      new Option(
        '--only <part>',
        `wire: only the stream, how it ended and its lint; lanes: only the findings; fails on ${LIMIT_OF_ONE_PART} unless --fail-on says otherwise`,
      ).choices([...PARTS]),
    )
    .action((file: string, given: Flags) => {
      if (given.only === 'wire' && given.lanes !== undefined)
        throw new UsageError('--lanes names lanes to compare, and --only wire compares none. Leave one of them out.');
      const { body, flags, repaired } = readStream(file, given);
      const parts = flags.only === undefined ? PARTS : [flags.only];
      const lanes = parts.includes('lanes') ? lanesOf(flags) : [WIRE];
      const result = partsOf(
        compareLanes(readAll(body, setupOf(flags), { lanes, ...(flags.headInFile && { head: flags.headInFile }) })),
        parts,
      );
      process.stdout.write(
        `${flags.json ? printable(JSON.stringify({ ...result, repaired })) : report(result, repaired, parts)}\n`,
      );
      const limit = flags.failOn ?? (flags.only === undefined ? undefined : LIMIT_OF_ONE_PART);
      if (limit !== undefined && failsOn(result, limit, parts)) process.exitCode = 1;
    });
}

/** Without the lint and the notes of the bytes where only lanes are asked for; how the stream ended stands in any case. */
const partsOf = (result: CompareResult, parts: readonly Part[]): CompareResult =>
  parts.includes('wire') ? result : { ...result, lint: [], notes: result.notes.filter(isOfLane) };

/** The verdict as a table and the findings, then how the stream ended, its bytes in no event, and its lint. */
function report(result: CompareResult, repaired: readonly string[], parts: readonly Part[]): string {
  return [
    ...(repaired.length > 0 ? ['The file:', ...repaired.map(printable), ''] : []),
    ...(result.nothing === null ? table(result) : [result.nothing]),
    ...(parts.includes('lanes') && result.nothing === null ? ['', ...findingLines(result)] : []),
    ...(parts.includes('wire') ? wireLines(result) : []),
  ].join('\n');
}

function table({ lanes, verdict }: CompareResult): readonly string[] {
  const rows = VERDICT_FIELDS.map((field) => [field, ...lanes.map(({ id }) => verdict[field][id]!.text)]);
  const lines = [['', ...lanes.map(({ id }) => id)], ...rows].map((cells) => cells.map(printable));
  const widths = lines[0]!.map((_head, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  return lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

function findingLines({ findings, notes }: CompareResult): readonly string[] {
  const failed = notes.filter(isOfLane).map(({ sentence }) => printable(sentence));
  const found = findings.map(
    ({ number, severity, lane, kind, bytes, sentence }) =>
      `${number}. ${severity} ${lane} ${kind}${bytes ? ` bytes ${bytes[0]}-${bytes[1] - 1}` : ''}: ${printable(sentence)}`,
  );
  return [...failed, ...(found.length > 0 ? found : ['No findings.'])];
}

function wireLines({ ending, notes, lint }: CompareResult): readonly string[] {
  const ofBytes = notes.filter((note) => !isOfLane(note));
  const noted = ofBytes.map(({ bytes, sentence }) => `bytes ${bytes[0]}-${bytes[1] - 1}: ${printable(sentence)}`);
  const remarks = lint.map(
    ({ rule, severity, event, sentence }) =>
      `${severity} ${rule}${event === null ? '' : ` event ${event}`}: ${printable(sentence)}`,
  );
  return [
    ...(ending ? ['', `Ending: ${printable(endingText(ending))}`] : []),
    ...(noted.length > 0 ? ['', 'Bytes outside of events:', ...noted] : []),
    ...(remarks.length > 0 ? ['', 'Protocol of the wire:', ...remarks] : []),
  ];
}
