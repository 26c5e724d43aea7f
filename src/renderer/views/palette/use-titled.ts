/** Runs whose titles have the typed words, of the whole store: the list knows those that were looked at. */
import { useEffect, useState } from 'react';
import type { TraceRow } from '../../../shared/model/trace.ts';
import { client } from '../../client/client.ts';

/** Between two keys of somebody who types on. */
const TYPING_MS = 120;
const MOST = 20;
/** Longer ones are no titles. */
const LONGEST = 200;

const NONE: readonly TraceRow[] = [];

/** The newest first; those of the words before stay until these come. */
export function useTitled(typed: string): readonly TraceRow[] {
  const text = typed.trim();
  const asks = text !== '' && text.length <= LONGEST;
  const [rows, setRows] = useState(NONE);
  useEffect(() => {
    if (!asks) return;
    let gone = false;
    const timer = setTimeout(() => {
      client()
        .call('traces.list', { filter: filterOf(text), limit: MOST })
        // Whatever is wrong with the list is said where the list is.
        .then(
          (page) => !gone && setRows(page.rows),
          () => undefined,
        );
    }, TYPING_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [asks, text]);
  return asks ? rows : NONE;
}

const filterOf = (text: string): string =>
  text
    .split(/\s+/)
    .map((word) => `title:"${word.replace(/["\\]/g, String.raw`\$&`)}"`)
    .join(' ');
