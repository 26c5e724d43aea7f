/** What a pasted text or a file holds, asked anew whenever it changes. */
import { useEffect, useMemo, useState } from 'react';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { AskedImport, ImportInput } from '../../stores/app.ts';
import type { ImportSource } from './import-source.ts';
import { askAbout, type Recognized } from './import-stream.ts';

export type Recognition =
  | { readonly state: 'nothing' | 'asking' }
  | { readonly state: 'found'; readonly found: Recognized }
  /** `code`: of the error; `unknown-api` is the one that a choice of the API cures. */
  | { readonly state: 'refused'; readonly code: string; readonly sentence: string };

/** While somebody types, each letter would ask. */
const AFTER_MS = 150;

/** `known`: what the dialog was opened with, and perhaps what was asked about it, which is not asked again. */
export function useRecognized(source: ImportSource | null, api: string | undefined, known: ImportInput): Recognition {
  const [answer, setAnswer] = useState<{ readonly to: object; readonly says: Recognition }>();
  const question = useMemo(() => (source === null ? null : { source, api }), [source, api]);
  const { source: knownSource, asked: knownAsked } = known;
  useEffect(() => {
    if (question === null) return undefined;
    let current = true;
    const before = question.source === knownSource && question.api === undefined ? knownAsked : undefined;
    let asked: AskedImport | undefined;
    const ask = async (): Promise<void> => {
      asked = before ?? askAbout(question.source, question.api);
      const says = await recognition(asked);
      if (current) setAnswer({ to: question, says });
    };
    const timer = setTimeout(() => void ask(), before ? 0 : AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
      asked?.cancel();
    };
  }, [question, knownSource, knownAsked]);
  if (question === null) return { state: 'nothing' };
  return answer?.to === question ? answer.says : { state: 'asking' };
}

async function recognition({ answer }: AskedImport): Promise<Recognition> {
  try {
    return { state: 'found', found: await answer };
  } catch (error) {
    const code = error instanceof ServiceError ? error.code : 'internal';
    return { state: 'refused', code, sentence: error instanceof Error ? error.message : String(error) };
  }
}
