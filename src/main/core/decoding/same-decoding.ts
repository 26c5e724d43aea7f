/** Decodings as keys: equal text for those that give equal items. */
import type { Decoding, TraceDetail } from '../../../shared/model/trace.ts';

type Recorded = Pick<TraceDetail, 'options' | 'lanes'>;

/** `requires_approval_tools` is a set; the order of its names means nothing. Nor does that of the lanes. */
export function decodingKey({ options, lanes }: Decoding, recorded: Recorded): string {
  const { use_assistant_message, put_inner_thoughts_in_kwarg, requires_approval_tools } = options ?? recorded.options;
  return JSON.stringify([
    use_assistant_message,
    put_inner_thoughts_in_kwarg,
    requires_approval_tools.toSorted(),
    (lanes ?? recorded.lanes).toSorted(),
  ]);
}

export const isAsRecorded = (decoding: Decoding, recorded: Recorded): boolean =>
  decodingKey(decoding, recorded) === decodingKey({}, recorded);
