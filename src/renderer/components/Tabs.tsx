/** A row of tabs with the line under the chosen one; what they show is the caller's business. */
import { useEffect, useRef, type ReactNode } from 'react';
import { Tabs as Base } from '@base-ui/react/tabs';
import './tabs.css';

export interface Tab {
  readonly id: string;
  readonly title: string;
  /** A count or a chip behind the title. */
  readonly badge?: ReactNode;
}

interface TabsProps {
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  /** Names the tab list. */
  readonly label: string;
  /** At the right end of the row. */
  readonly end?: ReactNode;
  /** The chosen tab's content. */
  readonly children: ReactNode;
  readonly className?: string;
}

export function Tabs({ tabs, chosen, onChoose, label, end, children, className = '' }: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  // A count that comes later makes the tab wider.
  const counted = Boolean(tabs.find(({ id }) => id === chosen)?.badge);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [chosen, counted]);
  return (
    <Base.Root value={chosen} onValueChange={(id) => onChoose(String(id))} className={`tabbed ${className}`}>
      <div className="tabs">
        <Base.List ref={list} className="tabs-list" aria-label={label} activateOnFocus>
          {tabs.map((tab) => (
            <Base.Tab key={tab.id} value={tab.id} className="tab">
              {tab.title}
              {tab.badge}
            </Base.Tab>
          ))}
        </Base.List>
        {end !== undefined && <div className="tabs-end">{end}</div>}
      </div>
      <Base.Panel value={chosen} className="tab-panel" tabIndex={-1}>
        {children}
      </Base.Panel>
    </Base.Root>
  );
}
