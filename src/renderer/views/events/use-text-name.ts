/** The name of the shown trace's bytes as text, which commands to copy them carry. */
import { FRAMINGS } from '../../../shared/framing/registry.ts';
import { useTrace } from '../../stores/open.ts';

/** Such as "SSE". Null when they are no text, or while the trace is loading. */
export const useTextName = (): string | null =>
  useTrace(({ detail }) => (detail ? FRAMINGS[detail.framing].asText : null));
