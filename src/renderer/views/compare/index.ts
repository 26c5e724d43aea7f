import type { View } from '../view.ts';
import { CompareView } from './CompareView.tsx';
import { Findings } from './Findings.tsx';

export const compareView: View = {
  id: 'compare',
  title: 'Compare',
  component: CompareView,
  count: (trace) => trace.compare?.findings.length,
  ownAxis: true,
};

export const findingsPane: View = {
  id: 'findings',
  title: 'Findings',
  component: Findings,
  count: (trace) => trace.compare?.findings.length,
};
