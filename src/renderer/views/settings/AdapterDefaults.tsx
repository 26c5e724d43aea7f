import { changeSettings, useApp } from '../../stores/app.ts';
import { OptionFields } from '../../components/OptionFields.tsx';

/** The options that new runs and imported streams begin with. */
export function AdapterDefaults() {
  const options = useApp((state) => state.settings?.options);
  if (!options) return <p className="settings-wait">The settings have not been read yet.</p>;
  return (
    <div className="settings-page">
      <p className="settings-say">
        New runs and imported streams begin with these; each run can have its own, and a stored one can be read again
        with others.
      </p>
      <OptionFields options={options} offered={[]} onChange={(next) => void changeSettings({ options: next })} />
    </div>
  );
}
