/** The response's body as it came, and nothing else. */
import { FRAMINGS } from '../../../../shared/framing/registry.ts';
import type { ExportContent, ExportFormat, FilePieces } from '../exported.ts';

export const body: ExportFormat = {
  id: 'body',
  label: 'Response body',
  description: 'The bytes as they came: events, JSON lines or binary messages.',
  loses: 'Without times, heads, the request, and what the lanes made of it.',
  mediaType: 'application/octet-stream',
  parts: { bytes: 'needed' },
  several: false,
  extension: ([trace]) => (trace ? `.${FRAMINGS[trace.facts.framing].extension}` : ''),
  refusal: ({ facts, bytes }) =>
    bytes === 0 ? `No byte of “${facts.title}” came. Export it as a bundle or a HAR file.` : null,
  make: madeOf,
};

async function* madeOf({ traces }: ExportContent): FilePieces {
  for await (const page of traces[0]!.pages()) for (const { bytes } of page) yield bytes;
}
