/** Exports traces: what would leave, and the file. The same for the window and the command line. */
import {
  EXPORT_PARTS,
  type ExportManifest,
  type ExportPart,
  type Redacted,
  type SecretChoice,
} from '../../../shared/model/export.ts';
import { traceId } from '../../../shared/model/ids.ts';
import type { RequestHead } from '../../../shared/model/trace.ts';
import type { ExportFormatInfo, ExportPreview } from '../../../shared/rpc/contract.ts';
import { PROVIDERS } from '../../../shared/providers/registry.ts';
import { fileName } from '../../../shared/text/file-name.ts';
import { Redaction } from '../capture/secrets.ts';
import { keysInEnvironment } from './environment-keys.ts';
import { ExportError, type ExportFormat, type KnownTrace, type LeavingTrace, type PagedTrace } from './exported.ts';
import { EXPORT_FORMATS, exportFormat } from './formats/registry.ts';
import { gathered } from './gathered.ts';
import { knownTrace } from './pages.ts';
import { redactTrace } from './redact.ts';

export interface ExportChoice {
  /** Id of the format. */
  readonly format: string;
  /** What may leave; parts that the format has no place for do not. */
  readonly parts: readonly ExportPart[];
  readonly secrets: SecretChoice;
}

export interface ExportedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly manifest: ExportManifest;
  /** The file, as it is made. Throws an ExportError where that fails: what came before is then no file. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** Bodies that are put into one file, in bytes: keys are looked for in a whole body, and some formats hold what lanes make of it. */
const MAX_BODIES = 128 * 1024 * 1024;
const TOO_LARGE = `The bodies of these traces are larger than ${MAX_BODIES / 1024 / 1024} MB together. Export fewer of them at once.`;

/**
 * Throws an ExportError for a format that is not there, and for bodies that are too large for any, before they are read. Else it never
 * refuses: what stands in the way is said of each format.
 */
export async function previewExport(traces: readonly PagedTrace[], choice: ExportChoice): Promise<ExportPreview> {
  const format = formatOf(choice.format);
  checkBodies(traces);
  return {
    name: nameOf(traces, format),
    manifest: (await leaving(traces, format, choice)).manifest,
    formats: EXPORT_FORMATS.map((one) => infoOf(one, traces, choice.parts)),
  };
}

/** Throws an ExportError where the traces cannot be exported so. `version`: of this program. */
export async function makeExport(
  traces: readonly PagedTrace[],
  choice: ExportChoice,
  version: string,
  madeAt = Date.now(),
): Promise<ExportedFile> {
  const format = formatOf(choice.format);
  checkBodies(traces);
  const refusal = refusalOf(format, traces) ?? missing(format, choice.parts);
  if (refusal !== null) throw new ExportError('refused', refusal);
  const left = await leaving(traces, format, choice);
  return {
    name: nameOf(traces, format),
    mediaType: format.mediaType,
    manifest: left.manifest,
    pieces: gathered(format.make({ ...left, version, madeAt })),
  };
}

function checkBodies(traces: readonly PagedTrace[]): void {
  if (traces.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_BODIES) throw new ExportError('refused', TOO_LARGE);
}

function formatOf(id: string): ExportFormat {
  const format = exportFormat(id);
  if (format) return format;
  const known = EXPORT_FORMATS.map((one) => one.id).join(', ');
  throw new ExportError('unknown-format', `There is no export format ${JSON.stringify(id)}. Choose from: ${known}.`);
}

function infoOf(format: ExportFormat, traces: readonly PagedTrace[], parts: readonly ExportPart[]): ExportFormatInfo {
  const { id, label, description, loses } = format;
  return {
    id,
    label,
    description,
    loses,
    parts: format.parts,
    refusal: refusalOf(format, traces),
    missing: missing(format, parts),
  };
}

function refusalOf(format: ExportFormat, traces: readonly PagedTrace[]): string | null {
  if (traces.length > 1 && !format.several)
    return `${format.label} holds one trace. Export the ${traces.length} traces one by one, or choose another format.`;
  return traces.reduce<string | null>((found, trace) => found ?? format.refusal(trace), null);
}

