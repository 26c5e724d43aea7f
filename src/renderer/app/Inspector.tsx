import { Boundary } from '../components/Boundary.tsx';
import { Tabs } from '../components/Tabs.tsx';
import { setPane, useApp } from '../stores/app.ts';
import { useTrace } from '../stores/open.ts';
import { useTraceCommands } from '../views/inspector/use-trace-commands.ts';
import { countOf, INSPECTOR_PANES } from './views.ts';
import './inspector.css';

export function Inspector() {
  useTraceCommands();
  const chosen = useApp((state) => state.pane);
  const pane = INSPECTOR_PANES.find(({ id }) => id === chosen) ?? INSPECTOR_PANES[0];
  const trace = useTrace(({ id }) => id);
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
        <Boundary what={`The ${pane.title} pane`} shows={`${pane.id} ${trace}`} raw={pane.id !== 'raw'}>
          <pane.component />
        </Boundary>
      </Tabs>
    </aside>
  );
}
