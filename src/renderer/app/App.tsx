import type { ReactNode } from 'react';
import { Boundary } from '../components/Boundary.tsx';
import { late } from '../components/late.tsx';
import { Tooltip } from '../components/Tooltip.tsx';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { useFirstRunStands } from '../stores/first-run.ts';
import { DropTarget } from '../views/import/DropTarget.tsx';
import { Announcer } from './Announcer.tsx';
import { Banner } from './Banner.tsx';
import { useFrameCommands } from './frame-commands.ts';
import { HintBar } from './HintBar.tsx';
import { useCutText } from './cut-text.ts';
import { useKeyboard } from '../commands/keyboard.ts';
import { useProgramCalls } from './program-calls.ts';
import { Overlays } from './Overlays.tsx';
import { useTheme } from './theme.ts';
import { Toasts } from './Toasts.tsx';
import { TopBar } from './TopBar.tsx';
import { Workspace } from './Workspace.tsx';
import './app.css';

const FirstRun = late(async () => (await import('../views/first-run/FirstRun.tsx')).FirstRun);

export function App() {
  useTheme();
  useKeyboard();
  useCutText();
  useProgramCalls();
  useFrameCommands();
  return (
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={500}>
        <div className="app">
          <Boundary what="The top bar" slim>
            <TopBar />
          </Boundary>
          <Boundary what="The status notice" slim>
            <Banner />
          </Boundary>
          <Body />
          <Boundary what="The key bar" slim>
            <HintBar />
          </Boundary>
        </div>
        <Overlays />
        <Boundary what="The notification area" frame={atFoot}>
          <Toasts />
        </Boundary>
        <Boundary what="The drop target" frame={atFoot}>
          <DropTarget />
        </Boundary>
        <Boundary what="The screen reader announcer" frame={atFoot}>
          <Announcer />
        </Boundary>
      </Tooltip.Provider>
    </CSPProvider>
  );
}

/** The first screen stands where runs will be, until there is one or one is asked for. */
function Body() {
  return useFirstRunStands() ? (
    <Boundary what="The first screen">
      <FirstRun />
    </Boundary>
  ) : (
    <Boundary what="The workspace">
      <Workspace />
    </Boundary>
  );
}

/** Where toasts stand. */
const atFoot = (card: ReactNode) => <div className="toasts">{card}</div>;
