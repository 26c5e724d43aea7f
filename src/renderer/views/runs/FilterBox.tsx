/** The filter of the list, with what could be typed next. */
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { Autocomplete } from '@base-ui/react/autocomplete';
import { ListFilter } from 'lucide-react';
import type { ListedField } from '../../../shared/filter/fields.ts';
import type { FieldValue } from '../../../shared/rpc/contract.ts';
import { client } from '../../client/client.ts';
import { Icon } from '../../components/Icon.tsx';
import { Key } from '../../components/Key.tsx';
import { Shown } from '../../components/Shown.tsx';
import { useApp } from '../../stores/app.ts';
import { filterRuns, useRuns } from '../../stores/runs.ts';
import { namesIn } from '../../stores/saved-filters.ts';
import { fieldAt, suggestionsAt, type Suggestion } from './suggestions.ts';

/** What is suggested and asks for a value. */
const GOES_ON = /[:<>=(\s]$/;

export function FilterBox({ field }: { readonly field: RefObject<HTMLInputElement | null> }) {
  const filter = useRuns((runs) => runs.filter);
  const unread = useRuns((runs) => runs.unread);
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const values = useValues(open ? fieldAt(filter, caret) : null);
  const settings = useApp((state) => state.settings);
  const suggestions = suggestionsAt(filter, caret, values, {
    filters: settings?.filters ?? [],
    names: namesIn(settings),
  });
  const shown = open && suggestions.length > 0;
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown') setOpen(true);
    // With none of them chosen, the filter is what was meant.
    if (event.key === 'Enter' && !event.currentTarget.getAttribute('aria-activedescendant')) setOpen(false);
    if (event.key !== 'Escape') return;
    if (shown) setOpen(false);
    else leaveFilter(filter, event.currentTarget);
  };
  // In line, not in a popup: the library hides all else from screen readers behind one, the list that follows the filter too.
  return (
    <Autocomplete.Root
      inline
      items={shown ? suggestions : []}
      filter={null}
      value={filter}
      onValueChange={(typed) => {
        setCaret(field.current?.selectionStart ?? typed.length);
        setOpen(true);
        filterRuns(typed);
      }}
      open={shown}
      itemToStringValue={(one: Suggestion) => one.filter}
    >
      <div className="filter-box">
        <label className="field">
          <Icon of={ListFilter} size={12} />
          <Autocomplete.Input
            ref={field}
            type="search"
            aria-label="Filter runs"
            placeholder="Filter"
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onKeyDown={onKeyDown}
            onFocus={() => setOpen(filter.trim() === '' && (settings?.filters.length ?? 0) > 0)}
            onBlur={() => setOpen(false)}
          />
          <Key chord="/" />
        </label>
        {/* The field keeps the focus while something is chosen with the pointer. It names the list that it controls, hidden or not. */}
        <div className="menu filter-menu" hidden={!shown} onPointerDown={(event) => event.preventDefault()}>
          {/* It lies over the sentence below the field, which a screen reader has read. */}
          <p className="runs-unread" aria-hidden>
            {unread}
          </p>
          <Autocomplete.List aria-label="Suggestions for the filter">
            {(one: Suggestion) => (
              <Autocomplete.Item
                key={`${one.label} ${one.filter}`}
                value={one}
                className="menu-item"
                onClick={() => {
                  setCaret(one.filter.length);
                  setOpen(GOES_ON.test(one.filter));
                  filterRuns(one.filter);
                }}
              >
                <span className="cut">
                  <Shown text={one.label} />
                </span>
                <span className="quiet">{one.note}</span>
              </Autocomplete.Item>
            )}
          </Autocomplete.List>
        </div>
      </div>
    </Autocomplete.Root>
  );
}

/** The first Escape closes what is suggested, the next clears, the last leaves. */
function leaveFilter(filter: string, field: HTMLElement): void {
  if (filter !== '') filterRuns('');
  else field.blur();
}

/** The values that traces have in a field, asked for when somebody begins to type one; empty until they are there. */
function useValues(field: ListedField | null): readonly FieldValue[] {
  const [values, setValues] = useState<{ readonly field: ListedField; readonly values: readonly FieldValue[] } | null>(
    null,
  );
  const asked = useRef<ListedField | null>(null);
  useEffect(() => {
    asked.current = field;
    if (field === null) return;
    client()
      .call('traces.values', { field })
      .then(
        (known) => asked.current === field && setValues({ field, values: known }),
        // They are a help only: the list says what is wrong with the store.
        () => setValues(null),
      );
  }, [field]);
  return values?.field === field ? values.values : [];
}
