import type { View } from '../view.ts';
import { ReplayView } from './ReplayView.tsx';

export const replayView: View = { id: 'replay', title: 'Replay', component: ReplayView };
