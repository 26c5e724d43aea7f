import { useMemo, useState } from 'react';
import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from '../../components/Dialog.tsx';
import { count } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { Key } from '../../components/Key.tsx';
import { Shown } from '../../components/Shown.tsx';
import { onNextFrame } from '../../stores/frame.ts';
import type { OverlayProps } from '../view.ts';
import { useEntries } from './entries.ts';
import { search, type Entry } from './search.ts';
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
      <Command label="Search runs, messages, commands" shouldFilter={false} loop>
        <div className="palette-field">
          <Icon of={Search} />
          <Command.Input value={query} onValueChange={setQuery} placeholder="A command, a run, a sample, an endpoint" />
          <Key chord="Escape" />
        </div>
        <Command.List className="palette-list">
          <Command.Empty className="palette-empty">Nothing is called that.</Command.Empty>
          {found.map(({ group, entries: shown, more }) => (
            <Command.Group key={group} heading={group} className="palette-group">
              {shown.map((entry) => (
                <Command.Item key={entry.id} value={entry.id} className="palette-item" onSelect={() => choose(entry)}>
                  <span className="cut">
                    <Shown text={entry.title} />
                  </span>
                  {entry.note !== undefined && <span className="cut quiet">{entry.note}</span>}
                  {entry.chord !== undefined && <Key chord={entry.chord} />}
                </Command.Item>
              ))}
              {more > 0 && <p className="palette-more">and {count(more)} more; type to find them</p>}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </Dialog>
  );
}
