import { Fragment, useEffect, useMemo, useState } from 'react';
import { Autocomplete } from '@base-ui/react/autocomplete';
import { Search } from 'lucide-react';
import { Dialog } from '../../components/Dialog.tsx';
import { count } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { Key } from '../../components/Key.tsx';
import { Shown } from '../../components/Shown.tsx';
import { receiveTyped } from '../../commands/typed-ahead.ts';
import { onNextFrame } from '../../stores/frame.ts';
import type { OverlayProps } from '../view.ts';
import { hitEntries, useEntries } from './entries.ts';
import { useTitled } from './use-titled.ts';
import { useHits } from './use-hits.ts';
import { search, type Entry, type Found } from './search.ts';
import './palette.css';

/** Commands that can run now, runs, samples and endpoints by name, and what was said in any run. */
export function Palette({ close }: OverlayProps<'palette'>) {
  const [query, setQuery] = useState('');
  useEffect(() => receiveTyped((typed) => setQuery((before) => before + typed)), []);
  const entries = useEntries(useTitled(query));
  const { hits, done, behind, problem } = useHits(query);
  const named = useMemo(() => search(entries, query), [entries, query]);
  const found = useMemo(
    () => (hits.length === 0 ? named : [...named, { group: 'Messages', items: hitEntries(hits), more: 0 }]),
    [named, hits],
  );
  const choose = (entry: Entry) => {
    close();
    // The dialog gives the focus back first: the command may want it.
    onNextFrame(entry.run);
  };
  return (
    <Dialog
      title="Search runs, messages, commands"
      bare
      className="palette"
      onClose={close}
      initialFocus={(popup) => popup.querySelector('input')}
    >
      <Autocomplete.Root
        inline
        open
        items={found}
        filter={null}
        value={query}
        onValueChange={setQuery}
        itemToStringValue={({ title }: Entry) => title}
        autoHighlight="always"
        keepHighlight
      >
        <div className="palette-field">
          <Icon of={Search} />
          <Autocomplete.Input
            aria-label="Search runs, messages, commands"
            placeholder="A command, a run, a sample, an endpoint, or the text of a message"
          />
          <Key chord="Escape" />
        </div>
        <Autocomplete.List className="palette-list">
          {({ group, items, more }: Found) => (
            <Autocomplete.Group key={group} items={items} className="palette-group">
              <Autocomplete.GroupLabel className="palette-heading">{group}</Autocomplete.GroupLabel>
              <Autocomplete.Collection>
                {(entry: Entry) => (
                  <Autocomplete.Item
                    key={entry.id}
                    value={entry}
                    className="palette-item"
                    onClick={() => choose(entry)}
                  >
                    <span className="cut">
                      <Marked text={entry.title} marks={entry.marks ?? []} />
                    </span>
                    {entry.note !== undefined && <span className="cut quiet">{entry.note}</span>}
                    {entry.chord !== undefined && <Key chord={entry.chord} />}
                  </Autocomplete.Item>
                )}
              </Autocomplete.Collection>
              {more > 0 && <p className="palette-more">and {count(more)} more; type to find them</p>}
            </Autocomplete.Group>
          )}
        </Autocomplete.List>
        <Autocomplete.Empty>
          <p className="palette-empty">{done ? 'No results.' : 'Searching…'}</p>
        </Autocomplete.Empty>
        {(problem !== null || behind) && query.trim() !== '' && (
          <p className="palette-note" role="status">
            {problem ?? 'Some runs are not indexed yet, so they are missing from these results.'}
          </p>
        )}
      </Autocomplete.Root>
    </Dialog>
  );
}

/** Text with what was searched in it marked. */
function Marked({ text, marks }: { readonly text: string; readonly marks: NonNullable<Entry['marks']> }) {
  const apart = marks.filter(([start], at) => at === 0 || start >= marks[at - 1]![1]);
  return (
    <>
      {apart.map(([start, end], at) => (
        <Fragment key={start}>
          <Shown text={text.slice(at === 0 ? 0 : apart[at - 1]![1], start)} />
          <mark>
            <Shown text={text.slice(start, end)} />
          </mark>
        </Fragment>
      ))}
      <Shown text={text.slice(apart.at(-1)?.[1] ?? 0)} />
    </>
  );
}
