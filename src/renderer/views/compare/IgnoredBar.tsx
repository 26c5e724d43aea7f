import { useState } from 'react';
import { Field } from '../../components/Field.tsx';
import { setIgnored, useCompare } from '../../stores/compare.ts';

/** Which fields of the messages are left out, to be changed in place. */
export function IgnoredBar() {
  const [text, setText] = useState(() => [...useCompare.getState().ignored].join(', '));
  const change = (typed: string) => {
    setText(typed);
    setIgnored(typed.split(/[\s,]+/).filter((name) => name !== ''));
  };
  return (
    <div className="options-bar">
      <Field
        className="ignored mono"
        aria-label="Ignored fields"
        lead={<span className="quiet">Ignored:</span>}
        value={text}
        placeholder="no field"
        spellCheck={false}
        onChange={(event) => change(event.target.value)}
      />
    </div>
  );
}
