/** The parts of the filter below its box, each to be edited or taken out; a star that keeps the filter for later, and its name. */
import { useRef, useState, type RefObject } from 'react';
import { Pencil, Star, X } from 'lucide-react';
import { partsOf, withoutPart } from '../../../shared/filter/parts.ts';
import { IconButton } from '../../components/Button.tsx';
import { Shown } from '../../components/Shown.tsx';
import { useApp } from '../../stores/app.ts';
import { onNextFrame } from '../../stores/frame.ts';
import { filterRuns, useRuns } from '../../stores/runs.ts';
import { forgetFilter, nameFilter, namesIn, saveFilter } from '../../stores/saved-filters.ts';
import { FilterName } from './FilterName.tsx';

export function FilterChips({ field }: { readonly field: RefObject<HTMLInputElement | null> }) {
  const filter = useRuns((runs) => runs.filter);
  const whole = filter.trim();
  const readable = useRuns((runs) => runs.unread === null);
  const saved = useApp((state) => state.settings?.filters);
  const name = useApp(({ settings }) => namesIn(settings).get(whole));
  const [naming, setNaming] = useState<string | null>(null);
  const pencil = useRef<HTMLButtonElement>(null);
  if (whole === '') return null;
  const isSaved = saved?.includes(whole) ?? false;
  const named = (given: string | null) => {
    if (given !== null) void nameFilter(whole, given);
    setNaming(null);
    // The field goes, with the focus unless that was moved elsewhere.
    onNextFrame(() => document.activeElement === document.body && pencil.current?.focus());
  };
  return (
    <div className="filter-chips" role="group" aria-label="Parts of the filter">
      {isSaved && naming === whole ? (
        <FilterName name={name ?? ''} onDone={named} />
      ) : (
        name !== undefined && (
          <span className="cut filter-name">
            <Shown text={name} />
          </span>
        )
      )}
      {partsOf(filter).map((part) => {
        const text = filter.slice(part.start, part.end);
        return (
          <span key={part.start} className="chip filter-chip">
            <button
              type="button"
              className="cut"
              title="Edit"
              onClick={() => {
                field.current?.focus();
                field.current?.setSelectionRange(part.start, part.end);
              }}
            >
              <Shown text={text} />
            </button>
            <IconButton icon={X} label={`Remove ${text}`} onClick={() => filterRuns(withoutPart(filter, part))} />
          </span>
        );
      })}
      {readable && (
        <span className="push">
          {isSaved && (
            <IconButton icon={Pencil} label="Rename this filter" ref={pencil} onClick={() => setNaming(whole)} />
          )}
          <IconButton
            icon={Star}
            label={isSaved ? 'Forget this filter' : 'Save this filter'}
            aria-pressed={isSaved}
            onClick={() => void (isSaved ? forgetFilter : saveFilter)(whole)}
          />
        </span>
      )}
    </div>
  );
}
