/** Exports traces: what would leave, and the file. The same for the window and the command line. */
import { byteCount } from '../../../shared/model/byte-count.ts';
import { EXPORT_PARTS, type ExportManifest, type ExportPart, type SecretChoice } from '../../../shared/model/export.ts';
import { traceId } from '../../../shared/model/ids.ts';
import type { RequestHead } from '../../../shared/model/trace.ts';
import type { ExportFormatInfo, ExportPreview } from '../../../shared/rpc/contract.ts';
import { PROVIDERS } from '../../../shared/providers/registry.ts';
import { fileName } from '../../../shared/text/file-name.ts';
import { Redaction } from '../capture/secrets.ts';
import { keysInEnvironment } from './environment-keys.ts';
import { ExportError, type ExportFormat, type LeavingTrace, type TraceToExport } from './exported.ts';
import { EXPORT_FORMATS, exportFormat } from './formats/registry.ts';
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
  readonly bytes: Uint8Array;
}

/** Bodies that are put into one file, in bytes: as text and in base64 they are held in memory several times over. */
const MAX_BODIES = 128 * 1024 * 1024;
const TOO_LARGE = `The bodies of these traces are larger than ${MAX_BODIES / 1024 / 1024} MB together. Export fewer of them at once.`;

/** Throws an ExportError for traces whose bodies have more bytes together than any format takes, before they are read. */
export function checkBodies(bytes: number): void {
  if (bytes > MAX_BODIES) throw new ExportError('refused', TOO_LARGE);
}

/** Throws an ExportError for a format that is not there. Never refuses: what stands in the way is said of each format. */
export function previewExport(traces: readonly TraceToExport[], choice: ExportChoice): ExportPreview {
  const format = formatOf(choice.format);
  return {
    name: nameOf(traces, format),
    manifest: leaving(traces, format, choice).manifest,
    formats: EXPORT_FORMATS.map((one) => infoOf(one, traces, choice.parts)),
  };
}

/** Throws an ExportError where the traces cannot be exported so. `version`: of this program. */
export function makeExport(
  traces: readonly TraceToExport[],
  choice: ExportChoice,
  version: string,
  madeAt = Date.now(),
): ExportedFile {
  const format = formatOf(choice.format);
  const refusal = refusalOf(format, traces) ?? missing(format, choice.parts);
  if (refusal !== null) throw new ExportError('refused', refusal);
  const made = format.make({ ...leaving(traces, format, choice), version, madeAt });
  return {
    name: nameOf(traces, format),
    mediaType: format.mediaType,
    bytes: typeof made === 'string' ? new TextEncoder().encode(made) : made,
  };
}

function formatOf(id: string): ExportFormat {
  const format = exportFormat(id);
  if (format) return format;
  const known = EXPORT_FORMATS.map((one) => one.id).join(', ');
  throw new ExportError('unknown-format', `There is no export format ${JSON.stringify(id)}. Choose from: ${known}.`);
}

function infoOf(
  format: ExportFormat,
  traces: readonly TraceToExport[],
  parts: readonly ExportPart[],
): ExportFormatInfo {
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

function refusalOf(format: ExportFormat, traces: readonly TraceToExport[]): string | null {
  if (traces.length > 1 && !format.several)
    return `${format.label} holds one trace. Export the ${traces.length} traces one by one, or choose another format.`;
  if (traces.reduce((sum, { reads }) => sum + byteCount(reads), 0) > MAX_BODIES) return TOO_LARGE;
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

function nameOf(traces: readonly TraceToExport[], format: ExportFormat): string {
  const [first] = traces;
  const name = traces.length === 1 && first ? fileName(first.facts.title) : `${traces.length}-traces`;
  return name + format.extension(traces);
}

function leaving(
  traces: readonly TraceToExport[],
  format: ExportFormat,
  { parts, secrets }: ExportChoice,
): { readonly traces: readonly LeavingTrace[]; readonly manifest: ExportManifest } {
  const included = EXPORT_PARTS.filter((part) => format.parts[part] !== undefined && parts.includes(part));
  const redaction = new Redaction(...keysInEnvironment());
  const chosen = traces.map((trace) => withParts(trace, included));
  const redacted = chosen.map((trace) => ({ ...redactTrace(trace, redaction), withBytes: trace.withBytes }));
  const kept = secrets === 'keep' && format.withoutSecrets !== true;
  const manifest: ExportManifest = {
    traces: traces.map(({ facts, reads }) => ({
      id: traceId(facts.id),
      title: redactedTitle(facts.title, kept, redaction),
      api: facts.api,
      model: facts.model,
      timed: facts.timed,
      reads: reads.length,
      bytes: byteCount(reads),
      parts: EXPORT_PARTS.filter((part) => has(facts, reads, part)),
    })),
    included,
    secrets: kept ? 'keep' : 'redact',
    redacted: redacted.flatMap((one) => one.redacted),
    remarks: [
      ...traces.flatMap(({ facts }) =>
        facts.ending ? [] : [`The stream of “${facts.title}” has not ended: the file holds what came so far.`],
      ),
      ...redacted.flatMap(({ remarks }) => remarks),
    ],
  };
  return {
    traces: kept ? chosen : redacted.map(({ trace, withBytes }) => ({ ...trace, withBytes })),
    manifest,
  };
}

const redactedTitle = (title: string, kept: boolean, redaction: Redaction): string =>
  kept ? title : redaction.text(title);

function has(
  { request, requestHead, responseHead }: TraceToExport['facts'],
  reads: TraceToExport['reads'],
  part: ExportPart,
): boolean {
  switch (part) {
    case 'request':
      return request !== undefined;
    case 'heads':
      return requestHead !== undefined || responseHead !== undefined;
    case 'bytes':
      return byteCount(reads) > 0;
  }
}

/** Without bytes the reads stay as they are, for their times and lengths, and whoever writes them leaves the bytes out. */
function withParts(trace: TraceToExport, included: readonly ExportPart[]): LeavingTrace {
  const { request: _request, requestHead: _requestHead, responseHead: _responseHead, ...facts } = trace.facts;
  const { request, requestHead, responseHead } = trace.facts;
  const heads = included.includes('heads');
  return {
    facts: {
      ...facts,
      ...(included.includes('request') && request !== undefined && { request }),
      ...(heads && requestHead && { requestHead: included.includes('request') ? requestHead : headAlone(requestHead) }),
      ...(heads && responseHead && { responseHead }),
    },
    reads: trace.reads,
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
