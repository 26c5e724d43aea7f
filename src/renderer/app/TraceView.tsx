import type { ReactNode } from 'react';
import type { TraceId } from '../../shared/model/ids.ts';
import { useCommand } from '../commands/commands.ts';
import { Boundary } from '../components/Boundary.tsx';
import { Tabs } from '../components/Tabs.tsx';
import { setCentre, useApp } from '../stores/app.ts';
import { compareWith } from '../stores/compare.ts';
import { ShownTrace, useOpen, useSession, useTrace } from '../stores/open.ts';
import { FindBar } from '../views/find/FindBar.tsx';
import { Replaying } from '../views/replay/Replaying.tsx';
import { RangeBar } from '../views/timeline/RangeBar.tsx';
import { Timeline } from '../views/timeline/Timeline.tsx';
import { CENTRE_VIEWS, countOf } from './views.ts';
import type { View } from '../views/view.ts';
import { EndingBanner } from '../parts/EndingBanner.tsx';
import { Numbers } from '../views/trace/Numbers.tsx';
import { TraceHeader } from '../views/trace/TraceHeader.tsx';
import { useRoom } from './use-room.ts';
import { useAnnouncements } from '../parts/use-announcements.ts';
import { FollowButton } from '../views/trace/FollowButton.tsx';
import './trace.css';

/** The chosen trace: header, numbers, timeline, and one of the views of it. */
export function TraceView() {
  const id = useTrace((trace) => trace.id);
  const live = useTrace((trace) => trace.phase === 'live');
  useAnnouncements();
  useCommand('compare.with', compareWith);
  const box = useRoom<HTMLElement>();
  const view = useView();
  return (
    <article ref={box} className={view.ownAxis ? 'trace own-axis' : 'trace'} aria-busy={live} aria-label="Trace">
      <Boundary what="The header of the run" shows={id} slim>
        <TraceHeader />
      </Boundary>
      <Boundary what="The row of numbers" shows={id} slim>
        <Numbers />
      </Boundary>
      <Boundary what="The note on the ending" shows={id} slim>
        <EndingBanner />
      </Boundary>
      <Boundary what="The timeline" shows={id} slim raw>
        <OfWhole>
          <Timeline compact={view.ownAxis === true} />
        </OfWhole>
      </Boundary>
      <div className="under-timeline">
        <Boundary what="The figures of the range" shows={id} slim>
          <OfWhole>
            <RangeBar />
          </OfWhole>
        </Boundary>
        <Boundary what="The transport" shows={id} slim>
          <Replaying chosen={view.id === 'replay'} />
        </Boundary>
        <Boundary what="The search in the trace" shows={id} slim>
          <FindBar />
        </Boundary>
      </div>
      <CentreTabs view={view} trace={id} />
    </article>
  );
}

/** What stays as it is while a playhead moves over it. */
function OfWhole({ children }: { readonly children: ReactNode }) {
  const session = useSession();
  const whole = useOpen((state) => state.whole);
  return <ShownTrace value={whole ?? session}>{children}</ShownTrace>;
}

function useView(): View {
  const chosen = useApp((state) => state.centre);
  return CENTRE_VIEWS.find(({ id }) => id === chosen) ?? CENTRE_VIEWS[0]!;
}

function CentreTabs({ view, trace }: { readonly view: View; readonly trace: TraceId }) {
  // One string, so that the tabs render only when a count changes; the pulse keeps that to four times a second.
  const counts = useTrace((state) => CENTRE_VIEWS.map((item) => countOf(item, state)).join(' '));
  const numbers = counts.split(' ');
  const tabs = CENTRE_VIEWS.map(({ id, title }, at) => ({
    id,
    title,
    count: numbers[at] || undefined,
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
      <Boundary what={`The ${view.title} tab`} shows={`${view.id} ${trace}`} raw>
        <view.component />
      </Boundary>
    </Tabs>
  );
}

export function NothingChosen() {
  return (
    <div className="nothing">
      <p>No run is chosen.</p>
      <p className="quiet">Choose one in the list, or start a new one.</p>
    </div>
  );
}
