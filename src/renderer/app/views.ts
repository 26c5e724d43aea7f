/** The tabs of the centre and the panes of the inspector, in their order: one file and one entry each. */
import { LaneGrid } from '../parts/lanes/LaneGrid.tsx';
import { CompareView } from '../views/compare/CompareView.tsx';
import { Findings } from '../views/compare/Findings.tsx';
import { EventsView } from '../views/events/EventsView.tsx';
import { EventPane } from '../views/inspector/EventPane.tsx';
import { LintPane } from '../views/inspector/LintPane.tsx';
import { MessagePane } from '../views/inspector/MessagePane.tsx';
import { RawPane } from '../views/inspector/RawPane.tsx';
import { RequestPane } from '../views/inspector/RequestPane.tsx';
import { UsagePane } from '../views/inspector/UsagePane.tsx';
import { MessagesView } from '../views/messages/MessagesView.tsx';
import { ReplayView } from '../views/replay/ReplayView.tsx';
import type { View } from '../views/view.ts';

export const CENTRE_VIEWS: readonly View[] = [
  { id: 'live', title: 'Live', component: LaneGrid },
  { id: 'events', title: 'Events', component: EventsView, count: ({ model }) => model.events.length || undefined },
  {
    id: 'messages',
    title: 'Messages',
    component: MessagesView,
    count: ({ model }) => model.messages.length || undefined,
  },
  {
    id: 'compare',
    title: 'Compare',
    component: CompareView,
    count: ({ compare }) => compare?.findings.length,
    ownAxis: true,
  },
  { id: 'replay', title: 'Replay', component: ReplayView },
];

export const INSPECTOR_PANES: readonly View[] = [
  { id: 'event', title: 'Event', component: EventPane },
  { id: 'message', title: 'Message', component: MessagePane },
  { id: 'raw', title: 'Raw', component: RawPane },
  { id: 'request', title: 'Request', component: RequestPane },
  { id: 'usage', title: 'Usage', component: UsagePane },
  { id: 'lint', title: 'Lint', component: LintPane, count: ({ compare }) => compare?.lint.length || undefined },
  { id: 'findings', title: 'Findings', component: Findings, count: ({ compare }) => compare?.findings.length },
];
