import type { TraceState } from '../../stores/trace.ts';
import type { View } from '../view.ts';
import { MessagesView } from './MessagesView.tsx';

export const messagesView: View = {
  id: 'messages',
  title: 'Messages',
  component: MessagesView,
  count: ({ model }: TraceState) => model.messages.length || undefined,
};
