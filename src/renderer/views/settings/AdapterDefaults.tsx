import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import { Check } from '../../components/FormField.tsx';
import { OptionFields } from '../../components/OptionFields.tsx';
import { changeSettings, useApp } from '../../stores/app.ts';

/** The lanes and options that new runs and imported streams begin with. */
export function AdapterDefaults() {
  const options = useApp((state) => state.settings?.options);
  if (!options) return <p className="settings-wait">The settings have not loaded yet.</p>;
  return (
    <div className="settings-page">
      <p className="settings-say">
        New runs and imported streams start with these. Each run can have other options, and a stored run can be decoded
        again with other lanes and options.
      </p>
      <LaneDefaults />
      <OptionFields options={options} offered={[]} onChange={(next) => void changeSettings({ options: next })} />
    </div>
  );
}

function LaneDefaults() {
  const lanes = useApp((state) => state.info?.lanes);
  const chosen = useApp((state) => state.settings?.lanes);
  if (!lanes || chosen === undefined) return null;
  const others = lanes.filter(({ id }) => id !== WIRE);
  const isChosen = (id: LaneId) => chosen === null || chosen.includes(id);
  const change = (lane: LaneId, on: boolean) => {
    const next = others.map(({ id }) => id).filter((id) => (id === lane ? on : isChosen(id)));
    // All of them is all that there will ever be, too.
    void changeSettings({ lanes: next.length === others.length ? null : next });
  };
  return (
    <fieldset className="form-field">
      <legend className="form-legend">Lanes besides the wire</legend>
      {others.map(({ id, label, description }) => (
        <Check key={id} label={label} hint={description} checked={isChosen(id)} onChange={(on) => change(id, on)} />
      ))}
    </fieldset>
  );
}
