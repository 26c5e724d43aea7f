import './client/no-eval.ts';
import { startTransition, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/index.css';
import { App } from './app/App.tsx';
import { paintStoredTheme } from './app/theme.ts';
import { watchFaults } from './app/watch-faults.ts';
import { Boundary } from './components/Boundary.tsx';
import { watchSelectionCopies } from './components/copy.ts';
import { loadAllWhenIdle } from './components/late.tsx';
import { connect } from './client/connect.ts';
import { setClient } from './client/client.ts';
import { loadApp, useApp, watchApp } from './stores/app.ts';
import { watchCapture } from './stores/capture.ts';
import { watchGroups } from './stores/grouped-runs.ts';
import { watchRuns } from './stores/runs.ts';
import { toastError } from './stores/toasts.ts';

watchFaults();
watchSelectionCopies();
paintStoredTheme();
const client = connect();
setClient(client);
client.onStatus((connection) => {
  useApp.setState({ connection });
  if (connection === 'open') loadApp().catch((error: unknown) => toastError('The program did not answer', error));
});
watchApp();
watchCapture();
watchRuns();
watchGroups();

// As a transition React draws it in short tasks, between which the window answers.
startTransition(() =>
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <Boundary what="The window">
        <App />
      </Boundary>
    </StrictMode>,
  ),
);

loadAllWhenIdle();
