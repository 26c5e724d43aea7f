/** The framer of a provider's bodies: its framing, and in place of each envelope the frame that it holds. */
import type { Framer } from '../framing/framer.ts';
import { createFramer } from '../framing/registry.ts';
import type { Api, Frame, Framed, Framing } from '../model/stream.ts';
import { PROVIDERS } from './registry.ts';

/** `framing`: the body's, which is the provider's own unless the trace says otherwise. A fresh framer for one body. */
export function framerOf(api: Api, framing: Framing): Framer {
  const framer = createFramer(framing);
  const unwrap = PROVIDERS.get(api)?.unwrap;
  return unwrap ? new UnwrappingFramer(framer, unwrap) : framer;
}

class UnwrappingFramer implements Framer {
  readonly #framer: Framer;
  readonly #unwrap: (frame: Frame) => Frame;

  constructor(framer: Framer, unwrap: (frame: Frame) => Frame) {
    this.#framer = framer;
    this.#unwrap = unwrap;
  }

  feed(read: Parameters<Framer['feed']>[0]): readonly Framed[] {
    return this.#unwrapped(this.#framer.feed(read));
  }

  end(): readonly Framed[] {
    return this.#unwrapped(this.#framer.end());
  }

  #unwrapped(framed: readonly Framed[]): readonly Framed[] {
    return framed.map((one) => (one.type === 'frame' ? { ...one, frame: this.#unwrap(one.frame) } : one));
  }
}
