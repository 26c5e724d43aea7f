/** `tracelane check PATH…`: streams against their protocol, their lanes and a baseline; for CI. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { Option, type Command } from 'commander';
import { TooLongToCompare } from '../../../shared/compare/too-long.ts';
import { joined } from '../../core/imports/body.ts';
import {
  baselineOf,
  judged,
  own,
  readBaseline,
  writtenBaseline,
  type BaselineStream,
  type BaselineStreams,
} from '../../core/stream-check/baseline.ts';
import { checkStream, type CheckedStream } from '../../core/stream-check/check-stream.ts';
import { junitOf } from '../../core/stream-check/junit.ts';
import {
  allIssues,
  FAIL_ON,
  fails,
  type CheckReport,
  type FailOn,
  type ReportedStream,
} from '../../core/stream-check/report.ts';
import { LEVELS, OWN_RULES } from '../../core/stream-check/rules.ts';
import { sarifOf } from '../../core/stream-check/sarif.ts';
import { allLanes } from '../../../shared/lanes/registry.ts';
import type { LaneId } from '../../../shared/model/messages.ts';
import { PROVIDERS } from '../../../shared/providers/registry.ts';
import { tracesOf } from './file-traces.ts';
import { readInput, readText } from './input.ts';
import { printable, sentenceOf, UsageError } from './terminal.ts';
import { writeWhole } from './write-whole.ts';
import { counted } from '../../../shared/text/count.ts';

interface Flags {
  readonly baseline?: string;
  readonly update?: boolean;
  readonly failOn: FailOn;
  readonly junit?: string;
  readonly sarif?: string;
  readonly json?: boolean;
  readonly api?: string;
  readonly lanes?: readonly LaneId[];
}

/** Taken without being named where it is there. */
const USUAL_BASELINE = 'tracelane-baseline.json';
/** Some stream fails the check. */
const FAILED = 1;

/** `version`: of this program. */
export function addCheck(program: Command, version: string): void {
  program
    .command('check')
    .description('check streams: how they ended, the rules of their API, what the lanes lose, and a baseline')
    .argument('<paths...>', 'files that `tracelane import` takes, and folders of them')
    .option(
      '--baseline <file>',
      `what was found before, which fails no more; default: ${USUAL_BASELINE}, where it is there`,
    )
    .option('--update', 'write what is found now into the baseline; the exit code is then 0')
    .addOption(
      new Option('--fail-on <level>', 'the lowest level that makes the exit code 1').choices(FAIL_ON).default('error'),
    )
    .option('--junit <file>', 'write the report as JUnit XML')
    .option('--sarif <file>', 'write the report as SARIF 2.1.0')
    .option('--json', 'print the report as JSON')
    .option(
      '--lanes <ids>',
      'comma-separated lanes to check besides the wire; default: every lane that reads the API',
      lanesOf,
    )
    .addOption(new Option('--api <api>', 'the API of a file whose bytes do not tell it').choices([...PROVIDERS.keys()]))
    .action(async (paths: readonly string[], flags: Flags) => {
      const known = baselineFor(flags);
      const found = await streamsIn(paths, known, flags);
      if (flags.update === true) return update(known, found, paths);
      const report = reportOf(found, known, paths);
      if (flags.junit !== undefined) writeWhole(flags.junit, junitOf(report, flags.failOn));
      if (flags.sarif !== undefined) writeWhole(flags.sarif, sarifOf(report, process.cwd(), version));
      process.stdout.write(`${flags.json === true ? printable(JSON.stringify(asJson(report))) : textOf(report)}\n`);
      if (allIssues(report).some((issue) => fails(issue, flags.failOn))) process.exitCode = FAILED;
    });
}

/** Throws UsageError for a lane that is not there. One that does not read a stream's API is passed over there. */
function lanesOf(text: string): readonly LaneId[] {
  const asked = text.split(',').map((id) => id.trim());
  const known = allLanes().map(({ id }) => id);
  const wrong = asked.find((id) => !known.includes(id));
  if (wrong === undefined) return asked;
  throw new UsageError(`--lanes: there is no lane ${JSON.stringify(wrong)}. Choose from: ${known.join(', ')}.`);
}

