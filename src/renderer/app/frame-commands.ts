/** What the window itself can do, whatever it shows. */
import { focusCentre, focusList, movePane } from './focus.ts';
import { resolveTheme } from './theme.ts';
import { runCommand, useCommand } from '../commands/commands.ts';
import { forgetTyped } from '../commands/typed-ahead.ts';
import { announce } from '../stores/announce.ts';
import { changeSettings, openOverlay, setCentre, useApp } from '../stores/app.ts';
import { onNextFrame } from '../stores/frame.ts';
import { selectEvent, setRange, useOpen } from '../stores/open.ts';
import { toastError } from '../stores/toasts.ts';
import { client } from '../client/client.ts';
import { chooseFiles } from '../views/import/import-stream.ts';
import { CENTRE_VIEWS } from './views.ts';

export function useFrameCommands(): void {
  useCommand('theme.next', nextTheme);
  useCommand('palette.open', () => {
    forgetTyped();
    openOverlay('palette');
  });
  useCommand('keys.show', () => openOverlay('keys'));
  useCommand('settings.open', () => openOverlay('settings'));
  useCommand('run.new', () => openOverlay('run'));
  useCommand('capture.show', () => openOverlay('capture'));
  useCommand(
    'run.again',
    () => void runAgain(),
    useOpen(({ recorded }) => recorded !== null),
  );
  useCommand('endpoint.add', () => openOverlay('settings', { tab: 'endpoints', add: true }));
  useCommand('stream.paste', () => openOverlay('import'));
  useCommand('file.open', chooseFiles);
  useCommand('pane.next', () => movePane(1));
  useCommand('pane.previous', () => movePane(-1));
  useCommand('go.up', goUp);
  useView(1);
  useView(2);
  useView(3);
  useView(4);
  useView(5);
}

function useView(number: 1 | 2 | 3 | 4 | 5): void {
  const view = CENTRE_VIEWS[number - 1];
  useCommand(`view.${number}`, () => view && showView(view.id), view !== undefined);
}

/** The view is there with the next frame, unless its code comes later: it then takes the focus from the panel. */
function showView(id: string): void {
  setCentre(id);
  onNextFrame(focusCentre);
}

/** With the request, the endpoint and the options of the chosen trace. */
async function runAgain(): Promise<void> {
  const session = useOpen.getState().recorded;
  if (!session) return;
  const { id, detail } = session.store.getState();
  try {
    openOverlay('run', { again: detail ?? (await client().call('traces.get', { id })) });
  } catch (error) {
    toastError('The run could not be read', error);
  }
}

/** Away from what is shown now, so that one press always changes something. */
function nextTheme(): void {
  const shown = resolveTheme(useApp.getState().settings?.theme ?? 'system');
  void changeSettings({ theme: shown === 'light' ? 'dark' : 'light' });
}

/** Out of the range, away from the event; then out of the run, which Escape stops while it is live; then to the list. */
function goUp(): void {
  const { over, recorded } = useOpen.getState();
  const session = over ?? recorded;
  if (session && session.store.getState().range !== null) {
    setRange(null);
    announce('All times are shown again');
  } else if (session && session.store.getState().event !== null) selectEvent(null);
  else if (!runCommand('run.stop')) focusList();
}
