/**
 * Panes that are resized by pointer or arrow keys. A group keeps its sizes under its id; only what a person chose is
 * kept, so that a window of another size starts from the sizes of the design.
 */
import type { ReactNode } from 'react';
import { Group, Separator, useDefaultLayout } from 'react-resizable-panels';
import { kept } from '../stores/kept.ts';
import './splitter.css';

export { Panel, usePanelRef } from 'react-resizable-panels';

interface PanesProps {
  readonly id: string;
  readonly direction: 'row' | 'column';
  /** Ids of the panes now in it: each set of panes has its own sizes. */
  readonly panes: readonly string[];
  readonly children: ReactNode;
  readonly className?: string;
}

export function Panes({ id, direction, panes, children, className = '' }: PanesProps) {
  const layout = useDefaultLayout({
    id,
    panelIds: [...panes],
    storage: kept,
    onlySaveAfterUserInteractions: true,
  });
  return (
    <Group id={id} className={className} orientation={direction === 'row' ? 'horizontal' : 'vertical'} {...layout}>
      {children}
    </Group>
  );
}

export function Splitter({ label }: { readonly label: string }) {
  return <Separator className="splitter" aria-label={label} />;
}
