/** One of several values, chosen from a list that opens. */
import { Select as Base } from '@base-ui/react/select';
import { ChevronsUpDown } from 'lucide-react';
import { Icon } from './Icon.tsx';
import type { ControlIds } from './FormField.tsx';
import './field.css';
import './form.css';
import './menu.css';

export interface SelectOption {
  readonly value: string;
  readonly label: string;
  /** In small print at its end. */
  readonly note?: string;
}
export interface SelectGroup {
  /** Heading of the group; '' for none. */
  readonly title: string;
  readonly options: readonly SelectOption[];
}

interface SelectProps {
  readonly ids: ControlIds;
  readonly groups: readonly SelectGroup[];
  /** null: nothing is chosen. */
  readonly value: string | null;
  readonly placeholder: string;
  readonly onChoose: (value: string) => void;
}

export function Select({ ids, groups, value, placeholder, onChoose }: SelectProps) {
  const options = groups.flatMap((group) => group.options);
  const chosen = options.find((option) => option.value === value);
  return (
    <Base.Root value={value} onValueChange={(next) => next !== null && onChoose(next)}>
      <Base.Trigger className="field select" {...ids}>
        <span className={chosen ? 'cut' : 'cut quiet'}>{chosen?.label ?? placeholder}</span>
        <Icon of={ChevronsUpDown} size={12} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="start" alignItemWithTrigger={false} className="menu-layer">
          <Base.Popup className="menu select-popup">
            {groups.map((group) => (
              <Base.Group key={group.title}>
                {group.title !== '' && <Base.GroupLabel className="select-group">{group.title}</Base.GroupLabel>}
                {group.options.map((option) => (
                  <Base.Item key={option.value} value={option.value} className="menu-item">
                    <Base.ItemText className="cut">{option.label}</Base.ItemText>
                    {option.note !== undefined && <small>{option.note}</small>}
                  </Base.Item>
                ))}
              </Base.Group>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
