/** Finds a text in the open trace: how often it is there, and the event of each, one after the other. */
import { useDeferredValue, useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { ChevronDown, ChevronUp, Search, X } from 'lucide-react';
import { chordOf, useCommand } from '../../commands/commands.ts';
import { IconButton } from '../../components/Button.tsx';
import { Field } from '../../components/Field.tsx';
import { count } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { selectEvent, useSession, useTrace } from '../../stores/open.ts';
import type { TraceModel } from '../../stores/trace-model.ts';
import { LONGEST_WANTED, matchesIn, MOST_MATCHES, type Match } from './find-matches.ts';
import './find.css';

const NONE: readonly Match[] = [];

export function FindBar() {
  const [open, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useCommand('trace.find', () => {
    setOpen(true);
    field.current?.focus();
    field.current?.select();
  });
  return open ? <Finding field={field} onClose={() => setOpen(false)} /> : null;
}

interface FindingProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onClose: () => void;
}

function Finding({ field, onClose }: FindingProps) {
  const [text, setText] = useState('');
  const [at, setAt] = useState<number | null>(null);
  const wanted = useDeferredValue(text);
  const known = useMatches(wanted);
  const matches = known ?? NONE;
  const ended = useTrace((trace) => trace.phase === 'ended');
  const from = useRef<Element | null>(null);
  useEffect(() => {
    from.current = document.activeElement;
    field.current?.focus();
  }, [field]);

  const session = useSession();
  const go = (to: number): void => {
    if (matches.length === 0) return;
    const next = (to + matches.length) % matches.length;
    setAt(next);
    session.setFollow(false);
    selectEvent(matches[next]!.event);
  };
  const shown = at !== null && at < matches.length ? at : null;
  const step = (by: 1 | -1) => {
    if (shown !== null) return go(shown + by);
    const { event } = session.store.getState();
    const first = event === null ? 0 : matches.findIndex((match) => match.event >= event);
    go(by === 1 ? Math.max(0, first) : first - 1);
  };
  useCommand('find.next', () => step(1), matches.length > 0);
  useCommand('find.previous', () => step(-1), matches.length > 0);
  const close = () => {
    onClose();
    if (from.current instanceof HTMLElement) from.current.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search className="find-bar" aria-label="Find in the trace">
      <Field
        ref={field}
        lead={<Icon of={Search} size={12} />}
        aria-label="Find in the trace"
        placeholder="Find in text, reasoning, arguments and events"
        spellCheck={false}
        maxLength={LONGEST_WANTED}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(null);
        }}
        onKeyDown={onKeyDown}
      />
      <span className="find-count" role="status">
        {wanted.trim() !== '' && said(known, shown, ended)}
      </span>
      <IconButton icon={ChevronUp} label="Previous match" chord={chordOf('find.previous')!} onClick={() => step(-1)} />
      <IconButton icon={ChevronDown} label="Next match" chord={chordOf('find.next')!} onClick={() => step(1)} />
      <IconButton icon={X} label="Close the search" onClick={close} />
    </search>
  );
}

interface Found {
  readonly model: TraceModel;
  readonly text: string;
  readonly matches: readonly Match[];
}

/** Null until all of the trace was looked at. Looked for again as a stream goes on, each time from beginning to end. */
function useMatches(text: string): readonly Match[] | null {
  const { model } = useSession();
  const items = useTrace((trace) => (trace.pulse, model.count));
  const [found, setFound] = useState<Found | null>(null);
  const wake = useRef(() => {});
  useEffect(() => {
    const stop = new AbortController();
    void (async () => {
      for (let looked = -1; !stop.signal.aborted;) {
        if (looked === model.count) {
          await new Promise<void>((resolve) => (wake.current = resolve));
          continue;
        }
        looked = model.count;
        const matches = await matchesIn(model, text, stop.signal);
        if (matches) setFound({ model, text, matches });
      }
    })();
    return () => {
      stop.abort();
      wake.current();
    };
  }, [model, text]);
  useEffect(() => {
    if (items > 0) wake.current();
  }, [items]);
  return found?.model === model && found.text === text ? found.matches : null;
}

function said(matches: readonly Match[] | null, shown: number | null, ended: boolean): string {
  if (matches === null) return 'looking…';
  if (matches.length === 0) return ended ? 'not found' : 'not found so far';
  const all = `${count(matches.length)}${matches.length === MOST_MATCHES ? '+' : ''}`;
  if (shown === null) return `${all} found`;
  const { event, where } = matches[shown]!;
  return `${count(shown + 1)} of ${all}${where === 'event' ? '' : ` · ${where}`} · event ${event}`;
}
