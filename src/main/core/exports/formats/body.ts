/** The response's body as it came, and nothing else. */
import { FRAMINGS } from '../../../../shared/framing/registry.ts';
import { bodyOf, type ExportFormat } from '../exported.ts';

export const body: ExportFormat = {
  id: 'body',
  label: 'Response body',
  description: 'The bytes as they came: events, JSON lines or binary messages.',
  loses: 'Without times, heads, the request, and what the lanes made of it.',
  mediaType: 'application/octet-stream',
  parts: { bytes: 'needed' },
  several: false,
  extension: ([trace]) => (trace ? `.${FRAMINGS[trace.facts.framing].extension}` : ''),
  refusal: ({ facts, reads }) =>
    reads.length === 0 ? `No byte of “${facts.title}” came. Export it as a bundle or a HAR file.` : null,
  make: ({ traces }) => bodyOf(traces[0]!.reads),
};
