/** A JSON text as a tree whose branches fold. Only what is open, and only so much of it, is drawn. */
import { useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { count, plural } from './format.ts';
import { Icon } from './Icon.tsx';
import { jsonRows, seenRows, type JsonRow } from './json-tree.ts';
import { Shown } from './Shown.tsx';
import './json-tree.css';

/** Rows, and characters of a value, that are drawn at first. A tree of more rows begins with its branches closed. */
const ROWS = 200;
const CHARS = 1_000;
/** How much more there is with each press. */
const MORE = 4;
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
  const { seen, total } = useMemo(() => seenRows(rows, closed, ROWS * times), [rows, closed, times]);
  if (rows.length === 0)
    return (
      <div className="args">
        <Shown text={text} />
      </div>
    );
  const cut = seen.some((row) => (rows[row]!.value?.length ?? 0) > CHARS * times);

  const fold = (row: number, shut: boolean) => {
    const next = new Set(closed);
    if (shut) next.add(row);
    else next.delete(row);
    setClosed(next);
  };
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
    else if (action.shut !== null) fold(at, action.shut);
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
            row={rows[row]!}
            shut={closed.has(row)}
            active={row === at}
            longest={CHARS * times}
            onPress={() => {
              setAt(row);
              if (rows[row]!.held > 0) fold(row, !closed.has(row));
            }}
          />
        ))}
      </ul>
      {(total > seen.length || cut) && (
        <button type="button" className="link more" onClick={() => setTimes(times * MORE)}>
          Show more: {total > seen.length ? plural(total - seen.length, 'row') : 'long values are cut'}
        </button>
      )}
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly row: JsonRow;
  readonly shut: boolean;
  readonly active: boolean;
  readonly longest: number;
  readonly onPress: () => void;
}

function Row({ id, row, shut, active, longest, onPress }: RowProps) {
  const { name, value, bracket, level, held } = row;
  const folds = held > 0;
  return (
    <li
      id={id}
      role="treeitem"
      aria-level={level}
      aria-expanded={folds ? !shut : undefined}
      aria-selected={active}
      className={folds ? 'folds' : undefined}
      style={{ paddingLeft: `${(Math.min(level, DEEPEST) - 1) * 12}px` }}
      onClick={onPress}
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
            <Shown whole text={value.slice(0, longest)} />
            {value.length > longest && <span className="quiet">… {count(value.length - longest)} more characters</span>}
          </>
        )}
      </span>
    </li>
  );
}

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
