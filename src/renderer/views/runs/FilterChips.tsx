/** The parts of the filter below its box, each to be edited or taken out; and a star that keeps the filter for later. */
import type { RefObject } from 'react';
import { Star, X } from 'lucide-react';
import { partsOf, withoutPart } from '../../../shared/filter/parts.ts';
import { IconButton } from '../../components/Button.tsx';
import { Shown } from '../../components/Shown.tsx';
import { changeSettings, useApp } from '../../stores/app.ts';
import { filterRuns, useRuns } from '../../stores/runs.ts';

/** As many as the settings take. */
const MOST_SAVED = 50;

export function FilterChips({ field }: { readonly field: RefObject<HTMLInputElement | null> }) {
  const filter = useRuns((runs) => runs.filter);
  const readable = useRuns((runs) => runs.unread === null);
  const saved = useApp((state) => state.settings?.filters) ?? [];
  const whole = filter.trim();
  if (whole === '') return null;
  const isSaved = saved.includes(whole);
  const keep = () =>
    changeSettings({
      filters: isSaved ? saved.filter((one) => one !== whole) : [whole, ...saved].slice(0, MOST_SAVED),
    });
  return (
    <div className="filter-chips" role="group" aria-label="Parts of the filter">
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
        <IconButton
          icon={Star}
          className="push"
          label={isSaved ? 'Forget this filter' : 'Save this filter'}
          aria-pressed={isSaved}
          onClick={() => void keep()}
        />
      )}
    </div>
  );
}
