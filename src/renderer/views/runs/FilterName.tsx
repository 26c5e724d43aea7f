/** The field in which a saved filter gets its name. */
import { useRef, useState } from 'react';
import { LONGEST_FILTER_NAME } from '../../../shared/rpc/agreed.ts';

interface FilterNameProps {
  readonly name: string;
  /** Null: it stays as it is. Of blanks alone: it has none any more. */
  readonly onDone: (name: string | null) => void;
}

export function FilterName({ name, onDone }: FilterNameProps) {
  const [typed, setTyped] = useState(name);
  // Escape ends the edit too, and the blur that follows must not keep what was typed.
  const done = useRef(false);
  const finish = (keep: boolean) => {
    if (done.current) return;
    done.current = true;
    onDone(keep ? typed : null);
  };
  return (
    <input
      className="filter-name-edit"
      aria-label="Name of the saved filter"
      placeholder="Name of the saved filter"
      maxLength={LONGEST_FILTER_NAME}
      value={typed}
      ref={(input) => input?.focus()}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') finish(true);
        if (event.key === 'Escape') finish(false);
      }}
    />
  );
}
