import { useCommand } from '../commands/commands.ts';
import { Tabs } from '../components/Tabs.tsx';
import { setCentre, useApp } from '../stores/app.ts';
import { compareWith } from '../stores/compare.ts';
import { useTrace } from '../stores/open.ts';
import type { TraceState } from '../stores/trace.ts';
import { Timeline } from '../views/timeline/Timeline.tsx';
import { CENTRE_VIEWS } from './views.ts';
import type { View } from '../views/view.ts';
import { EndingBanner } from '../parts/EndingBanner.tsx';
import { Numbers } from '../views/trace/Numbers.tsx';
import { TraceHeader } from '../views/trace/TraceHeader.tsx';
import { useAnnouncements } from '../parts/use-announcements.ts';
import { FollowButton } from '../views/trace/FollowButton.tsx';
import './trace.css';

/** The chosen trace: header, numbers, timeline, and one of the views of it. */
export function TraceView() {
  const live = useTrace((trace) => trace.phase === 'live');
  useAnnouncements();
  useCommand('compare.with', compareWith);
  const view = useView();
  return (
    <article className="trace" aria-busy={live} aria-label="Trace">
      <TraceHeader />
      <Numbers />
      <EndingBanner />
      <Timeline compact={view.ownAxis === true} />
      <CentreTabs view={view} />
    </article>
  );
}

function useView(): View {
  const chosen = useApp((state) => state.centre);
  return CENTRE_VIEWS.find(({ id }) => id === chosen) ?? CENTRE_VIEWS[0]!;
}

function CentreTabs({ view }: { readonly view: View }) {
  // One string, so that the tabs render only when a count changes; the pulse keeps that to four times a second.
  const counts = useTrace((trace) => CENTRE_VIEWS.map((item) => countOf(item, trace)).join());
  const numbers = counts.split(',');
  const tabs = CENTRE_VIEWS.map(({ id, title }, at) => ({
    id,
    title,
    badge: numbers[at] && <span className="quiet">{numbers[at]}</span>,
  }));
  return (
    <Tabs
      className="trace-tabs"
      tabs={tabs}
      chosen={view.id}
      onChoose={setCentre}
      label="Views of the trace"
      end={<FollowButton />}
    >
      <view.component />
    </Tabs>
  );
}

const countOf = (view: View, trace: TraceState) => view.count?.(trace)?.toString() ?? '';

export function NothingChosen() {
  return (
    <div className="nothing">
      <p>No run is chosen.</p>
      <p className="quiet">Choose one in the list, or start a new one.</p>
    </div>
  );
}
