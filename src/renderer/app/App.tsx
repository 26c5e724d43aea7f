import { Tooltip } from '../components/Tooltip.tsx';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { useFirstRunStands } from '../stores/first-run.ts';
import { FirstRun } from '../views/first-run/FirstRun.tsx';
import { DropTarget } from '../views/import/DropTarget.tsx';
import { Announcer } from './Announcer.tsx';
import { Banner } from './Banner.tsx';
import { useFrameCommands } from './frame-commands.ts';
import { HintBar } from './HintBar.tsx';
import { useKeyboard } from '../commands/keyboard.ts';
import { useMenuCommands } from './menu-commands.ts';
import { Overlays } from './Overlays.tsx';
import { useTheme } from './theme.ts';
import { Toasts } from './Toasts.tsx';
import { TopBar } from './TopBar.tsx';
import { Workspace } from './Workspace.tsx';
import './app.css';

export function App() {
  useTheme();
  useKeyboard();
  useMenuCommands();
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
        <DropTarget />
        <Announcer />
      </Tooltip.Provider>
    </CSPProvider>
  );
}

/** The first screen stands where runs will be, until there is one or one is asked for. */
function Body() {
  return useFirstRunStands() ? <FirstRun /> : <Workspace />;
}
