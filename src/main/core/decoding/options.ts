/** Adapter options as a key: equal text for options that give equal readings. */
import type { AdapterOptions } from '../../../shared/model/trace.ts';

/** `requires_approval_tools` is a set; the order of its names means nothing. */
export const canonical = ({
  use_assistant_message,
  put_inner_thoughts_in_kwarg,
  requires_approval_tools,
}: AdapterOptions): string =>
  JSON.stringify([use_assistant_message, put_inner_thoughts_in_kwarg, requires_approval_tools.toSorted()]);

/** `one` absent: as recorded. */
export const sameOptions = (one: AdapterOptions | undefined, other: AdapterOptions): boolean =>
  one === undefined || canonical(one) === canonical(other);
