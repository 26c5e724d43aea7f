/** `tracelane compare FILE`: what the other lanes make of a stream, against the wire; for people and for CI. */
import { Option, type Command } from 'commander';
import { compareLanes } from '../../../shared/compare/lanes.ts';
import { readAll } from '../../../shared/compare/read-all.ts';
import type { CompareResult } from '../../../shared/compare/result.ts';
import { SEVERITIES, VERDICT_FIELDS, type Severity } from '../../../shared/model/findings.ts';
import { printable } from './terminal.ts';
import { addStreamFlags, lanesOf, readStream, setupOf, type StreamFlags } from './stream-file.ts';

interface Flags extends StreamFlags {
  readonly json?: boolean;
  readonly failOn?: Severity;
}

export function addCompare(program: Command): void {
  addStreamFlags(program.command('compare'))
    .description('compare the other lanes with the wire on one stream')
    .option('--json', 'print the whole comparison as JSON')
    .addOption(
      new Option('--fail-on <severity>', 'exit with code 1 if there is a finding of this severity or higher').choices([
        ...SEVERITIES,
      ]),
    )
    .action((file: string, given: Flags) => {
      const { body, flags, repaired } = readStream(file, given);
      const result = compareLanes(readAll(body, setupOf(flags), { lanes: lanesOf(flags) }));
      process.stdout.write(
        `${flags.json ? printable(JSON.stringify({ ...result, repaired })) : report(result, repaired)}\n`,
      );
      if (flags.failOn !== undefined && failsOn(result, flags.failOn)) process.exitCode = 1;
    });
}

const failsOn = (result: CompareResult, limit: Severity): boolean =>
  result.findings.some(({ severity }) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(limit));

/** The verdict as a table, then the findings, then what the wire itself does against its protocol. */
function report({ lanes, verdict, findings, lint }: CompareResult, repaired: readonly string[]): string {
  const rows = VERDICT_FIELDS.map((field) => [field, ...lanes.map(({ id }) => verdict[field][id]!.text)]);
  const table = [['', ...lanes.map(({ id }) => id)], ...rows].map((cells) => cells.map(printable));
  const widths = table[0]!.map((_head, column) => Math.max(...table.map((cells) => cells[column]!.length)));
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const found = findings.map(
    ({ number, severity, lane, kind, bytes, sentence }) =>
      `${number}. ${severity} ${lane} ${kind}${bytes ? ` bytes ${bytes[0]}-${bytes[1]}` : ''}: ${printable(sentence)}`,
  );
  const remarks = lint.map(
    ({ rule, severity, event, sentence }) =>
      `${severity} ${rule}${event === null ? '' : ` event ${event}`}: ${printable(sentence)}`,
  );
  return [
    ...(repaired.length > 0 ? ['The file:', ...repaired.map(printable), ''] : []),
    ...lines,
    '',
    ...(found.length > 0 ? found : ['No findings.']),
    ...(remarks.length > 0 ? ['', 'Protocol of the wire:', ...remarks] : []),
  ].join('\n');
}
