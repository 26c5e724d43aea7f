/** A JSON text as a tree whose branches fold. Only what is open, and only so much of it, is drawn. */
import { memo, useCallback, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { count, plural } from './format.ts';
import { Icon } from './Icon.tsx';
import { jsonRows, seenRows, type JsonRow } from './json-tree.ts';
import { LongText } from './LongText.tsx';
import { Shown } from './Shown.tsx';
import { useSteps } from './use-steps.ts';
import './json-tree.css';

/** Rows that are drawn at first, and how much more there is with each press. A tree of more rows begins with its branches closed. */
const ROWS = 200;
const MORE = 4;
/** Characters of a value that are drawn at first. The first press draws all of it. */
const CHARS = 1_000;
/** Of drawing a row, in characters of text. */
const ROW_COST = 128;
/** Beyond this level rows no longer move to the right. */
const DEEPEST = 24;

interface JsonTreeProps {
  /** Valid JSON. */
  readonly text: string;
  readonly label: string;
}

export function JsonTree({ text, label }: JsonTreeProps) {
  const rows = useMemo(() => jsonRows(text), [text]);
  const [closed, setClosed] = useState(() => branchesOf(rows.length > ROWS ? rows : []));
  const [times, setTimes] = useState(1);
  const [at, setAt] = useState(0);
  const tree = useRef<HTMLUListElement>(null);
  const id = useId();
  const { seen: wanted, total } = useMemo(() => seenRows(rows, closed, ROWS * times), [rows, closed, times]);
  const drawn = useSteps(wanted.length, ROW_COST, rows);
  const seen = useMemo(() => wanted.slice(0, drawn), [wanted, drawn]);
  const toggle = useCallback(
    (row: number) =>
      setClosed((before) => {
        const after = new Set(before);
        if (!after.delete(row)) after.add(row);
        return after;
      }),
    [],
  );
  const press = useCallback(
    (row: number) => {
      setAt(row);
      if (rows[row]!.held > 0) toggle(row);
    },
    [rows, toggle],
  );
  if (rows.length === 0)
    return (
      <div className="args">
        <Shown text={text} />
      </div>
    );
  const cut = times === 1 && wanted.some((row) => (rows[row]!.value?.length ?? 0) > CHARS);

  const goTo = (row: number) => {
    const place = seen.indexOf(row);
    if (place < 0) return;
    setAt(row);
    tree.current?.children[place]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const action = actionOf(event.key, { rows, closed, seen, at });
    if (action === null) return;
    event.preventDefault();
    if ('to' in action) goTo(action.to);
    else if (action.shut !== null) toggle(at);
  };
  return (
    <div className="json-tree" onClick={(event) => event.stopPropagation()}>
      <ul
        ref={tree}
        role="tree"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={`${id}-${at}`}
        onKeyDown={onKeyDown}
      >
        {seen.map((row) => (
          <Row
            key={row}
            id={`${id}-${row}`}
            number={row}
            row={rows[row]!}
            shut={closed.has(row)}
            active={row === at}
            whole={times > 1}
            onPress={press}
          />
        ))}
      </ul>
      {(total > wanted.length || cut) && (
        <button type="button" className="link more" onClick={() => setTimes(times * MORE)}>
          Show more: {total > wanted.length ? plural(total - wanted.length, 'row') : 'long values are cut'}
        </button>
      )}
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly number: number;
  readonly row: JsonRow;
  readonly shut: boolean;
  readonly active: boolean;
  /** Its value is not cut. */
  readonly whole: boolean;
  readonly onPress: (row: number) => void;
}

const Row = memo(function Row({ id, number, row, shut, active, whole, onPress }: RowProps) {
  const { name, value, bracket, level, held } = row;
  const folds = held > 0;
  const rest = useMemo(() => (whole && value && value.length > CHARS ? [value.slice(CHARS)] : null), [whole, value]);
  return (
    <li
      id={id}
      role="treeitem"
      aria-level={level}
      aria-expanded={folds ? !shut : undefined}
      aria-selected={active}
      className={folds ? 'folds' : undefined}
      style={{ paddingLeft: `${(Math.min(level, DEEPEST) - 1) * 12}px` }}
      onClick={() => onPress(number)}
    >
      <span className="json-tree-fold">{folds && <Icon of={shut ? ChevronRight : ChevronDown} size={12} />}</span>
      <span className="json-tree-row">
        <span className="json-tree-name">
          <Shown text={name} />
        </span>{' '}
        {value === null ? (
          <span className="quiet">{bracket === '{' ? plural(held, 'field') : plural(held, 'item')}</span>
        ) : (
          <>
            <Shown whole text={value.slice(0, CHARS)} />
            {rest ? (
              <LongText pieces={rest} first={Number.POSITIVE_INFINITY} />
            ) : (
              value.length > CHARS && <span className="quiet">… {count(value.length - CHARS)} more characters</span>
            )}
          </>
        )}
      </span>
    </li>
  );
});

const branchesOf = (rows: readonly JsonRow[]): ReadonlySet<number> =>
  new Set(rows.flatMap(({ held }, at) => (held > 0 ? [at] : [])));

interface Standing {
  readonly rows: readonly JsonRow[];
  readonly closed: ReadonlySet<number>;
  readonly seen: readonly number[];
  readonly at: number;
}
type Action = { readonly to: number } | { readonly shut: boolean | null };

/** What a key does, by the pattern of trees in WAI-ARIA's Authoring Practices; null: the key is not the tree's. */
function actionOf(key: string, { rows, closed, seen, at }: Standing): Action | null {
  const place = seen.indexOf(at);
  const { held, parent } = rows[at]!;
  const shut = closed.has(at);
  switch (key) {
    case 'ArrowDown':
      return { to: seen[place + 1] ?? at };
    case 'ArrowUp':
      return { to: seen[place - 1] ?? at };
    case 'Home':
      return { to: seen[0]! };
    case 'End':
      return { to: seen.at(-1)! };
    case 'ArrowRight':
      return held > 0 && !shut ? { to: at + 1 } : { shut: held > 0 ? false : null };
    case 'ArrowLeft':
      return held > 0 && !shut ? { shut: true } : { to: Math.max(0, parent) };
    case 'Enter':
    case ' ':
      return { shut: held > 0 ? !shut : null };
    default:
      return null;
  }
}
