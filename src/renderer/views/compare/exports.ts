/** What leaves the window: a finding or all of them as Markdown, the comparison as one HTML file, the stream as a fixture. */
import { comparisonMarkdown, findingMarkdown } from '../../../shared/compare/markdown.ts';
import { MAX_EVIDENCE_BYTES } from '../../../shared/compare/evidence.ts';
import type { Finding } from '../../../shared/model/findings.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import { bytesOf } from '../../../shared/text/base64.ts';
import { client } from '../../client/client.ts';
import { copyText } from '../../components/copy.ts';
import { toast, toastError } from '../../stores/toasts.ts';
import type { TraceSession } from '../../stores/trace.ts';

/** Stored bytes of a trace's body; `end` is exclusive. */
export async function storedBytes(id: TraceId, start: number, end: number): Promise<Uint8Array> {
  const { bytes } = await client().call('traces.bytes', { id, start, end });
  return bytesOf(bytes);
}

async function evidenceOf(id: TraceId, { bytes }: Finding): Promise<Uint8Array> {
  return bytes === null
    ? new Uint8Array()
    : storedBytes(id, bytes[0], Math.min(bytes[1], bytes[0] + MAX_EVIDENCE_BYTES));
}

export async function copyFinding(session: TraceSession, finding: Finding): Promise<void> {
  const markdown = evidenceOf(session.store.getState().id, finding).then((bytes) => findingMarkdown(finding, bytes));
  await copyText(`Finding ${finding.number} as Markdown`, markdown);
}

/** The verdict and the findings, as the text of an issue. */
export async function copyIssue(session: TraceSession): Promise<void> {
  const { compare, detail, id } = session.store.getState();
  if (!compare || !detail) return;
  const evidence = Promise.all(
    compare.findings
      .slice(0, MOST_FINDINGS)
      .map(async (finding) => ({ finding, bytes: await evidenceOf(id, finding) })),
  );
  await copyText(
    'The issue text',
    evidence.then((findings) =>
      comparisonMarkdown(compare, { title: detail.title, api: detail.api, model: detail.model }, findings),
    ),
  );
}

/** An issue with more is not read; the HTML file has them all. */
const MOST_FINDINGS = 20;

export async function saveHtml(session: TraceSession): Promise<void> {
  const { id } = session.store.getState();
  try {
    const { name, html } = await client().call('compare.html', { id, ...session.decoding });
    saveFile(name, html, 'text/html');
  } catch (error) {
    toastError('The comparison could not be saved', error);
  }
}

/** The stream and what its adapters make of it today, for `tracelane vectors`. */
export async function saveFixture(session: TraceSession): Promise<void> {
  const { id } = session.store.getState();
  try {
    const { name, jsonl } = await client().call('compare.fixture', { id, ...session.decoding });
    saveFile(name, jsonl, 'application/jsonl');
  } catch (error) {
    toastError('The fixture could not be saved', error);
  }
}

function saveFile(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download reads the address after this task.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  toast(`Saved as ${name}`);
}
