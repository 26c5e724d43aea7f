/** The framings by name. A framing is its file and one line here; its name is stored with each trace. */
import type { Framing } from '../model/stream.ts';
import type { Framer } from './framer.ts';
import { SseFramer } from './sse.ts';

export interface FramingDefinition {
  readonly label: string;
  /** Media types of bodies that are cut this way, in lower case and without parameters, the usual one first. */
  readonly mediaTypes: readonly string[];
  readonly create: () => Framer;
}

export const FRAMINGS: Readonly<Record<Framing, FramingDefinition>> = {
  sse: { label: 'Server-sent events', mediaTypes: ['text/event-stream'], create: () => new SseFramer() },
};

/** A fresh framer for one body. */
export const createFramer = (framing: Framing): Framer => FRAMINGS[framing].create();
