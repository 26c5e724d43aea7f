/** The tabs of the centre and the panes of the inspector, in their order: one file and one line each. */
import type { ComponentType } from 'react';
import type { TraceState } from '../stores/trace.ts';
import { compareView, findingsPane } from './compare/index.ts';
import { eventsView } from './events/index.ts';
import { inspectorPanes } from './inspector/panes.ts';
import { liveView } from './live/index.ts';
import { messagesView } from './messages/index.ts';
import { replayView } from './replay/index.ts';

export interface View {
  /** Stable: kept in links and in the window's state. */
  readonly id: string;
  readonly title: string;
  readonly component: ComponentType;
  /** The count behind its title, from the shown trace. */
  readonly count?: (trace: TraceState) => number | undefined;
  /** It has a time axis of its own: the timeline above it is folded while it is shown. */
  readonly ownAxis?: boolean;
}

export const CENTRE_VIEWS: readonly View[] = [liveView, eventsView, messagesView, compareView, replayView];

export const INSPECTOR_PANES: readonly View[] = [...inspectorPanes, findingsPane];
