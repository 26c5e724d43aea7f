import { Tabs } from '../components/Tabs.tsx';
import { setPane, useApp } from '../stores/app.ts';
import { useTrace } from '../stores/open.ts';
import type { TraceState } from '../stores/trace.ts';
import { useTraceCommands } from '../views/inspector/use-trace-commands.ts';
import { INSPECTOR_PANES } from './views.ts';
import type { View } from '../views/view.ts';
import './inspector.css';

export function Inspector() {
  useTraceCommands();
  const chosen = useApp((state) => state.pane);
  const pane = INSPECTOR_PANES.find(({ id }) => id === chosen) ?? INSPECTOR_PANES[0];
  const counts = useTrace((trace) => INSPECTOR_PANES.map((view) => countOf(view, trace)).join());
  if (!pane) return null;
  const numbers = counts.split(',');
  const tabs = INSPECTOR_PANES.map(({ id, title }, at) => ({
    id,
    title,
    badge: numbers[at] && <span className="quiet">{numbers[at]}</span>,
  }));
  return (
    <aside className="inspector" aria-label="Inspector">
      <Tabs tabs={tabs} chosen={pane.id} onChoose={setPane} label="Inspector">
        <pane.component />
      </Tabs>
    </aside>
  );
}

function countOf(view: View, trace: TraceState): string {
  return view.count?.(trace)?.toString() ?? '';
}
