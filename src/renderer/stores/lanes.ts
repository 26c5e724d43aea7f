/** The lanes of the shown trace, and what lanes are called. */
import { useCallback, useMemo } from 'react';
import { WIRE, type LaneId } from '../../shared/model/messages.ts';
import { useApp } from './app.ts';
import { useTrace } from './open.ts';

const ONLY_WIRE: readonly LaneId[] = [WIRE];

/** Names of lanes; a lane that this program does not know is called by its id. */
export function useLaneName(): (id: LaneId) => string {
  const lanes = useApp((state) => state.info?.lanes);
  return useCallback((id) => lanes?.find((lane) => lane.id === id)?.label ?? id, [lanes]);
}

/** The lanes that read the shown trace, the wire first. */
export function useLanes(): readonly LaneId[] {
  const offered = useApp((state) => state.info?.lanes);
  const api = useTrace((trace) => trace.detail?.api);
  return useMemo(
    () => offered?.filter(({ apis }) => api === undefined || apis.includes(api)).map(({ id }) => id) ?? ONLY_WIRE,
    [offered, api],
  );
}
