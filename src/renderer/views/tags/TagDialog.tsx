/** Tags of one or several runs: what they have, and one to add. */
import { useEffect, useId, useRef, useState } from 'react';
import { X } from 'lucide-react';
import type { FieldValue } from '../../../shared/rpc/contract.ts';
import { count as whole, counted } from '../../../shared/text/count.ts';
import { client } from '../../client/client.ts';
import { Button, IconButton } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Shown } from '../../components/Shown.tsx';
import { seenText } from '../../components/visible.ts';
import { useRuns } from '../../stores/runs.ts';
import { tagTraces } from '../../stores/change-runs.ts';
import type { OverlayProps } from '../view.ts';
import './tags.css';

export function TagDialog({ input, close }: OverlayProps<'tags'>) {
  const ids = input?.ids ?? [];
  const rows = useRuns((runs) => runs.rows);
  const [typed, setTyped] = useState('');
  const known = useKnownTags();
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const counts = new Map<string, number>();
  for (const id of ids) for (const tag of rows.get(id)?.tags ?? []) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const add = () => {
    const tag = typed.trim();
    if (tag !== '') void tagTraces(ids, { add: [tag] });
    setTyped('');
  };
  return (
    <Dialog
      title={ids.length === 1 ? 'Tags of the run' : `Tags of ${counted(ids.length, 'run')}`}
      onClose={close}
      className="tags"
      initialFocus={field}
      footer={
        <Button look="main" onClick={close}>
          Done
        </Button>
      }
    >
      <div className="tags-body">
        <ul aria-label="Tags">
          {[...counts].map(([tag, count]) => (
            <li key={tag} className="chip">
              <span className="cut" title={seenText(tag)}>
                <Shown text={tag} />
              </span>
              {count < ids.length && <span className="quiet">{`${whole(count)} of ${whole(ids.length)}`}</span>}
              <IconButton
                icon={X}
                label={`Remove the tag ${tag}`}
                onClick={() => void tagTraces(ids, { remove: [tag] })}
              />
            </li>
          ))}
        </ul>
        {counts.size === 0 && <p className="quiet">No tags yet. The filter tag:name finds the runs that have one.</p>}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <label className="field">
            <input
              ref={field}
              aria-label="Tag to add"
              placeholder="Add a tag"
              list={list}
              maxLength={100}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </label>
          <datalist id={list}>
            {known.map(({ value }) => (
              <option key={value} value={value} />
            ))}
          </datalist>
          <Button look="line" type="submit" disabled={typed.trim() === ''}>
            Add
          </Button>
        </form>
      </div>
    </Dialog>
  );
}

/** Those that any run has; none until they are read. */
function useKnownTags(): readonly FieldValue[] {
  const [known, setKnown] = useState<readonly FieldValue[]>([]);
  useEffect(() => {
    // They are a help only.
    client()
      .call('traces.values', { field: 'tag' })
      .then(setKnown, () => setKnown([]));
  }, []);
  return known;
}
