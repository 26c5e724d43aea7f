/** What would leave, asked anew whenever the choice changes; what is not wanted any more is given up. */
import { useEffect, useState } from 'react';
import type { ParamsOf, ResultOf } from '../../../shared/rpc/contract.ts';
import { client } from '../../client/client.ts';

export type ExportChoice = ParamsOf<'exports.preview'>;
export type ExportPreview = ResultOf<'exports.preview'>;

export interface PreviewOf {
  /** The last one that came: while another is asked for it is that of the choice before. */
  readonly preview: ExportPreview | null;
  /** It is that of the choice. */
  readonly current: boolean;
  readonly problem: string | null;
}

/** `choice`: the same object as long as nothing of it changes. */
export function useExportPreview(choice: ExportChoice): PreviewOf {
  const [told, setTold] = useState<{ readonly of: ExportChoice } & Omit<PreviewOf, 'current'>>();
  useEffect(() => {
    const caller = new AbortController();
    client()
      .call('exports.preview', choice, caller.signal)
      .then(
        (preview) => setTold({ of: choice, preview, problem: null }),
        (error: unknown) =>
          !caller.signal.aborted &&
          setTold({ of: choice, preview: null, problem: error instanceof Error ? error.message : String(error) }),
      );
    return () => caller.abort();
  }, [choice]);
  return { preview: told?.preview ?? null, problem: told?.problem ?? null, current: told?.of === choice };
}
