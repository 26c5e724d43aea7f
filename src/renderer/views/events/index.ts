import type { View } from '../view.ts';
import { EventsView } from './EventsView.tsx';

export const eventsView: View = {
  id: 'events',
  title: 'Events',
  component: EventsView,
  count: (trace) => trace.model.events.length || undefined,
};
