import { Boundary } from '../components/Boundary.tsx';
import { Tabs } from '../components/Tabs.tsx';
import { setPane, useApp } from '../stores/app.ts';
import { useTrace } from '../stores/open.ts';
import { useTraceCommands } from '../views/inspector/use-trace-commands.ts';
import { countOf, INSPECTOR_PANES, isOffered } from './views.ts';
import './inspector.css';

export function Inspector() {
  useTraceCommands();
  const chosen = useApp((state) => state.pane);
  const offered = useTrace((trace) =>
    INSPECTOR_PANES.filter((view) => isOffered(view, trace))
      .map(({ id }) => id)
      .join(),
  );
  const panes = INSPECTOR_PANES.filter(({ id }) => offered.split(',').includes(id));
  const pane = panes.find(({ id }) => id === chosen) ?? panes[0];
  const trace = useTrace(({ id }) => id);
  const counts = useTrace((trace) => panes.map((view) => countOf(view, trace)).join(' '));
  if (!pane) return null;
  const numbers = counts.split(' ');
  const tabs = panes.map(({ id, title }, at) => ({
    id,
    title,
    count: numbers[at] || undefined,
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
