/** A row of tabs with the line under the chosen one; what they show is the caller's business. */
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { Tabs as Base } from '@base-ui/react/tabs';
import { ChevronDown } from 'lucide-react';
import { Icon } from './Icon.tsx';
import { Menu } from './Menu.tsx';
import { withoutRoom, type Tab } from './tabs-room.ts';
import './tabs.css';

/** Width of the button of `AllTabs` before it is there. */
const BUTTON = 28;

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
  const left = useWithoutRoom(list, tabs, chosen);
  return (
    <Base.Root value={chosen} onValueChange={(id) => onChoose(String(id))} className={`tabbed ${className}`}>
      <div className="tabs">
        <Base.List ref={list} className="tabs-list" aria-label={label} activateOnFocus>
          {tabs.map((tab) => (
            <Base.Tab key={tab.id} value={tab.id} className={left.has(tab.id) ? 'tab left' : 'tab'}>
              {tab.title}
              {tab.count !== undefined && <span className="quiet">{tab.count}</span>}
            </Base.Tab>
          ))}
        </Base.List>
        {(left.size > 0 || end !== undefined) && (
          <div className="tabs-end">
            {left.size > 0 && <AllTabs tabs={tabs} label={label} onChoose={onChoose} />}
            {end}
          </div>
        )}
      </div>
      <Base.Panel value={chosen} className="tab-panel" tabIndex={-1}>
        {children}
      </Base.Panel>
    </Base.Root>
  );
}

/** What the row has no room for is in reach, with its count. */
function AllTabs({ tabs, label, onChoose }: Pick<TabsProps, 'tabs' | 'label' | 'onChoose'>) {
  return (
    <Menu
      label={`${label}: all tabs`}
      items={tabs.map(({ id, title, count }) => ({
        label: count === undefined ? title : `${title} ${count}`,
        onSelect: () => onChoose(id),
      }))}
      trigger={
        <button type="button" className="btn plain icon tabs-all">
          <Icon of={ChevronDown} />
        </button>
      }
    />
  );
}

const NONE: ReadonlySet<string> = new Set();

/** The same of tabs as they are drawn. One that is left out keeps its width, out of sight. */
function useWithoutRoom(
  list: RefObject<HTMLElement | null>,
  tabs: readonly Tab[],
  chosen: string,
): ReadonlySet<string> {
  const [left, setLeft] = useState(NONE);
  const latest = useRef({ tabs, chosen });
  const look = useRef(() => {
    const row = list.current!.parentElement!;
    const { paddingLeft, paddingRight } = getComputedStyle(row);
    const end = row.querySelector<HTMLElement>('.tabs-end')?.offsetWidth ?? 0;
    const button = row.querySelector<HTMLElement>('.tabs-all')?.offsetWidth ?? 0;
    const room = row.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight) - (end - button);
    const drawn = latest.current.tabs.map((tab, at) => ({
      ...tab,
      width: (list.current!.children[at] as HTMLElement).offsetWidth,
    }));
    const all = withoutRoom(drawn, latest.current.chosen, room);
    const next = all.size === 0 ? all : withoutRoom(drawn, latest.current.chosen, room - (button || BUTTON));
    setLeft((before) => ([...next].join() === [...before].join() ? before : next));
  });
  const looked = useRef('');
  useLayoutEffect(() => {
    latest.current = { tabs, chosen };
    // Looking has the whole page laid out at once: only where a tab may have got another width, and not for another count of the
    // same length, whose digits are all as wide. Which one is chosen matters where not all have room.
    const widths = [
      left.size > 0 ? chosen : '',
      ...tabs.map(({ id, title, count }) => `${id} ${title} ${count?.length}`),
    ].join();
    if (looked.current === widths) return;
    looked.current = widths;
    look.current();
  }, [tabs, chosen, left]);
  useEffect(() => {
    const observer = new ResizeObserver(() => look.current());
    const row = list.current!.parentElement!;
    for (const one of [row, ...row.children, ...list.current!.children]) observer.observe(one);
    return () => observer.disconnect();
  }, [list]);
  return left;
}
