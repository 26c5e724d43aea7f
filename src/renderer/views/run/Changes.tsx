import type { RequestChange } from '../../../shared/model/request-change.ts';
import { Button } from '../../components/Button.tsx';
import { plural } from '../../components/format.ts';
import type { Preview } from './use-preview.ts';

interface ChangesProps {
  readonly preview: Preview;
  /** Ids of what is switched off. */
  readonly without: readonly string[];
  readonly onChange: (without: readonly string[]) => void;
}

/** What the program adds to the request, or takes out of it, each with a switch: with all of them off it is sent as it is written. */
export function Changes({ preview: { preview, problem }, without, onChange }: ChangesProps) {
  if (problem !== null) return <p className="run-changes-none">What will be added is not known: {problem}</p>;
  if (preview === null) return null;
  const { changes } = preview;
  const free = changes.filter(({ fixed }) => fixed !== true);
  const isOff = ({ id }: RequestChange): boolean => without.includes(id);
  const turn = (id: string): void =>
    onChange(without.includes(id) ? without.filter((one) => one !== id) : [...without, id]);
  const allOff = free.every(isOff);
  return (
    <details className="run-changes">
      <summary>{summaryOf(changes, isOff)}</summary>
      <p className="run-changes-all">
        <Button onClick={() => onChange(allOff ? [] : free.map(({ id }) => id))}>
          {allOff ? 'Add everything again' : 'Send as written'}
        </Button>
        <span className="quiet">
          With none of it, the body is sent byte for byte as it is written, with only the headers that HTTP requires.
        </span>
      </p>
      <ul aria-label="What will be added">
        {changes.map((change) => (
          <li key={change.id}>
            <label>
              <input
                type="checkbox"
                checked={change.fixed === true || !isOff(change)}
                disabled={change.fixed === true}
                onChange={() => turn(change.id)}
              />
              <code>{textOf(change)}</code>
              <span className="quiet">{change.why}</span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** `Will be added: stream, 6 headers · taken out: model · 2 switched off` */
function summaryOf(changes: readonly RequestChange[], isOff: (change: RequestChange) => boolean): string {
  const on = changes.filter((change) => change.fixed === true || !isOff(change));
  const added = on.filter(({ where, value }) => where === 'body' && value !== null).map(({ name }) => name);
  const headers = on.filter(({ where }) => where === 'headers').length;
  const out = on.filter(({ value }) => value === null).map(({ name }) => name);
  const address = on.some(({ where }) => where === 'address');
  const off = changes.length - on.length;
  return [
    `Will be added: ${[...added, ...(headers > 0 ? [plural(headers, 'header')] : [])].join(', ')}`,
    ...(out.length > 0 ? [`taken out: ${out.join(', ')}`] : []),
    ...(address ? ['the address is corrected'] : []),
    ...(off > 0 ? [`${off} switched off`] : []),
  ].join(' · ');
}

function textOf({ where, name, value }: RequestChange): string {
  if (value === null) return `${name} is taken out`;
  return where === 'body' ? `"${name}": ${value}` : `${name}: ${value}`;
}
