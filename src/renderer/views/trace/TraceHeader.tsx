import { memo, useState } from 'react';
import { Ellipsis, Square, Star } from 'lucide-react';
import { chordOf, runCommand, useCommand, useHandlers, type CommandId } from '../../commands/commands.ts';
import { Button, IconButton } from '../../components/Button.tsx';
import { Chip } from '../../components/Chip.tsx';
import { Glyph } from '../../components/Glyph.tsx';
import { Icon } from '../../components/Icon.tsx';
import { Menu, type MenuItem } from '../../components/Menu.tsx';
import { lookOf } from '../../components/names.ts';
import { apiChip, useProviders } from '../../stores/providers.ts';
import { Shown } from '../../components/Shown.tsx';
import { seenText } from '../../components/visible.ts';
import { useTrace } from '../../stores/open.ts';
import { useRuns } from '../../stores/runs.ts';
import { stopTrace } from '../../stores/change-runs.ts';
import { LanePicker } from './LanePicker.tsx';
import { WaitClock } from './WaitClock.tsx';
import './trace.css';

const MENU: readonly {
  readonly id: CommandId;
  readonly label: string;
  readonly group?: boolean;
  readonly danger?: boolean;
}[] = [
  { id: 'trace.rename', label: 'Rename' },
  { id: 'trace.tag', label: 'Tags…' },
  { id: 'run.again', label: 'Run again with…' },
  { id: 'compare.with', label: 'Compare with…' },
  { id: 'trace.export', label: 'Export…', group: true },
  { id: 'trace.curl', label: 'Copy as cURL' },
  { id: 'trace.raw', label: 'Show the raw response' },
  { id: 'trace.delete', label: 'Delete', group: true, danger: true },
];

export function TraceHeader() {
  const id = useTrace((trace) => trace.id);
  const detail = useTrace((trace) => trace.detail);
  const known = useProviders();
  const row = useRuns((runs) => runs.rows.get(id)) ?? detail;
  const [stopping, setStopping] = useState<string | null>(null);
  const live = row !== null && row?.ending === undefined;
  const stop = () => {
    setStopping(id);
    void stopTrace(id);
  };
  useCommand('run.stop', stop, live);
  if (!row) return <header className="trace-head" />;
  const look = lookOf(row);
  return (
    <header className="trace-head">
      <Glyph name={look.glyph} className={look.tone} label={look.label} />
      <h1 className="cut" title={seenText(row.title)}>
        <Shown isName text={row.title} />
      </h1>
      <Chip>{apiChip(known, row.api, detail?.endpoint)}</Chip>
      <span className="quiet mono cut model">{row.model !== null && <Shown isName text={row.model} />}</span>
      <span className="push" />
      {live && <WaitClock />}
      {live && (
        <Button look="line" icon={Square} onClick={stop} disabled={stopping === id}>
          {stopping === id ? 'Stopping' : 'Stop'}
        </Button>
      )}
      <LanePicker />
      <StarButton starred={row.starred} />
      <TraceMenu />
    </header>
  );
}

const StarButton = memo(function StarButton({ starred }: { readonly starred: boolean }) {
  return (
    <IconButton
      icon={Star}
      label={starred ? 'Remove star' : 'Star'}
      chord={chordOf('trace.star')!}
      className={starred ? 'starred' : ''}
      aria-pressed={starred}
      onClick={() => runCommand('trace.star')}
    />
  );
});

const TraceMenu = memo(function TraceMenu() {
  const stacks = useHandlers((state) => state.stacks);
  const items = MENU.filter(({ id }) => stacks.has(id)).map(({ id, ...rest }): MenuItem => ({
    ...rest,
    chord: chordOf(id),
    onSelect: () => runCommand(id),
  }));
  return (
    <Menu
      label="More actions"
      items={items}
      trigger={
        <button type="button" className="btn plain icon">
          <Icon of={Ellipsis} />
        </button>
      }
    />
  );
});
