/** A menu behind a button. Items are data; what they do is a command's business wherever there is one. */
import type { ReactElement } from 'react';
import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import { Icon } from './Icon.tsx';
import { Key } from './Key.tsx';
import './menu.css';

export interface MenuItem {
  readonly label: string;
  readonly onSelect: () => void;
  readonly chord?: string | undefined;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  /** A choice that is on or off; the menu stays open when it is made. */
  readonly checked?: boolean;
  /** One of several, of which one is in force; the menu closes when it is chosen. */
  readonly chosen?: boolean;
  /** In small print below it. */
  readonly note?: string;
  /** A line above it. */
  readonly group?: boolean;
}

export function Menu({
  trigger,
  items,
  label,
}: {
  readonly trigger: ReactElement;
  readonly items: readonly MenuItem[];
  readonly label: string;
}) {
  const rows = items.map((item) => <MenuRow key={item.label} item={item} />);
  const chosen = items.find((item) => item.chosen);
  return (
    <Base.Root>
      <Base.Trigger render={trigger} aria-label={label} />
      {/* A landmark: what is in none is passed over by who walks through them. */}
      <Base.Portal role="region" aria-label={label}>
        <Base.Positioner sideOffset={4} align="end" className="menu-layer">
          <Base.Popup className="menu">
            {chosen ? <Base.RadioGroup value={chosen.label}>{rows}</Base.RadioGroup> : rows}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function MenuRow({ item }: { readonly item: MenuItem }) {
  return (
    <>
      {item.group === true && <Base.Separator className="menu-line" />}
      <MenuChoice item={item} />
    </>
  );
}

function MenuChoice({ item }: { readonly item: MenuItem }) {
  const disabled = item.disabled ?? false;
  const tick = <Icon of={Check} size={14} />;
  if (item.chosen !== undefined)
    return (
      <Base.RadioItem
        className="menu-item check"
        value={item.label}
        disabled={disabled}
        closeOnClick
        onClick={item.onSelect}
      >
        <span className="menu-tick">
          <Base.RadioItemIndicator>{tick}</Base.RadioItemIndicator>
        </span>
        <Words item={item} />
      </Base.RadioItem>
    );
  if (item.checked !== undefined)
    return (
      <Base.CheckboxItem
        className="menu-item check"
        checked={item.checked}
        disabled={disabled}
        onCheckedChange={item.onSelect}
      >
        <span className="menu-tick">
          <Base.CheckboxItemIndicator>{tick}</Base.CheckboxItemIndicator>
        </span>
        <Words item={item} />
      </Base.CheckboxItem>
    );
  return (
    <Base.Item
      className={item.danger === true ? 'menu-item k k-error' : 'menu-item'}
      disabled={disabled}
      onClick={item.onSelect}
    >
      {item.label}
      {item.chord !== undefined && <Key chord={item.chord} />}
    </Base.Item>
  );
}

const Words = ({ item }: { readonly item: MenuItem }) => (
  <span>
    {item.label}
    {item.note !== undefined && <small>{item.note}</small>}
  </span>
);
