/** The program's short names for what a trace is and how it ended. */
import type { EventKind } from '../../shared/model/stream.ts';
import type { TerminalState, TraceRow } from '../../shared/model/trace.ts';
import type { GlyphName } from './Glyph.tsx';

export interface StateLook {
  readonly glyph: GlyphName;
  readonly tone: string;
  /** The tone of its name: `wait` is a colour for marks, too faint for text. */
  readonly textTone?: string;
  readonly label: string;
}

/** States differ by shape first, colour second. */
const STATE_LOOKS: Readonly<Record<TerminalState | 'live' | 'cut' | 'refused' | 'damaged', StateLook>> = {
  live: { glyph: 'live', tone: 'k-sel', label: 'Live' },
  complete: { glyph: 'complete', tone: 'k-ok', label: 'Complete' },
  'provider-error': { glyph: 'error', tone: 'k-error', label: 'Provider error' },
  'http-error': { glyph: 'refused', tone: 'k-error', label: 'HTTP error' },
  truncated: { glyph: 'truncated', tone: 'k-warn', label: 'Truncated' },
  reset: { glyph: 'never', tone: 'k-error', label: 'Connection lost' },
  cut: { glyph: 'never', tone: 'k-error', label: 'Cut before a response' },
  refused: { glyph: 'never', tone: 'k-wait', textTone: 'k-meta', label: 'No response' },
  stalled: { glyph: 'stalled', tone: 'k-warn', label: 'Stalled' },
  cancelled: { glyph: 'cancelled', tone: 'k-wait', textTone: 'k-meta', label: 'Cancelled' },
  'not-a-stream': { glyph: 'not-a-stream', tone: 'k-warn', label: 'Not a stream' },
  limit: { glyph: 'limit', tone: 'k-warn', label: 'Limit' },
  damaged: { glyph: 'error', tone: 'k-error', label: 'Damaged' },
};

/** A kind of event, or of block, to its colour class. */
export const KIND_TONES: Readonly<Record<EventKind, string>> = {
  start: 'k-meta',
  reasoning: 'k-reason',
  text: 'k-text',
  tool: 'k-tool',
  usage: 'k-meta',
  finish: 'k-meta',
  ping: 'k-meta',
  error: 'k-error',
  done: 'k-meta',
  meta: 'k-meta',
  unknown: 'k-warn',
};

/** A kind of event to its drawing. */
export const KIND_GLYPHS: Readonly<Record<EventKind, GlyphName>> = {
  start: 'meta',
  reasoning: 'reasoning',
  text: 'text',
  tool: 'tool',
  usage: 'meta',
  finish: 'end',
  ping: 'meta',
  error: 'error',
  done: 'end',
  meta: 'meta',
  unknown: 'refused',
};

/**
 * How a row's state looks. A request that failed without a status got no response, for want of a connection or of patience;
 * one whose connection broke had been sent.
 */
export function lookOf(
  row: Pick<TraceRow, 'ending' | 'metrics' | 'damaged'> & { readonly httpStatus?: number | undefined },
): StateLook {
  const { ending, httpStatus, metrics, damaged } = row;
  if (damaged !== undefined) return STATE_LOOKS.damaged;
  if (!ending) return STATE_LOOKS.live;
  const unanswered = httpStatus === undefined && metrics.reads === 0;
  if (unanswered && ending.state === 'http-error') return STATE_LOOKS.refused;
  return STATE_LOOKS[unanswered && ending.state === 'reset' ? 'cut' : ending.state];
}
