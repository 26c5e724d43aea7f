/** What a pasted text or a file holds, asked anew whenever it changes. */
import { useEffect, useMemo, useState } from 'react';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { ImportInput } from '../../stores/app.ts';
import { recognize, type ImportSource, type Recognized } from './import-stream.ts';

export type Recognition =
  | { readonly state: 'nothing' | 'asking' }
  | { readonly state: 'found'; readonly found: Recognized }
  /** `code`: of the error; `unknown-api` is the one that a choice of the API cures. */
  | { readonly state: 'refused'; readonly code: string; readonly sentence: string };

/** While somebody types, each letter would ask. */
const AFTER_MS = 150;

/** `known`: what the dialog was opened with, which is not asked for again. */
export function useRecognized(source: ImportSource | null, api: string | undefined, known: ImportInput): Recognition {
  const [answer, setAnswer] = useState<{ readonly to: object; readonly says: Recognition }>();
  const question = useMemo(() => (source === null ? null : { source, api }), [source, api]);
  const found = source !== null && source === known.source && api === undefined ? known.found : undefined;
  useEffect(() => {
    if (question === null || found !== undefined) return undefined;
    let current = true;
    const ask = async (): Promise<void> => {
      const says = await recognition(question.source, question.api);
      if (current) setAnswer({ to: question, says });
    };
    const timer = setTimeout(() => void ask(), AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [question, found]);
  if (question === null) return { state: 'nothing' };
  if (found !== undefined) return { state: 'found', found };
  return answer?.to === question ? answer.says : { state: 'asking' };
}

async function recognition(source: ImportSource, api: string | undefined): Promise<Recognition> {
  try {
    return { state: 'found', found: await recognize(source, api) };
  } catch (error) {
    const code = error instanceof ServiceError ? error.code : 'internal';
    return { state: 'refused', code, sentence: error instanceof Error ? error.message : String(error) };
  }
}
