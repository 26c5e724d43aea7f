/** What stands in the place of the list where it is empty, and what to do about it. */
import { useEffect, useState } from 'react';
import { readFilter } from '../../../shared/filter/read-filter.ts';
import { client } from '../../client/client.ts';
import { Button } from '../../components/Button.tsx';
import { absentSentence, wantedNames } from './absent.ts';

export function EmptyList({
  loaded,
  unread,
  problem,
  filter,
  onClear,
}: {
  readonly loaded: boolean;
  /** What of the filter cannot be read, as a sentence. */
  readonly unread: string | null;
  readonly problem: string | null;
  /** Null: none. */
  readonly filter: string | null;
  readonly onClear: () => void;
}) {
  if (!loaded) return null;
  if (problem !== null) return <p className="runs-empty">The runs could not be read: {problem}</p>;
  if (unread !== null)
    return (
      <p className="runs-empty">
        <span className="k k-error">{unread}</span>
        <Button onClick={onClear}>Clear filter</Button>
      </p>
    );
  if (filter !== null)
    return (
      <p className="runs-empty">
        No run matches. <Absent key={filter} filter={filter} />
        <Button onClick={onClear}>Clear filter</Button>
      </p>
    );
  return <p className="runs-empty">Nothing captured yet.</p>;
}

/** As many as `traces.values` gives. */
const MOST_VALUES = 500;

/** Which names of the filter no run has. */
function Absent({ filter }: { readonly filter: string }) {
  const [sentences, setSentences] = useState<readonly string[]>([]);
  useEffect(() => {
    let gone = false;
    const look = async (): Promise<readonly string[]> => {
      const names = wantedNames(readFilter(filter, Date.now()).filter);
      const asked = names.map(async (name) => {
        const values = await client().call('traces.values', { field: name.field });
        // Of more there are some that are not said.
        if (values.length >= MOST_VALUES) return null;
        return absentSentence(
          name,
          values.map(({ value }) => value),
        );
      });
      return (await Promise.all(asked)).filter((sentence) => sentence !== null);
    };
    look().then(
      (found) => !gone && setSentences(found),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [filter]);
  return <span>{sentences.join(' ')}</span>;
}
