/** Which lanes read the shown trace. The wire always does: the others are read against it. */
import { memo } from 'react';
import { Rows3 } from 'lucide-react';
import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import { Icon } from '../../components/Icon.tsx';
import { Menu, type MenuItem } from '../../components/Menu.tsx';
import { plural } from '../../components/format.ts';
import { useLanes, useOfferedLanes } from '../../stores/lanes.ts';
import { readWithLanes, useTrace } from '../../stores/open.ts';

export const LanePicker = memo(function LanePicker() {
  const offered = useOfferedLanes();
  const chosen = useLanes();
  const recorded = useTrace((trace) => trace.detail?.lanes);
  if (offered.length < 2) return null;
  const toggle = (lane: LaneId) => {
    const after = new Set(chosen);
    if (!after.delete(lane)) after.add(lane);
    const lanes = offered.flatMap(({ id }) => (after.has(id) ? [id] : []));
    readWithLanes(recorded && sameLanes(lanes, recorded) ? null : lanes);
  };
  const items = offered.map(({ id, label, description }): MenuItem => ({
    label,
    note: description,
    checked: chosen.includes(id),
    disabled: id === WIRE,
    onSelect: () => toggle(id),
  }));
  const text = plural(chosen.length, 'lane');
  return (
    <Menu
      label={`${text}. Choose the lanes that read this trace`}
      items={items}
      trigger={
        <button type="button" className="btn plain">
          <Icon of={Rows3} size={14} />
          {text}
        </button>
      }
    />
  );
});

const sameLanes = (a: readonly LaneId[], b: readonly LaneId[]): boolean =>
  a.length === b.length && a.every((id) => b.includes(id));
