/** An event that a listener may prevent, as Electron's are. */
import type { EventEmitter } from 'node:events';

/** Emits it with the rest of the arguments; true when it was prevented. */
export function emitPreventable(
  target: EventEmitter,
  name: string,
  params: Readonly<Record<string, unknown>> = {},
  ...rest: readonly unknown[]
): boolean {
  let prevented = false;
  const event = {
    ...params,
    get defaultPrevented() {
      return prevented;
    },
    preventDefault() {
      prevented = true;
    },
  };
  target.emit(name, event, ...rest);
  return prevented;
}
