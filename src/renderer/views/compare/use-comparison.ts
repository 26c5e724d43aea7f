/** The comparison of the shown trace's lanes, and steps from finding to finding. */
import { useCallback, useEffect, useState } from 'react';
import type { CompareResult } from '../../../shared/compare/result.ts';
import { useCommand } from '../../commands/commands.ts';
import { chooseFinding, forgetFinding, useCompare } from '../../stores/compare.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import type { TraceSession } from '../../stores/trace.ts';

export interface Comparison {
  readonly result: CompareResult | null;
  /** Why there is none. */
  readonly problem: string | null;
  readonly retry: () => void;
}

/** Loads it once the stream is over. */
export function useComparison(): Comparison {
  const session = useSession();
  const result = useTrace((trace) => trace.compare);
  const ended = useTrace((trace) => trace.phase === 'ended' || session.whole !== undefined);
  const [failed, setFailed] = useState<{ readonly session: TraceSession; readonly sentence: string } | null>(null);
  const load = useCallback(() => {
    session
      .loadCompare()
      .catch((error: unknown) =>
        setFailed({ session, sentence: error instanceof Error ? error.message : String(error) }),
      );
  }, [session]);
  useEffect(() => {
    if (ended) load();
  }, [ended, load]);
  const retry = () => {
    setFailed(null);
    load();
  };
  return { result, problem: failed?.session === session ? failed.sentence : null, retry };
}

/** n and N: the next and the previous finding, from the chosen one, round the ends. */
export function useDivergences(result: CompareResult | null): void {
  const session = useSession();
  // Numbers name findings of one reading.
  // oxlint-disable-next-line react/exhaustive-effect-dependencies
  useEffect(() => forgetFinding, [session]);
  const findings = result?.findings ?? [];
  const step = (by: 1 | -1) => {
    const now = findings.findIndex(({ number }) => number === useCompare.getState().finding);
    const next = now < 0 ? (by === 1 ? 0 : findings.length - 1) : (now + by + findings.length) % findings.length;
    if (findings[next]) chooseFinding(findings[next]);
  };
  useCommand('compare.next', () => step(1), findings.length > 0);
  useCommand('compare.previous', () => step(-1), findings.length > 0);
}
