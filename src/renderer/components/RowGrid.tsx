/**
 * A long list of rows of known height, of which only those in view exist: Up and Down (j and k) move, Enter opens, and the
 * moves stop at the ends. The run list keeps its own arrows while the focus is in it.
 */
import {
  Fragment,
  useEffect,
  useMemo,
  useSyncExternalStore,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import { useCommand } from '../commands/commands.ts';
import { RowLayout, type RowHeights } from './row-layout.ts';
import { useRowsInView } from './use-rows-in-view.ts';
import './row-grid.css';

export interface RowPlace {
  readonly id: string;
  readonly rowIndex: number;
  readonly top: number;
  readonly height: number;
}

/** Height of what stands above the rows: they begin below it, and scroll under it. */
const HEAD = 25;

interface RowGridProps {
  readonly label: string;
  /** Prefix of the rows' element ids. */
  readonly name: string;
  readonly count: number;
  readonly heights: RowHeights;
  readonly render: (at: number, place: RowPlace) => ReactNode;
  /** The row the keys act on; −1: none yet. It is brought into view when it changes. */
  readonly active: number;
  readonly onMove: (at: number) => void;
  readonly onOpen: (at: number) => void;
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Stands above the rows and stays there, 24 px and a line high. */
  readonly head: ReactNode;
}

export function RowGrid({ label, name, count, heights, render, active, onMove, onOpen, scroller, head }: RowGridProps) {
  const layout = useMemo(() => new RowLayout(count, heights), [count, heights]);
  const { first, end, slotOf, look } = useRowsInView(scroller, layout);
  useEffect(() => {
    if (active < 0) return;
    bringIntoView(scroller.current!, layout, active);
    look();
    // Not when rows are added: whoever has scrolled away stays there.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [active, heights, look, scroller]);
  useKeptInView(scroller, active >= 0 ? `${name}-${active}` : null);
  useFocusOnArrival(scroller);

  const listFocused = useFocusInRunList();
  const move = (to: number): void => {
    if (count === 0) return;
    onMove(Math.min(Math.max(to, 0), count - 1));
    scroller.current?.focus({ preventScroll: true });
  };
  useCommand('list.next', () => move(active + 1), !listFocused);
  useCommand('list.previous', () => move(active < 0 ? count - 1 : active - 1), !listFocused);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    // Keys of what stands inside a row are not the grid's.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(event.currentTarget.clientHeight / layout.heightOf(Math.max(active, 0))) - 1);
    const to = { Home: 0, End: count - 1, PageDown: active + page, PageUp: active - page }[event.key];
    if (to !== undefined) move(to);
    else if (event.key === 'Enter' && active >= 0) onOpen(active);
    else return;
    event.preventDefault();
  };

  return (
    <div
      className="row-grid"
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={count}
      tabIndex={0}
      aria-activedescendant={active >= first && active < end ? `${name}-${active}` : undefined}
      onKeyDown={onKeyDown}
    >
      {head}
      <div className="row-grid-all" role="rowgroup" style={{ height: layout.height }}>
        {Array.from({ length: Math.max(0, end - first) }, (_, n) => (
          <Fragment key={slotOf(first + n)}>
            {render(first + n, {
              id: `${name}-${first + n}`,
              rowIndex: first + n + 1,
              top: layout.topOf(first + n),
              height: layout.heightOf(first + n),
            })}
          </Fragment>
        ))}
      </div>
    </div>
  );
}

/** A row that is in view stays so when the list loses height, as when the inspector unfolds below it. `row`: its element's id. */
function useKeptInView(scroller: RefObject<HTMLElement | null>, row: string | null): void {
  useEffect(() => {
    const list = scroller.current!;
    if (row === null) return;
    let height = list.clientHeight;
    const observer = new ResizeObserver(() => {
      const before = height;
      height = list.clientHeight;
      const place = document.getElementById(row)?.getBoundingClientRect();
      if (!place || height >= before) return;
      const bottom = place.bottom - list.getBoundingClientRect().top;
      if (bottom > HEAD && bottom <= before) document.getElementById(row)!.scrollIntoView({ block: 'nearest' });
    });
    observer.observe(list);
    return () => observer.disconnect();
  }, [scroller, row]);
}

/** Scrolls as little as that takes. */
function bringIntoView(element: HTMLElement, layout: RowLayout, at: number): void {
  const top = layout.topOf(at);
  const lowest = HEAD + top + layout.heightOf(at) - element.clientHeight;
  if (element.scrollTop > top) element.scrollTop = top;
  else if (element.scrollTop < lowest) element.scrollTop = lowest;
}

/** Whether the focus is in the run list. */
function useFocusInRunList(): boolean {
  return useSyncExternalStore(
    (changed) => {
      document.addEventListener('focusin', changed);
      document.addEventListener('focusout', changed);
      return () => {
        document.removeEventListener('focusin', changed);
        document.removeEventListener('focusout', changed);
      };
    },
    () => document.activeElement?.closest('[data-pane="list"]') !== null && document.activeElement !== null,
  );
}

/**
 * A tab that was clicked gives its view the keys, and so does the panel of one that was asked for by a command; a tab that
 * was reached by key keeps them, so that the tabs can be walked through.
 */
export function useFocusOnArrival(target: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const from = document.activeElement;
    const clicked = from?.matches('[role="tab"]') === true && !from.matches(':focus-visible');
    const panel = from?.matches('[role="tabpanel"]') === true && from.contains(target.current);
    if (clicked || panel) target.current?.focus({ preventScroll: true });
  }, [target]);
}
