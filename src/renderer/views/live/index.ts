import type { View } from '../view.ts';
import { LiveView } from './LiveView.tsx';

export const liveView: View = { id: 'live', title: 'Live', component: LiveView };
