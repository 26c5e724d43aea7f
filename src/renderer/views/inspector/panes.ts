/** The panes of the inspector, in their order. */
import type { View } from '../view.ts';
import { EventPane } from './EventPane.tsx';
import { LintPane } from './LintPane.tsx';
import { MessagePane } from './MessagePane.tsx';
import { RawPane } from './RawPane.tsx';
import { RequestPane } from './RequestPane.tsx';
import { UsagePane } from './UsagePane.tsx';

export const inspectorPanes: readonly View[] = [
  { id: 'event', title: 'Event', component: EventPane },
  { id: 'message', title: 'Message', component: MessagePane },
  { id: 'raw', title: 'Raw', component: RawPane },
  { id: 'request', title: 'Request', component: RequestPane },
  { id: 'usage', title: 'Usage', component: UsagePane },
  { id: 'lint', title: 'Lint', component: LintPane, count: (trace) => trace.compare?.lint.length || undefined },
];
