import { memo, useRef, useState } from 'react';
import { Star } from 'lucide-react';
import { timesFromRequest, type TraceRow } from '../../../shared/model/trace.ts';
import { Chip } from '../../components/Chip.tsx';
import { compact, durationText, money, perSecond, shortDuration, timeOfDay, plural } from '../../components/format.ts';
import { given } from '../../components/given.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { Icon } from '../../components/Icon.tsx';
import { lookOf } from '../../components/names.ts';
import { apiChip, useProviders } from '../../stores/providers.ts';
import { Shown } from '../../components/Shown.tsx';
import { seenText } from '../../components/visible.ts';
import { useApp } from '../../stores/app.ts';
import { renameTrace } from '../../stores/change-runs.ts';

import { Sparkline } from './Sparkline.tsx';

/** The keys that were held as a row was clicked. */
export interface PickKeys {
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

interface RunRowProps {
  readonly row: TraceRow;
  readonly id: string;
  readonly selected: boolean;
  readonly marked: boolean;
  readonly editing: boolean;
  readonly onEdited: () => void;
  readonly onPick: (event: PickKeys) => void;
  readonly rowIndex: number;
  readonly top: number;
}

/** Two lines: what was asked and when; who answered, how fast and how it ended. */
export const RunRow = memo(function RunRow({
  row,
  id,
  selected,
  marked,
  editing,
  onEdited,
  onPick,
  rowIndex,
  top,
}: RunRowProps) {
  const look = lookOf(row);
  const classes = ['run', selected && 'selected', marked && 'marked'].filter(Boolean).join(' ');
  const known = useProviders();
  return (
    <div
      role="row"
      id={id}
      className={classes}
      aria-selected={selected || marked}
      aria-rowindex={rowIndex}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onPick}
    >
      <div role="gridcell" className="run-cell">
        <Glyph name={look.glyph} size={14} className={look.tone} label={look.label} />
        {editing ? (
          <TitleEdit row={row} onDone={onEdited} />
        ) : (
          <h3 className="cut">
            <Shown isName text={row.title} />
          </h3>
        )}
        <span className="run-end">
          <Endpoint row={row} />
          {row.starred && <Icon of={Star} size={12} />}
          <time dateTime={new Date(row.startedAt).toISOString()}>{timeOfDay(row.startedAt)}</time>
        </span>
        <div className="run-facts">
          <Chip>{apiChip(known, row.api)}</Chip>
          <span className="cut model" title={row.model === null ? undefined : seenText(row.model)}>
            {row.model !== null && <Shown isName text={shortModel(row.model)} />}
          </span>
          <Facts row={row} look={look} />
          <Differs row={row} />
          <Tags tags={row.tags ?? []} />
          {row.httpStatus !== undefined && row.httpStatus >= 400 ? (
            <Chip tone="k-error" className="push">
              HTTP {row.httpStatus}
            </Chip>
          ) : (
            <span className="gaps push">
              <Sparkline gaps={row.metrics.gaps} />
            </span>
          )}
        </div>
      </div>
    </div>
  );
});

/**
 * Where it was sent: runs of one model on two endpoints are told apart. An import has none: what stands for it is a guess; a
 * sample is known by its model.
 */
function Endpoint({ row: { endpointId, provider, source } }: { readonly row: TraceRow }) {
  const endpoint = useApp(({ endpoints }) => endpoints.find(({ id }) => id === endpointId));
  const name = source === 'import' || endpoint?.builtIn === true ? undefined : (endpoint?.name ?? provider);
  return name === undefined ? null : (
    <span className="cut served-by" title={`Sent to ${seenText(name)}`}>
      <Shown isName text={name} />
    </span>
  );
}

/** The first by its name, the others by their number: the model is what a row is told apart by. */
function Tags({ tags }: { readonly tags: readonly string[] }) {
  const [first, ...others] = tags;
  if (first === undefined) return null;
  const title = `${others.length === 0 ? 'Tag' : 'Tags'} ${tags.map((tag) => seenText(tag)).join(', ')}`;
  return (
    <Chip className="tag" title={title}>
      <span className="cut">
        <Shown text={first} />
      </span>
      {others.length > 0 && <span>+{others.length}</span>}
    </Chip>
  );
}

/** Which lanes lose something of the wire: the question that the program is for. */
function Differs({ row: { facts } }: { readonly row: TraceRow }) {
  const lanes = useApp((state) => state.info?.lanes);
  if (!facts || facts.differs.length === 0) return null;
  const names = facts.differs.map(({ lane }) => lanes?.find(({ id }) => id === lane)?.label ?? lane);
  const grave = facts.differs.reduce((sum, { count }) => sum + count, 0);
  return (
    <span
      className="differs k k-del"
      title={`${names.join(' and ')} ${names.length === 1 ? 'differs' : 'differ'} from the wire: ${plural(grave, 'finding')}`}
    >
      ≠ {names.length === 1 ? names[0]!.toLowerCase() : names.length}
    </span>
  );
}

/** A bad ending is said instead of numbers that would pretend that all went well. */
function Facts({ row, look }: { readonly row: TraceRow; readonly look: ReturnType<typeof lookOf> }) {
  const { tokensPerSecond } = row.metrics;
  const { firstTextNs, firstByteNs, totalNs } = timesFromRequest(row.metrics);
  if (row.damaged !== undefined || (row.ending && row.ending.state !== 'complete')) {
    return row.damaged === undefined && row.ending?.state === 'http-error' && row.httpStatus !== undefined ? null : (
      <span className={`state k ${look.textTone ?? look.tone}`}>{look.label.toLowerCase()}</span>
    );
  }
  if (!row.timed) return <span className="opt">order only</span>;
  const first = firstTextNs ?? firstByteNs;
  const tokens =
    given(row.usage?.input) && given(row.usage.output)
      ? `${compact(row.usage.input)} → ${compact(row.usage.output)}`
      : null;
  return (
    <>
      {row.metrics.startUnknown && (
        <span className="opt" title="When the request was sent is not in the file.">
          start not known
        </span>
      )}
      {first !== null && (
        <span className="opt" title="Time to the first text">
          {durationText(first)}
        </span>
      )}
      {totalNs !== null && <span className="dur">{shortDuration(totalNs)}</span>}
      {given(tokensPerSecond) && <span className="far">{perSecond(tokensPerSecond)} tok/s</span>}
      {tokens !== null && <span className="far">{tokens}</span>}
      {row.cost !== undefined && <span className="far">{money(row.cost)}</span>}
    </>
  );
}

/** Vendor and date parts say little in a narrow row; the whole name stands in the header. */
function shortModel(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1);
  return name
    .replace(/^claude-/, '')
    .replace(/-20\d{6}$/, '')
    .replace(/-20\d\d-\d\d-\d\d$/, '');
}

function TitleEdit({ row, onDone }: { readonly row: TraceRow; readonly onDone: () => void }) {
  const [title, setTitle] = useState(row.title);
  // Escape ends the edit too, and the blur that follows must not keep what was typed.
  const done = useRef(false);
  const finish = (keep: boolean) => {
    if (done.current) return;
    done.current = true;
    if (keep && title.trim() !== row.title) void renameTrace(row.id, title.trim());
    onDone();
  };
  return (
    <input
      className="run-edit"
      aria-label="Name of the run"
      value={title}
      ref={(input) => input?.focus()}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setTitle(event.target.value)}
      onClick={(event) => event.stopPropagation()}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') finish(true);
        if (event.key === 'Escape') finish(false);
      }}
    />
  );
}
