import type { View } from '../registry.ts';
import { ReplayView } from './ReplayView.tsx';

export const replayView: View = { id: 'replay', title: 'Replay', component: ReplayView };
