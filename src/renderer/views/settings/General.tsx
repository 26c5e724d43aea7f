import type { Settings } from '../../../shared/rpc/contract.ts';
import { Check } from '../../components/FormField.tsx';
import { Segments } from '../../components/Segments.tsx';
import { changeSettings, useApp } from '../../stores/app.ts';

const THEMES: readonly { readonly value: Settings['theme']; readonly label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'contrast', label: 'High contrast' },
];

export function General() {
  const settings = useApp((state) => state.settings);
  if (!settings) return <p className="settings-wait">The settings have not loaded yet.</p>;
  return (
    <div className="settings-page">
      <div className="form-field">
        <span className="form-legend">Theme</span>
        <Segments
          label="Theme"
          values={THEMES}
          value={settings.theme}
          onChoose={(theme) => void changeSettings({ theme })}
        />
      </div>
      <Check
        label="Single-letter keys"
        hint="Such as j, k and ?. They do nothing while a text field has the focus. When this is off, keys with Ctrl or ⌘ and the palette still work."
        checked={settings.singleKeys}
        onChange={(singleKeys) => void changeSettings({ singleKeys })}
      />
      <Check
        label="Announce the progress of a run to screen readers"
        hint="One sentence every few seconds while a response streams. When this is off, only its start and end are announced."
        checked={settings.announce === 'progress'}
        onChange={(on) => void changeSettings({ announce: on ? 'progress' : 'ending' })}
      />
    </div>
  );
}
