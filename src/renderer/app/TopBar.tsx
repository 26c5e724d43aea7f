import { Columns2, Contrast, Plus, Search, SlidersHorizontal } from 'lucide-react';
import { Button, IconButton } from '../components/Button.tsx';
import { Glyph } from '../components/Glyph.tsx';
import { Icon } from '../components/Icon.tsx';
import { Key } from '../components/Key.tsx';
import { useApp } from '../stores/app.ts';
import { useRuns } from '../stores/runs.ts';
import { CapturePort } from '../views/capture/CapturePort.tsx';
import { chordOf, runCommand, useHandlers, type CommandId } from '../commands/commands.ts';

/** Whether something on screen can do the command now. */
const useOffered = (id: CommandId) => useHandlers(({ stacks }) => stacks.has(id));

export function TopBar() {
  return (
    <header className="top">
      <div>
        <span className="brand">
          <Mark />
          Tracelane
        </span>
        <span className="rule" />
        <Status />
        <CapturePort />
      </div>
      <button type="button" className="search" onClick={() => runCommand('palette.open')}>
        <Icon of={Search} size={12} />
        <span className="cut">Search runs, messages, commands</span>
        <span className="push">
          <Key chord="Mod+K" />
        </span>
      </button>
      <div>
        {useOffered('run.new') && (
          <Button icon={Plus} onClick={() => runCommand('run.new')}>
            New run
          </Button>
        )}
        {useOffered('compare.with') && (
          <Button icon={Columns2} onClick={() => runCommand('compare.with')}>
            Compare
          </Button>
        )}
        <IconButton icon={Contrast} label="Switch theme" onClick={() => runCommand('theme.next')} />
        {useOffered('settings.open') && (
          <IconButton
            icon={SlidersHorizontal}
            label="Settings"
            chord={chordOf('settings.open')!}
            onClick={() => runCommand('settings.open')}
          />
        )}
      </div>
    </header>
  );
}

/** Three lanes, of which the second has a hole and the third is bent. */
function Mark() {
  return (
    <svg viewBox="0 0 18 18" width="18" height="18" aria-hidden>
      <path className="lead" d="M2 4.5h14" />
      <path d="M2 9h4.5M11 9h5" />
      <path d="M2 13.5h6.5l2-2.5M12.5 13.5H16" />
    </svg>
  );
}

function Status() {
  const connection = useApp((state) => state.connection);
  const live = useRuns((runs) => runs.live);
  const text = { connecting: 'Connecting', open: 'Ready', lost: 'Connection lost, reconnecting' }[connection];
  return (
    <>
      <span className="status">
        <Glyph
          name={connection === 'open' ? 'complete' : 'never'}
          size={12}
          className={connection === 'open' ? 'k-sel' : connection === 'lost' ? 'k-error' : 'k-wait'}
        />
        {text}
      </span>
      {connection === 'open' && <span className="status quiet">{live} live</span>}
    </>
  );
}