interface Baseline {
  readonly file: string;
  /** What names of streams are relative to. */
  readonly folder: string;
  /** Undefined where there is none. */
  readonly streams: BaselineStreams | undefined;
}

/** Throws UsageError for one that was named and cannot be read. */
function baselineFor({ baseline, update = false }: Flags): Baseline {
  const file = resolve(baseline ?? USUAL_BASELINE);
  const folder = dirname(file);
  if (!existsSync(file)) {
    if (baseline === undefined || update) return { file, folder, streams: undefined };
    throw new UsageError(`There is no baseline ${baseline}. Make it with --update.`);
  }
  try {
    return { file, folder, streams: readBaseline(readText(file)) };
  } catch (error) {
    throw new UsageError(`Cannot read the baseline ${file}: ${sentenceOf(error)}`);
  }
}

interface FoundStream extends CheckedStream, Pick<ReportedStream, 'name' | 'path' | 'fileBytes'> {}

interface Found {
  readonly streams: readonly FoundStream[];
  /** Files that cannot be read, those that were named and hold no stream, and those with one that cannot be checked. */
  readonly refused: readonly { readonly name: string; readonly path: string; readonly sentence: string }[];
  readonly passedOver: readonly string[];
}

/** Throws UsageError for a path that is not there. */
async function streamsIn(paths: readonly string[], { file, folder }: Baseline, flags: Flags): Promise<Found> {
  const [streams, refused, passedOver]: [FoundStream[], Found['refused'][number][], string[]] = [[], [], []];
  for (const { path, named } of filesIn(paths)) {
    if (resolve(path) === file) continue;
    const name = nameOf(path, folder);
    try {
      streams.push(...(await checkedIn(path, name, flags)));
    } catch (error) {
      // What could not be read may be a stream.
      if (named || error instanceof TooLongToCompare || error instanceof UsageError)
        refused.push({ name, path, sentence: sentenceOf(error) });
      else passedOver.push(name);
    }
  }
  return { streams, refused, passedOver };
}

async function checkedIn(path: string, name: string, { api, lanes }: Flags): Promise<readonly FoundStream[]> {
  const bytes = readInput(path);
  const traces = await tracesOf(path, bytes, api);
  return traces.map(({ stream, trace }, at) => ({
    ...checkStream(trace, lanes),
    name: traces.length === 1 ? name : `${name}#${at + 1}`,
    path,
    fileBytes: Buffer.from(bytes).equals(joined(stream.reads)) ? bytes : null,
  }));
}

interface NamedFile {
  readonly path: string;
  /** By a person, and not found in a folder. */
  readonly named: boolean;
}

/** Each file once, those of a folder by name. Hidden ones and links in folders are passed over, and so is what npm installs. */
function filesIn(paths: readonly string[]): readonly NamedFile[] {
  const files = new Map<string, NamedFile>();
  const add = (path: string, named: boolean): void => {
    if (named || !files.has(resolve(path))) files.set(resolve(path), { path, named });
  };
  for (const path of paths) {
    const kind = statSync(path, { throwIfNoEntry: false });
    if (!kind) throw new UsageError(`There is no file ${path}.`);
    if (kind.isDirectory()) for (const file of under(path)) add(file, false);
    else add(path, true);
  }
  return [...files.values()];
}

function under(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return under(path);
      return entry.isFile() ? [path] : [];
    });
}

const nameOf = (path: string, base: string): string => relative(base, resolve(path)).split(sep).join('/');

