/** The tabs of the centre and the panes of the inspector, in their order: one file and one line each. */
import { compareView, findingsPane } from './compare/index.ts';
import { eventsView } from './events/index.ts';
import { inspectorPanes } from './inspector/panes.ts';
import { liveView } from './live/index.ts';
import { messagesView } from './messages/index.ts';
import { replayView } from './replay/index.ts';
import type { View } from './view.ts';

export const CENTRE_VIEWS: readonly View[] = [liveView, eventsView, messagesView, compareView, replayView];

export const INSPECTOR_PANES: readonly View[] = [...inspectorPanes, findingsPane];
