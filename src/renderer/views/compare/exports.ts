/** What leaves the window: a finding or all of them as an issue, the comparison as one HTML file, the stream as a fixture. */
import { FRAMINGS } from '../../../shared/framing/registry.ts';
import { evidenceRange, type Evidence } from '../../../shared/compare/evidence.ts';
import { setIn } from '../../../shared/compare/html-style.ts';
import {
  bodyFile,
  comparisonMarkdown,
  findingMarkdown,
  heaviest,
  type IssueTrace,
} from '../../../shared/compare/markdown.ts';
import type { Finding } from '../../../shared/model/findings.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import { bytesOf } from '../../../shared/text/base64.ts';
import { client } from '../../client/client.ts';
import { copyText } from '../../components/copy.ts';
import { saveFile } from '../../components/save-file.ts';
import { toastError, type ToastAction } from '../../stores/toasts.ts';
import type { TraceSession } from '../../stores/trace.ts';
import { fontFaces } from './fonts.ts';

/** Bytes asked for at once. */
const SLICE = 1024 * 1024;

/** Stored bytes of a trace's body; `end` is exclusive. */
async function storedBytes(id: TraceId, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes } = await client().call('traces.bytes', { id, start, end });
  return bytesOf(bytes);
}

/** The bytes that a finding shows; null where it has none. */
export async function evidenceOf(id: TraceId, finding: Finding): Promise<Evidence | null> {
  const range = evidenceRange(finding);
  return range && { start: range[0], bytes: await storedBytes(id, ...range) };
}

/** What an issue says of the trace; null until the comparison and the trace are known. */
function issueTrace(session: TraceSession): IssueTrace | null {
  const { compare, detail } = session.store.getState();
  return compare && detail && { ...detail, options: compare.options, bytes: compare.bytes };
}

/** The bytes of an issue are attached to it, not pasted. */
const attaching = (session: TraceSession, trace: IssueTrace): ToastAction => ({
  label: `Save the .${FRAMINGS[trace.framing].extension}`,
  run: () => void saveBody(session, trace),
});

export async function copyFinding(session: TraceSession, finding: Finding): Promise<void> {
  const trace = issueTrace(session);
  if (!trace) return;
  const { id } = session.store.getState();
  const markdown = evidenceOf(id, finding).then((evidence) => findingMarkdown(finding, evidence, trace));
  await copyText(`Finding ${finding.number} as an issue`, markdown, attaching(session, trace));
}

/** The verdict and the findings, as the text of an issue. */
export async function copyIssue(session: TraceSession): Promise<void> {
  const trace = issueTrace(session);
  const { compare, id } = session.store.getState();
  if (!trace || !compare) return;
  const first = heaviest(compare.findings);
  const evidence = first ? evidenceOf(id, first) : Promise.resolve(null);
  await copyText(
    'The issue text',
    evidence.then((bytes) => comparisonMarkdown(compare, trace, bytes)),
    attaching(session, trace),
  );
}

/** The body as it was received. */
async function saveBody(session: TraceSession, trace: IssueTrace): Promise<void> {
  const { id } = session.store.getState();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  try {
    for (let at = 0; at < trace.bytes; at += SLICE)
      parts.push(await storedBytes(id, at, Math.min(trace.bytes, at + SLICE)));
    saveFile(bodyFile(trace), new Blob(parts, { type: 'application/octet-stream' }));
  } catch (error) {
    toastError('The stream could not be saved', error);
  }
}

export async function saveHtml(session: TraceSession): Promise<void> {
  const { id } = session.store.getState();
  try {
    const [{ name, html }, faces] = await Promise.all([
      client().call('compare.html', { id, ...session.decoding }),
      fontFaces(),
    ]);
    saveFile(name, new Blob([setIn(faces, html)], { type: 'text/html' }));
  } catch (error) {
    toastError('The comparison could not be saved', error);
  }
}

/** The stream and what its adapters make of it today, for `tracelane vectors`. */
export async function saveFixture(session: TraceSession): Promise<void> {
  const { id } = session.store.getState();
  try {
    const choice = { ids: [id], format: 'fixture', ...session.decoding };
    const { name, mediaType, base64 } = await client().call('exports.make', choice);
    saveFile(name, new Blob([bytesOf(base64)], { type: mediaType }));
  } catch (error) {
    toastError('The fixture could not be saved', error);
  }
}
