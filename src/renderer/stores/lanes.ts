/** The lanes of the shown trace, those that it could have, and what lanes are called. */
import { useCallback, useMemo } from 'react';
import { WIRE, type LaneId } from '../../shared/model/messages.ts';
import { useApp } from './app.ts';
import type { LaneInfo } from '../../shared/rpc/contract.ts';
import { useSession, useTrace } from './open.ts';

const ONLY_WIRE: readonly LaneId[] = [WIRE];

/** Names of lanes; a lane that this program does not know is called by its id. */
export function useLaneName(): (id: LaneId) => string {
  const lanes = useApp((state) => state.info?.lanes);
  return useCallback((id) => lanes?.find((lane) => lane.id === id)?.label ?? id, [lanes]);
}

const NO_LANES: readonly LaneInfo[] = [];

/** The lanes that can read the shown trace, the wire first. */
export function useOfferedLanes(): readonly LaneInfo[] {
  const lanes = useApp((state) => state.info?.lanes) ?? NO_LANES;
  const api = useTrace((trace) => trace.detail?.api);
  return useMemo(() => lanes.filter(({ apis }) => api === undefined || apis.includes(api)), [lanes, api]);
}

/** The lanes that read the shown trace, the wire first. Until it is known which they are: those that new traces get. */
export function useLanes(): readonly LaneId[] {
  const { decoding } = useSession();
  const recorded = useTrace((trace) => trace.detail?.lanes);
  const fresh = useApp((state) => state.settings?.lanes);
  const offered = useOfferedLanes();
  return useMemo(() => {
    if (decoding.lanes ?? recorded) return decoding.lanes ?? recorded!;
    const likely = offered.map(({ id }) => id).filter((id) => id === WIRE || !fresh || fresh.includes(id));
    return likely.length > 0 ? likely : ONLY_WIRE;
  }, [decoding, recorded, fresh, offered]);
}
