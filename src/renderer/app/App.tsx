import { Tooltip } from '../components/Tooltip.tsx';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { useApp } from '../stores/app.ts';
import { useRuns } from '../stores/runs.ts';
import { FIRST_RUN } from '../views/first-run.ts';
import { Announcer } from './Announcer.tsx';
import { Banner } from './Banner.tsx';
import { useFrameCommands } from './frame-commands.ts';
import { HintBar } from './HintBar.tsx';
import { useKeyboard } from './keyboard.ts';
import { Overlays } from './Overlays.tsx';
import { useTheme } from './theme.ts';
import { Toasts } from './Toasts.tsx';
import { TopBar } from './TopBar.tsx';
import { Workspace } from './Workspace.tsx';
import './app.css';

export function App() {
  useTheme();
  useKeyboard();
  useFrameCommands();
  return (
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={500}>
        <div className="app">
          <TopBar />
          <Banner />
          <Body />
          <HintBar />
        </div>
        <Overlays />
        <Toasts />
        <Announcer />
      </Tooltip.Provider>
    </CSPProvider>
  );
}

/** The first screen stands where runs will be, until there is one or one is asked for. */
function Body() {
  const empty = useRuns((runs) => runs.loaded && runs.ids.length === 0);
  const selected = useApp((state) => state.selected);
  return FIRST_RUN && empty && selected === null ? <FIRST_RUN /> : <Workspace />;
}
