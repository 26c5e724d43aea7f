/** What is said in runs and has the typed words: asked of the program while somebody types, and given up when the words change. */
import { useEffect, useState } from 'react';
import { LONGEST_SEARCH } from '../../../shared/model/search.ts';
import type { SearchHit } from '../../../shared/rpc/contract.ts';
import { client } from '../../client/client.ts';

/** Between two keys of somebody who types on. */
const TYPING_MS = 120;
/** Until what was not prepared yet is asked for again. */
const AGAIN_MS = 1000;
/** A single character stands in everything. */
const FEWEST = 2;
const MOST = 40;

export interface Hits {
  readonly text: string;
  /** The newest first. */
  readonly hits: readonly SearchHit[];
  readonly done: boolean;
  /** Some runs are not searched yet. */
  readonly behind: boolean;
  /** Why it could not be searched. */
  readonly problem: string | null;
}

const NONE: Hits = { text: '', hits: [], done: true, behind: false, problem: null };

/** Those of the words before stay until the first of these come. */
export function useHits(typed: string): Hits {
  const text = typed.trim().slice(0, LONGEST_SEARCH);
  const [found, setFound] = useState<Hits>(NONE);
  useEffect(() => {
    if (text.length < FEWEST) return;
    let stop = () => {};
    let timer = setTimeout(ask, TYPING_MS);
    function ask(): void {
      let fresh = true;
      stop = client().subscribe(
        'traces.search',
        { text, limit: MOST },
        {
          items(batches) {
            const { done, behind } = batches.at(-1)!;
            const more = batches.flatMap((batch) => batch.hits);
            const first = fresh;
            fresh = false;
            setFound((before) => ({
              text,
              hits: first ? more : [...before.hits, ...more],
              done,
              behind,
              problem: null,
            }));
            if (done && behind) timer = setTimeout(ask, AGAIN_MS);
          },
          error: ({ message }) => setFound({ ...NONE, text, problem: message }),
        },
      );
    }
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [text]);
  return text.length < FEWEST ? NONE : found;
}