const PART_NAMES: Readonly<Record<ExportPart, string>> = {
  request: 'the request’s body',
  heads: 'the heads',
  bytes: 'the response’s bytes',
};

function missing(format: ExportFormat, parts: readonly ExportPart[]): string | null {
  const needed = EXPORT_PARTS.filter((part) => format.parts[part] === 'needed' && !parts.includes(part));
  if (needed.length === 0) return null;
  return `${format.label} cannot be made without ${needed.map((part) => PART_NAMES[part]).join(' and ')}. Include ${needed.length > 1 ? 'them' : 'it'}, or choose another format.`;
}

function nameOf(traces: readonly PagedTrace[], format: ExportFormat): string {
  const [first] = traces;
  const name = traces.length === 1 && first ? fileName(first.facts.title) : `${traces.length}-traces`;
  return name + format.extension(traces);
}

async function leaving(
  traces: readonly PagedTrace[],
  format: ExportFormat,
  { parts, secrets }: ExportChoice,
): Promise<{ readonly traces: readonly LeavingTrace[]; readonly manifest: ExportManifest }> {
  const included = EXPORT_PARTS.filter((part) => format.parts[part] !== undefined && parts.includes(part));
  const kept = secrets === 'keep' && format.withoutSecrets !== true;
  const redaction = new Redaction(...keysInEnvironment());
  const left: LeavingTrace[] = [];
  const told: ExportManifest['traces'][number][] = [];
  const redacted: Redacted[] = [];
  const remarks: string[] = [];
  for (const one of traces) {
    const { trace, body } = await knownTrace(one);
    const chosen = withParts(trace, included);
    const clean = redactTrace(chosen, body, redaction);
    left.push(kept ? chosen : clean.trace);
    told.push(factsOf(trace, kept ? (text) => text : (text) => redaction.text(text)));
    redacted.push(...clean.redacted);
    remarks.push(...clean.remarks);
  }
  const running = traces.filter(({ facts }) => !facts.ending);
  return {
    traces: left,
    manifest: {
      traces: told,
      included,
      secrets: kept ? 'keep' : 'redact',
      redacted,
      remarks: [
        ...running.map(({ facts }) => `The stream of “${facts.title}” has not ended: the file holds what came so far.`),
        ...remarks,
      ],
    },
  };
}

const factsOf = (
  { facts, reads, bytes }: KnownTrace,
  textOf: (text: string) => string,
): ExportManifest['traces'][number] => ({
  id: traceId(facts.id),
  title: textOf(facts.title),
  api: facts.api,
  model: facts.model,
  timed: facts.timed,
  reads,
  bytes,
  parts: EXPORT_PARTS.filter((part) => has(facts, bytes, part)),
});

function has({ request, requestHead, responseHead }: PagedTrace['facts'], bytes: number, part: ExportPart): boolean {
  switch (part) {
    case 'request':
      return request !== undefined;
    case 'heads':
      return requestHead !== undefined || responseHead !== undefined;
    case 'bytes':
      return bytes > 0;
  }
}

/** Without bytes the reads stay as they are, for their times and lengths, and whoever writes them leaves the bytes out. */
function withParts(trace: KnownTrace, included: readonly ExportPart[]): LeavingTrace {
  const { request: _request, requestHead: _requestHead, responseHead: _responseHead, ...facts } = trace.facts;
  const { request, requestHead, responseHead } = trace.facts;
  const heads = included.includes('heads');
  return {
    ...trace,
    facts: {
      ...facts,
      ...(included.includes('request') && request !== undefined && { request }),
      ...(heads && requestHead && { requestHead: included.includes('request') ? requestHead : headAlone(requestHead) }),
      ...(heads && responseHead && { responseHead }),
    },
    setup: included.includes('request')
      ? trace.setup
      : { ...trace.setup, request: PROVIDERS.get(trace.facts.api)?.request.empty ?? {} },
    withBytes: included.includes('bytes'),
  };
}

/** Without what it says of the body. */
function headAlone({ method, url, headers, changes }: RequestHead): RequestHead {
  return { method, url, headers, ...(changes && { changes: changes.filter(({ where }) => where !== 'body') }) };
}
