import { useEffect, useState, type FormEvent } from 'react';
import type { Outdated, Retention, StoreSize } from '../../../shared/rpc/contract.ts';
import { client } from '../../client/client.ts';
import { Button } from '../../components/Button.tsx';
import { Field } from '../../components/Field.tsx';
import { FormField } from '../../components/FormField.tsx';
import { byteSize, dayName, plural } from '../../components/format.ts';
import { changeSettings, useApp } from '../../stores/app.ts';
import { useRuns } from '../../stores/runs.ts';

/** How much is kept, and the limits beyond which the oldest runs go. */
export function Storage() {
  const retention = useApp((state) => state.settings?.retention);
  if (!retention) return <p className="settings-wait">The settings have not loaded yet.</p>;
  return (
    <div className="settings-page">
      <Sizes />
      <Limits key={JSON.stringify(retention)} kept={retention} />
    </div>
  );
}

/** Between two looks at what leaves the file. */
const LOOK_MS = 1000;

function Sizes() {
  const size = useSize();
  const readable = useApp(({ info }) => info?.storeProblem?.readable === true);
  if (!size) return <p className="settings-say">The size of the store is not known yet.</p>;
  return (
    <dl className="about" aria-label="Size of the store">
      <dt>Runs</dt>
      <dd>
        {plural(size.traces, 'run')}, {byteSize(size.bytes)}
      </dd>
      <dt>Trace file</dt>
      <dd>
        {size.file > 0 ? byteSize(size.file) : readable ? 'read-only; new runs are kept in memory' : 'in memory only'}
        {size.file > 0 && size.free > 0 && `, ${byteSize(size.free)} of it unused`}
      </dd>
      <dt>Search index</dt>
      <dd>{byteSize(size.search)}</dd>
      {size.leaving > 0 && (
        <>
          <dt>Deleted</dt>
          <dd role="status">{plural(size.leaving, 'run')}, still being removed from the file</dd>
        </>
      )}
    </dl>
  );
}

/** Asked again when the number of runs changes, and now and then while some leave. */
function useSize(): StoreSize | null {
  const [size, setSize] = useState<StoreSize | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const look = async (): Promise<void> => {
      const next = await client()
        .call('store.size', {})
        .catch(() => null);
      if (gone || next === null) return;
      setSize(next);
      clearTimeout(timer);
      if (next.leaving > 0 || next.free > 0) timer = setTimeout(() => void look(), LOOK_MS);
    };
    void look();
    const stop = onTotal(() => void look());
    return () => {
      gone = true;
      stop();
      clearTimeout(timer);
    };
  }, []);
  return size;
}

/** Tells when the number of runs has changed. */
const onTotal = (changed: () => void): (() => void) =>
  useRuns.subscribe((now, before) => {
    if (now.total !== before.total) changed();
  });

/** As `retentionSchema` has them. */
const MOST = { days: 36_500, megabytes: 1e9 };

/** `said`: as it was typed; empty: no limit. Undefined: it is no such number. */
function limitOf(said: string, most: number): number | null | undefined {
  if (said.trim() === '') return null;
  const value = Number(said);
  return value > 0 && value <= most ? value : undefined;
}

const NO_NUMBER = 'Enter a number above 0, or leave it empty.';

function Limits({ kept }: { readonly kept: Retention }) {
  const [days, setDays] = useState(String(kept.days ?? ''));
  const [megabytes, setMegabytes] = useState(String(kept.megabytes ?? ''));
  const [readDays, readMegabytes] = [limitOf(days, MOST.days), limitOf(megabytes, MOST.megabytes)];
  const retention =
    readDays === undefined || readMegabytes === undefined ? null : { days: readDays, megabytes: readMegabytes };
  const outdated = useOutdated(retention);
  const changed = retention !== null && (retention.days !== kept.days || retention.megabytes !== kept.megabytes);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changed && outdated) void changeSettings({ retention });
  };
  return (
    <form className="retention" aria-label="Delete old runs" onSubmit={submit} noValidate>
      <h3>Delete old runs automatically</h3>
      <p className="settings-say">
        Off unless a limit is set. Runs that have a star or a tag, and runs in progress, are never deleted
        automatically.
      </p>
      <div className="limits">
        <FormField
          label="Keep for"
          hint="Older runs are deleted, as long as there is a newer one. Leave it empty to keep runs of any age."
          error={readDays === undefined ? NO_NUMBER : undefined}
        >
          {(ids) => (
            <Field
              {...ids}
              inputMode="decimal"
              placeholder="no limit"
              value={days}
              onChange={(event) => setDays(event.target.value)}
              trail={<span>days</span>}
            />
          )}
        </FormField>
        <FormField
          label="Keep at most"
          hint="When all runs together take up more, the oldest are deleted. Leave it empty for no limit."
          error={readMegabytes === undefined ? NO_NUMBER : undefined}
        >
          {(ids) => (
            <Field
              {...ids}
              inputMode="decimal"
              placeholder="no limit"
              value={megabytes}
              onChange={(event) => setMegabytes(event.target.value)}
              trail={<span>MB</span>}
            />
          )}
        </FormField>
      </div>
      <p className="settings-say" role="status">
        {retention && outdated && said(retention, outdated, changed)}
      </p>
      <footer>
        <Button type="submit" look="main" size="big" disabled={!changed || !outdated}>
          {outdated && changed && outdated.traces > 0 ? `Set, and delete ${plural(outdated.traces, 'run')}` : 'Set'}
        </Button>
      </footer>
    </form>
  );
}

/** What limits would delete now; null until that is known. */
function useOutdated(retention: Retention | null): Outdated | null {
  const [known, setKnown] = useState<{ readonly of: string; readonly outdated: Outdated } | null>(null);
  const of = JSON.stringify(retention);
  useEffect(() => {
    const asked = JSON.parse(of) as Retention | null;
    if (!asked) return;
    let gone = false;
    const ask = (): void =>
      void client()
        .call('store.outdated', { retention: asked })
        .then((outdated) => !gone && setKnown({ of, outdated }))
        .catch(() => undefined);
    ask();
    const stop = onTotal(ask);
    return () => {
      gone = true;
      stop();
    };
  }, [of]);
  return known?.of === of ? known.outdated : null;
}

function said(retention: Retention, { traces, bytes, from, to, spared }: Outdated, changed: boolean): string {
  if (retention.days === null && retention.megabytes === null) return 'Nothing is deleted automatically.';
  const stay =
    spared === 0
      ? ''
      : ` ${plural(spared, 'run')} beyond the limit ${spared === 1 ? 'stays, as it has' : 'stay, as they have'} a star or a tag.`;
  if (traces === 0 || from === null || to === null)
    return `No run is beyond ${changed ? 'this' : 'the limit'} now.${stay}`;
  const [first, last] = [dayName(from), dayName(to)].map((name) =>
    name.replace(/^(?=Today|Yesterday)./, (T) => T.toLowerCase()),
  );
  const days = first === last ? `started ${first}` : `started between ${first} and ${last}`;
  return `${plural(traces, 'run')} (${byteSize(bytes)}), ${days}, ${changed ? 'would be deleted now' : 'are being deleted'}.${stay}`;
}
