/** The tabs of the centre and the panes of the inspector, in their order: one file and one line each. */
import type { ComponentType } from 'react';
import type { TraceState } from '../stores/trace.ts';
import { liveView } from './live/index.ts';

export interface View {
  /** Stable: kept in links and in the window's state. */
  readonly id: string;
  readonly title: string;
  readonly component: ComponentType;
  /** The count behind its title, from the shown trace. */
  readonly count?: (trace: TraceState) => number | undefined;
}

export const CENTRE_VIEWS: readonly View[] = [liveView];

export const INSPECTOR_PANES: readonly View[] = [];
