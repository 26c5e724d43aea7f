/** The parts of a RowGrid's rows that do not depend on what they list. */
import type { MouseEvent, ReactNode } from 'react';
import { ChevronDown, ChevronRight, ChevronUp } from 'lucide-react';
import { Icon } from './Icon.tsx';
import type { RowPlace } from './RowGrid.tsx';

interface GridRowProps extends RowPlace {
  /** Class of the line, which gives it its columns; the first is that of the arrow. */
  readonly line: string;
  readonly active: boolean;
  /** Belongs to the active row without being it. */
  readonly same?: boolean;
  readonly open: boolean;
  readonly onPick: () => void;
  readonly onOpen: () => void;
  /** Stands below the line while the row is open. */
  readonly below: ReactNode;
  /** The cells after the arrow. */
  readonly children: ReactNode;
}

/** A row in one line that opens in place, by its arrow or a double click. */
export function GridRow({
  id,
  rowIndex,
  top,
  height,
  line,
  active,
  same = false,
  open,
  onPick,
  onOpen,
  below,
  children,
}: GridRowProps) {
  const toggle = (click: MouseEvent) => {
    click.stopPropagation();
    onOpen();
  };
  return (
    <div
      id={id}
      className={['grid-row', active && 'active', same && 'same'].filter(Boolean).join(' ')}
      role="row"
      aria-rowindex={rowIndex}
      aria-selected={active}
      style={{ transform: `translateY(${top}px)`, height }}
      onClick={onPick}
      onDoubleClick={toggle}
    >
      <div className={`grid-line ${line}`}>
        <span role="gridcell">
          <button
            type="button"
            className="grid-toggle"
            tabIndex={-1}
            aria-expanded={open}
            aria-label={open ? 'Close' : 'Open'}
            onClick={toggle}
            onDoubleClick={(click) => click.stopPropagation()}
          >
            <Icon of={open ? ChevronDown : ChevronRight} size={12} />
          </button>
        </span>
        {children}
      </div>
      {open && (
        <div key={id} role="gridcell">
          {below}
        </div>
      )}
    </div>
  );
}

export interface GridColumn {
  readonly title: string;
  /** For a screen reader, where no title is shown. */
  readonly name?: string;
  /** Numbers stand at the right. */
  readonly num?: boolean;
  /** Left out where the grid is narrow. */
  readonly far?: boolean;
  /** Rows can be sorted by it; `none`: they are not now. */
  readonly sort?: { readonly now: 'ascending' | 'descending' | 'none'; readonly onSort: () => void };
}

/** The titles of the columns, above the rows. */
export function GridHead({ line, columns }: { readonly line: string; readonly columns: readonly GridColumn[] }) {
  return (
    <div className={`grid-head grid-line ${line}`} role="row">
      {columns.map(({ title, name, num, far, sort }, at) => (
        <span
          key={at}
          className={[num && 'num', far && 'far'].filter(Boolean).join(' ') || undefined}
          role="columnheader"
          aria-sort={sort?.now}
        >
          {sort ? (
            <button type="button" className="grid-sort" title="Sort by this column" onClick={sort.onSort}>
              {title}
              {sort.now !== 'none' && <Icon of={sort.now === 'descending' ? ChevronDown : ChevronUp} size={12} />}
            </button>
          ) : (
            title
          )}
          {name !== undefined && <span className="unseen">{name}</span>}
        </span>
      ))}
    </div>
  );
}
