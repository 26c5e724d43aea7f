/** What the program would do to a request that is being written: asked of it a moment after the last change. */
import { useEffect, useState } from 'react';
import type { EndpointId } from '../../../shared/model/ids.ts';
import type { Api } from '../../../shared/model/stream.ts';
import type { RequestPreview } from '../../../shared/rpc/contract.ts';
import { client } from '../../client/client.ts';

/** Shorter than this is still typing. */
const TYPING_MS = 150;

export interface Preview {
  readonly preview: RequestPreview | null;
  /** Why there is none, as a sentence; null while all is well. */
  readonly problem: string | null;
}

const NOTHING: Preview = { preview: null, problem: null };

/** `text`: null while it is nothing that could be sent; what was known before then stays. */
export function usePreview(
  endpoint: EndpointId | null,
  api: Api,
  text: string | null,
  without: readonly string[],
): Preview {
  const [known, setKnown] = useState<Preview & { readonly of: string }>({ ...NOTHING, of: '' });
  const of = `${endpoint} ${api}`;
  // A draft that nobody has changed is a new one each time.
  const off = JSON.stringify(without);
  useEffect(() => {
    if (endpoint === null || text === null) return;
    let wanted = true;
    const timer = setTimeout(async () => {
      try {
        const preview = await client().call('runs.preview', {
          endpoint,
          api,
          request: text,
          without: JSON.parse(off) as string[],
        });
        if (wanted) setKnown({ preview, problem: null, of });
      } catch (error) {
        if (wanted) setKnown({ preview: null, problem: error instanceof Error ? error.message : String(error), of });
      }
    }, TYPING_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [endpoint, api, text, off, of]);
  // What is known of another endpoint says nothing of this one.
  return known.of === of ? known : NOTHING;
}
