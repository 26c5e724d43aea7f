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
  if (!settings) return <p className="settings-wait">The settings have not been read yet.</p>;
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
        label="Keys of one letter"
        hint="Such as j, k and ?. They are never taken while a text field has the focus. Switched off, the keys with Ctrl or ⌘ and the palette remain."
        checked={settings.singleKeys}
        onChange={(singleKeys) => void changeSettings({ singleKeys })}
      />
      <Check
        label="Tell a screen reader how a run goes on"
        hint="A sentence every few seconds while an answer streams. Otherwise only its start and its end are told."
        checked={settings.announce === 'progress'}
        onChange={(on) => void changeSettings({ announce: on ? 'progress' : 'ending' })}
      />
    </div>
  );
}
