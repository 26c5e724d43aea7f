/** `tracelane export ID|FILE…`: traces as one file of another format, without their secrets. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { ExportError, type PagedTrace } from '../../core/exports/exported.ts';
import { EXPORT_FORMATS } from '../../core/exports/formats/registry.ts';
import { makeExport, previewExport, type ExportChoice, type ExportedFile } from '../../core/exports/make.ts';
import { EXPORT_PARTS, type ExportManifest, type ExportPart } from '../../../shared/model/export.ts';
import { PROVIDERS } from '../../../shared/providers/registry.ts';
import { withNamedTraces } from './traces.ts';
import { printable, printableLines, UsageError } from './terminal.ts';
import { writeExport, writeToOutput } from './write-whole.ts';
import { counted } from '../../../shared/text/count.ts';

interface Flags {
  readonly format: string;
  readonly out?: string;
  readonly without: readonly ExportPart[];
  readonly keepSecrets?: boolean;
  readonly preview?: boolean;
  readonly json?: boolean;
  readonly api?: string;
  readonly dataDir?: string;
}

/** `version`: of this program. */
export function addExport(program: Command, version: string): void {
  program
    .command('export')
    .description('write stored traces, or the streams of files, in another format; secrets are replaced')
    .argument('<traces...>', 'ids of traces in the data folder, or files; - reads standard input')
    .addOption(
      new Option('--format <format>', formatsText()).choices(EXPORT_FORMATS.map(({ id }) => id)).default('bundle'),
    )
    .option('--out <file>', 'the file to write; default: standard output')
    .option('--without <parts>', `comma-separated parts to leave out: ${EXPORT_PARTS.join(', ')}`, partsOf, [])
    .option('--keep-secrets', 'write secrets that are still in the traces; keys of endpoints are nowhere in them')
    .option('--preview', 'write nothing: print what would leave, and each secret that would not')
    .option('--json', 'with --preview: the manifest as JSON')
    .addOption(new Option('--api <api>', 'the API of a file whose bytes do not tell it').choices([...PROVIDERS.keys()]))
    .option('--data-dir <dir>', 'the data folder; default: TRACELANE_DATA_DIR, or the user’s own')
    .action(async (names: readonly string[], flags: Flags) => {
      const choice: ExportChoice = {
        format: flags.format,
        parts: EXPORT_PARTS.filter((part) => !flags.without.includes(part)),
        secrets: flags.keepSecrets === true ? 'keep' : 'redact',
      };
      await withNamedTraces(names, flags, async (traces) => {
        if (flags.preview === true) await preview(traces, choice, flags.json === true);
        else await write(traces, choice, version, flags.out);
      });
    });
}

const formatsText = (): string =>
  `what to write:\n${EXPORT_FORMATS.map(({ id, description }) => `${id}: ${description}`).join('\n')}\n`;

function partsOf(text: string): readonly ExportPart[] {
  const parts = text.split(',').map((part) => part.trim());
  const wrong = parts.find((part) => !(EXPORT_PARTS as readonly string[]).includes(part));
  if (wrong !== undefined)
    throw new InvalidArgumentError(
      `There is no part ${JSON.stringify(wrong)}. Choose from: ${EXPORT_PARTS.join(', ')}.`,
    );
  return parts as readonly ExportPart[];
}

async function preview(traces: readonly PagedTrace[], choice: ExportChoice, json: boolean): Promise<void> {
  const { manifest } = await asked(() => previewExport(traces, choice));
  process.stdout.write(`${json ? printable(JSON.stringify(manifest)) : report(manifest)}\n`);
}

async function write(
  traces: readonly PagedTrace[],
  choice: ExportChoice,
  version: string,
  out: string | undefined,
): Promise<void> {
  const file = await asked(() => makeExport(traces, choice, version));
  if (out === undefined || out === '-') return toOutput(file);
  const bytes = await writeExport(out, file.pieces);
  const { redacted, secrets } = file.manifest;
  const secretText =
    redacted.length === 0
      ? 'no secrets were found'
      : `${counted(redacted.length, 'secret')} ${secrets === 'keep' ? 'found, which are in it as they were' : 'replaced'}; --preview lists them`;
  console.error(printable(`${out}: ${counted(traces.length, 'trace')}, ${counted(bytes, 'byte')}; ${secretText}.`));
}

async function toOutput({ name, mediaType, pieces }: ExportedFile): Promise<void> {
  if (process.stdout.isTTY && mediaType === 'application/gzip')
    throw new UsageError(`This format is no text. Name a file with --out, such as --out ${name}.`);
  // A terminal obeys what a stream may say, and takes the escapes of JSON in its place; all others get every byte.
  await writeToOutput(process.stdout.isTTY ? printablePieces(pieces) : pieces);
}

async function* printablePieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of pieces) yield printableLines(decoder.decode(piece, { stream: true }));
  yield printableLines(decoder.decode());
}

async function asked<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ExportError ? new UsageError(error.message) : error;
  }
}

function report({ traces, included, secrets, redacted, remarks }: ExportManifest): string {
  const facts = traces.map(
    ({ title, api, reads, bytes, timed, parts }) =>
      `${title}: ${api}, ${counted(reads, 'read')}, ${counted(bytes, 'byte')}, ${timed ? 'with times' : 'order only'}; includes ${included.filter((part) => parts.includes(part)).join(', ') || 'its facts alone'}`,
  );
  const found = redacted.map(
    ({ place, why, when }) =>
      `  ${place} (${when === 'recorded' ? 'replaced when it was recorded' : 'found now'}): ${why}`,
  );
  const heading =
    secrets === 'keep' ? 'Secrets, which leave as they are where they were found now:' : 'Secrets that are replaced:';
  return [...facts, ...(found.length > 0 ? [heading, ...found] : ['No secrets were found.']), ...remarks]
    .map(printable)
    .join('\n');
}
