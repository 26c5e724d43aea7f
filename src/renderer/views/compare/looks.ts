/** How findings and blocks look: colour class and drawing by what they are. */
import type { Severity } from '../../../shared/model/findings.ts';
import type { GlyphName } from '../../components/Glyph.tsx';

interface Look {
  readonly glyph: GlyphName;
  readonly tone: string;
}

export const SEVERITY_LOOKS: Readonly<Record<Severity, Look>> = {
  critical: { glyph: 'error', tone: 'k-error' },
  major: { glyph: 'refused', tone: 'k-error' },
  minor: { glyph: 'refused', tone: 'k-warn' },
  info: { glyph: 'meta', tone: 'k-meta' },
};

const BLOCK_LOOKS: Readonly<Record<string, Look>> = {
  text: { glyph: 'text', tone: 'k-text' },
  refusal: { glyph: 'cancelled', tone: 'k-warn' },
  reasoning: { glyph: 'reasoning', tone: 'k-reason' },
  hidden: { glyph: 'hidden', tone: 'k-reason' },
  tool: { glyph: 'tool', tone: 'k-tool' },
  server_tool: { glyph: 'tool', tone: 'k-tool' },
  server_tool_result: { glyph: 'end', tone: 'k-tool' },
  error: { glyph: 'error', tone: 'k-error' },
  end: { glyph: 'end', tone: 'k-meta' },
};

/** A row's or a block's kind. */
export const blockLook = (kind: string): Look => BLOCK_LOOKS[kind] ?? { glyph: 'meta', tone: 'k-meta' };

/** Set as code: data, not prose. */
export const isCode = (kind: string): boolean => kind !== 'text' && kind !== 'reasoning' && kind !== 'refusal';
