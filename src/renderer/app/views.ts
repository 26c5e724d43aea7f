/** The tabs of the centre and the panes of the inspector, in their order: one file and one entry each. */
import { count } from '../components/format.ts';
import { late } from '../components/late.tsx';
import { LaneGrid } from '../parts/lanes/LaneGrid.tsx';
import type { TraceState } from '../stores/trace.ts';
import { EventPane } from '../views/inspector/EventPane.tsx';
import { RawPane } from '../views/inspector/RawPane.tsx';
import { ReplayView } from '../views/replay/ReplayView.tsx';
import type { View } from '../views/view.ts';

export const CENTRE_VIEWS: readonly View[] = [
  { id: 'live', title: 'Live', component: LaneGrid },
  {
    id: 'events',
    title: 'Events',
    component: late(async () => (await import('../views/events/EventsView.tsx')).EventsView),
    count: ({ model }) => model.events.length || undefined,
  },
  {
    id: 'messages',
    title: 'Messages',
    component: late(async () => (await import('../views/messages/MessagesView.tsx')).MessagesView),
    count: ({ model }) => model.messages.length || undefined,
  },
  {
    id: 'compare',
    title: 'Compare',
    component: late(async () => (await import('../views/compare/CompareView.tsx')).CompareView),
    count: ({ compare }) => compare?.findings.length,
    ownAxis: true,
  },
  {
    id: 'replay',
    title: 'Replay',
    // Never late: a key that is pressed after the tab was chosen is meant for it.
    component: ReplayView,
  },
];

export const INSPECTOR_PANES: readonly View[] = [
  { id: 'event', title: 'Event', component: EventPane, ofEvent: true },
  {
    id: 'message',
    title: 'Message',
    component: late(async () => (await import('../views/inspector/MessagePane.tsx')).MessagePane),
    ofEvent: true,
  },
  // Never late: the bytes stay in reach, whatever does not load.
  { id: 'raw', title: 'Raw', component: RawPane },
  {
    id: 'request',
    title: 'Request',
    component: late(async () => (await import('../views/inspector/RequestPane.tsx')).RequestPane),
  },
  {
    id: 'exchange',
    title: 'Exchange',
    component: late(async () => (await import('../views/inspector/ExchangePane.tsx')).ExchangePane),
    offered: ({ detail }) => detail?.capture !== undefined,
  },
  {
    id: 'usage',
    title: 'Usage',
    component: late(async () => (await import('../views/inspector/UsagePane.tsx')).UsagePane),
  },
  {
    id: 'lint',
    title: 'Lint',
    component: late(async () => (await import('../views/inspector/LintPane.tsx')).LintPane),
    count: ({ compare }) => compare?.lint.length || undefined,
  },
  {
    id: 'findings',
    title: 'Findings',
    component: late(async () => (await import('../views/compare/Findings.tsx')).Findings),
    count: ({ compare }) => compare?.findings.length,
  },
];

const uncounted = new WeakSet<View>();

/** The count behind the title, without blanks; '' where there is none. A view that cannot count keeps its tab. */
export function countOf(view: View, trace: TraceState): string {
  try {
    const counted = view.count?.(trace);
    return counted === undefined ? '' : count(counted);
  } catch (error) {
    if (!uncounted.has(view)) reportError(error);
    uncounted.add(view);
    return '';
  }
}

export const isOffered = ({ offered }: View, trace: TraceState): boolean => offered?.(trace) ?? true;
