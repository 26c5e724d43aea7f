import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { TraceId } from '../../shared/model/ids.ts';
import { useCommand } from '../commands/commands.ts';
import { Boundary } from '../components/Boundary.tsx';
import { Panel, Panes, Splitter, usePanelRef } from '../components/Splitter.tsx';
import { useApp } from '../stores/app.ts';
import { foldList, makeRoom, useListRail } from '../stores/list-rail.ts';
import { ShownTrace, useOpenTrace, useTrace } from '../stores/open.ts';
import { Inspector } from './Inspector.tsx';
import { RunList } from '../views/runs/RunList.tsx';
import { NothingChosen, TraceView } from './TraceView.tsx';
import { useClickInView } from './use-click-in-view.ts';
import { INSPECTOR_PANES } from './views.ts';

const narrow = matchMedia('(max-width: 1099px)');
const mid = matchMedia('(max-width: 1360px)');
const wide = matchMedia('(min-width: 1700px)');

/** First sizes of list and inspector; whoever drags a splitter gets their own. */
const sizes = () =>
  wide.matches ? ([340, 400] as const) : mid.matches ? ([268, 332] as const) : ([300, 360] as const);

/** So low that what is compared needs the inspector's room: a window at 200% zoom. */
const low = matchMedia('(max-height: 540px)');

const RAIL = 44;
/** Narrower than this, list and comparison beside each other leave the columns no width to read in. */
const roomy = matchMedia('(min-width: 1600px)');

function useMedia(query: MediaQueryList): boolean {
  return useSyncExternalStore(
    (changed) => {
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => query.matches,
  );
}

export function Workspace() {
  const selected = useApp((state) => state.selected);
  const session = useOpenTrace(selected);
  const stacked = useMedia(narrow);
  const [list] = sizes();
  const panel = useRail();
  return (
    <main className="work">
      <Panes id="work" direction="row" panes={['list', 'trace']}>
        <Panel
          id="list"
          panelRef={panel}
          defaultSize={list}
          minSize={220}
          maxSize={560}
          collapsible
          collapsedSize={RAIL}
          onResize={({ inPixels }) => inPixels > 0 && foldList(inPixels <= RAIL)}
          groupResizeBehavior="preserve-pixel-size"
        >
          <div className="pane" data-pane="list">
            <Boundary what="The run list">
              <RunList />
            </Boundary>
          </div>
        </Panel>
        <Splitter label="Width of the run list" />
        <Panel id="trace" minSize={420}>
          {session ? (
            <ShownTrace value={session}>
              <TracePanes key={stacked ? 'stacked' : 'beside'} trace={session.store.getState().id} stacked={stacked} />
            </ShownTrace>
          ) : (
            <NothingChosen />
          )}
        </Panel>
      </Panes>
    </main>
  );
}

/** The trace and the inspector: beside it, or below it where the window is narrow. */
function TracePanes({ trace, stacked }: { readonly trace: TraceId; readonly stacked: boolean }) {
  const centre = useRef<HTMLDivElement>(null);
  const panel = useFold(stacked, useClickInView(centre));
  const [onlyTabs, setOnlyTabs] = useState(false);
  const [, inspector] = sizes();
  return (
    <Panes id={stacked ? 'stacked' : 'beside'} direction={stacked ? 'column' : 'row'} panes={['centre', 'inspector']}>
      <Panel id="centre" minSize={stacked ? 240 : 420}>
        <div className="pane" data-pane="centre" ref={centre}>
          <Boundary what="The trace view" shows={trace} raw>
            <TraceView />
          </Boundary>
        </div>
      </Panel>
      <Splitter label="Size of the inspector" />
      <Panel
        id="inspector"
        panelRef={panel}
        collapsible={stacked}
        collapsedSize={TABS}
        defaultSize={stacked ? (low.matches ? LEAST : '38%') : inspector}
        minSize={stacked ? LEAST : 260}
        maxSize={stacked ? '70%' : 640}
        onResize={({ inPixels }) => setOnlyTabs(inPixels < LEAST)}
        groupResizeBehavior={stacked ? 'preserve-relative-size' : 'preserve-pixel-size'}
      >
        <div className={onlyTabs ? 'pane only-tabs' : 'pane'} data-pane="inspector">
          <Boundary what="The inspector" shows={trace}>
            <Inspector />
          </Boundary>
        </div>
      </Panel>
    </Panes>
  );
}

/** Height of the inspector's tabs, and of one below the trace that shows something. */
const TABS = 32;
const LEAST = 140;

/**
 * Below the trace, an inspector that would show the selected event leaves its room to the trace while none is selected.
 * `takesRoom` is called before it takes it back.
 */
function useFold(stacked: boolean, takesRoom: () => void) {
  const panel = usePanelRef();
  const none = useTrace((trace) => trace.event === null);
  const ofEvent = useApp((state) => INSPECTOR_PANES.find(({ id }) => id === state.pane)?.ofEvent === true);
  const folded = stacked && none && ofEvent;
  useLayoutEffect(() => {
    if (folded) return panel.current?.collapse();
    takesRoom();
    panel.current?.expand();
  }, [panel, folded, takesRoom]);
  return panel;
}

/** Keeps the list's panel folded or unfolded as the store says; the splitter tells the store. */
function useRail() {
  const panel = usePanelRef();
  const folded = useListRail((rail) => rail.folded);
  const comparing = useApp((state) => state.centre === 'compare');
  const wide = useMedia(roomy);
  useCommand('list.fold', () => foldList(!folded));
  useEffect(() => (comparing && !wide ? makeRoom() : undefined), [comparing, wide]);
  useEffect(() => {
    if (folded) panel.current?.collapse();
    else panel.current?.expand();
  }, [panel, folded]);
  return panel;
}