function reportOf({ streams, refused, passedOver }: Found, known: Baseline, paths: readonly string[]): CheckReport {
  const told = streams.map((stream) => ({ stream, ...judged(stream, known.streams?.[stream.name]) }));
  const missing = missingFrom(streams, known, paths).map((name) => ({
    ...own(OWN_RULES.missing, null, 'The baseline has this stream, and it is not there.'),
    name,
    path: resolve(known.folder, fileOf(name)),
  }));
  return {
    streams: told.map(({ stream, issues }) => ({ ...stream, issues })),
    others: [
      ...refused.map(({ name, path, sentence }) => ({ ...own(OWN_RULES.unreadable, null, sentence), name, path })),
      ...missing,
    ],
    compared: known.streams !== undefined,
    gone: told.reduce((sum, { gone }) => sum + gone, 0),
    passedOver,
  };
}

const fileOf = (name: string): string => name.replace(/#\d+$/, '');

/** Names of the baseline below the paths that were checked, of which there is no stream now. */
function missingFrom(streams: Found['streams'], { streams: known = {}, folder }: Baseline, paths: readonly string[]) {
  const there = new Set(streams.map(({ name }) => name));
  const checked = (name: string): boolean =>
    paths.some((path) => {
      const from = relative(resolve(path), resolve(folder, fileOf(name)));
      return from === '' || (!from.startsWith('..') && !isAbsolute(from));
    });
  return Object.keys(known).filter((name) => !there.has(name) && checked(name));
}

/** What was not checked now stays as it was. Throws UsageError for a file that holds no stream. */
function update(known: Baseline, found: Found, paths: readonly string[]): void {
  const [refused] = found.refused;
  if (refused) throw new UsageError(`${refused.path}: ${refused.sentence}`);
  const missing = new Set(missingFrom(found.streams, known, paths));
  const kept = Object.entries(known.streams ?? {}).filter(([name]) => !missing.has(name));
  const now = found.streams.map((stream): [string, BaselineStream] => [stream.name, baselineOf(stream)]);
  writeWhole(known.file, writtenBaseline(Object.fromEntries([...kept, ...now])));
  console.error(
    printable(
      `${known.file}: ${counted(now.length, 'stream')} written, ${missing.size} taken out. Review the change as you would code.`,
    ),
  );
}

function textOf(report: CheckReport): string {
  const { streams, others, compared, gone, passedOver } = report;
  const issues = allIssues(report);
  const news = issues.filter(({ known }) => !known);
  const inFile = new Set(streams.flatMap(({ name, fileBytes }) => (fileBytes === null ? [] : [name])));
  const lines = news.map((issue) => printable(lineOf(issue, inFile.has(issue.name))));
  const counts = LEVELS.map((level) => counted(news.filter((issue) => issue.level === level).length, level));
  const facts = [
    `${counted(streams.length, 'stream')} checked${others.length > 0 ? `, ${others.length} not` : ''}: ${counts.join(', ')}`,
    ...(compared ? [`${issues.length - news.length} more as in the baseline`] : []),
    ...(gone > 0 ? [`${gone} of the baseline no more`] : []),
    ...(passedOver.length > 0 ? [`${counted(passedOver.length, 'file')} without a stream passed over`] : []),
  ];
  return [...lines, ...(lines.length > 0 ? [''] : []), `${facts.join('; ')}.`].join('\n');
}

/** `inFile`: the file is the body as it is, so that the bytes of the body are those of the file. */
function lineOf({ name, level, rule, bytes, sentence }: ReturnType<typeof allIssues>[number], inFile: boolean): string {
  const said = `${level} ${rule}: ${sentence}`;
  if (bytes === null) return `${name}: ${said}`;
  const range = bytes.join('-');
  return inFile ? `${name}:${range}: ${said}` : `${name}: bytes ${range} of its body: ${said}`;
}

const asJson = ({ streams, ...rest }: CheckReport): object => ({
  ...rest,
  others: rest.others.map(({ path: _path, ...other }) => other),
  streams: streams.map(({ fileBytes, path: _path, lanes, ...stream }) => ({
    ...stream,
    // Offsets in the body are offsets in the file.
    offsetsInFile: fileBytes !== null,
    lanes: Object.fromEntries(Object.entries(lanes).map(([lane, digests]) => [lane, digests.length])),
  })),
});
