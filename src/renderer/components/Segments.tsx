/** A few values side by side, one of them chosen. */
import './button.css';

interface SegmentsProps<Value extends string> {
  /** Names the group. */
  readonly label: string;
  readonly values: readonly { readonly value: Value; readonly label: string; readonly disabled?: boolean }[];
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
}

export function Segments<Value extends string>({ label, values, value, onChoose }: SegmentsProps<Value>) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {values.map((one) => (
        <button
          key={one.value}
          type="button"
          aria-pressed={one.value === value}
          disabled={one.disabled === true}
          onClick={() => onChoose(one.value)}
        >
          {one.label}
        </button>
      ))}
    </div>
  );
}
