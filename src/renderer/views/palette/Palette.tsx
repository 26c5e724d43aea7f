import { useMemo, useState } from 'react';
import { Autocomplete } from '@base-ui/react/autocomplete';
import { Search } from 'lucide-react';
import { Dialog } from '../../components/Dialog.tsx';
import { count } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { Key } from '../../components/Key.tsx';
import { Shown } from '../../components/Shown.tsx';
import { onNextFrame } from '../../stores/frame.ts';
import type { OverlayProps } from '../view.ts';
import { useEntries } from './entries.ts';
import { search, type Entry, type Found } from './search.ts';
import './palette.css';

/** Commands that can run now, runs, samples and endpoints by name. */
export function Palette({ close }: OverlayProps<'palette'>) {
  const [query, setQuery] = useState('');
  const entries = useEntries();
  const found = useMemo(() => search(entries, query), [entries, query]);
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
            placeholder="A command, a run, a sample, an endpoint"
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
                      <Shown text={entry.title} />
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
          <p className="palette-empty">No results.</p>
        </Autocomplete.Empty>
      </Autocomplete.Root>
    </Dialog>
  );
}
