/** Everything that can be asked for by name: commands, runs, samples, endpoints. */
import { COMMANDS, runCommand, useHandlers, type Command, type CommandId } from '../../commands/commands.ts';
import { dayName, timeOfDay } from '../../components/format.ts';
import { client } from '../../client/client.ts';
import { openOverlay, selectTrace, setCentre, setPane, useApp } from '../../stores/app.ts';
import { leaveFirstRun, playFirst, useFirstRunStands } from '../../stores/first-run.ts';
import { openAt } from '../../stores/open.ts';
import { revealRun, useRuns } from '../../stores/runs.ts';
import { apiLabel } from '../../stores/providers.ts';
import { startSample } from '../../stores/samples.ts';
import { toastError } from '../../stores/toasts.ts';
import type { TraceRow } from '../../../shared/model/trace.ts';
import type { SampleInfo, SearchHit } from '../../../shared/rpc/contract.ts';
import type { Entry } from './search.ts';

/** Commands that say nothing in a list of commands. */
const UNSAID: ReadonlySet<CommandId> = new Set(['palette.open', 'go.up']);

/** `titled`: runs of the store that are offered beside those that the list knows. */
export function useEntries(titled: readonly TraceRow[]): readonly Entry[] {
  const stacks = useHandlers((state) => state.stacks);
  const { ids, rows } = useRuns();
  const { samples, endpoints, providers } = useApp();
  const first = useFirstRunStands();

  const commands = (COMMANDS as readonly (Command & { readonly id: CommandId })[])
    .filter(({ id }) => stacks.has(id) && !UNSAID.has(id))
    .map(({ id, title, group, keys }): Entry => ({
      id: `command ${id}`,
      group: 'Commands',
      title,
      note: group,
      ...(keys && { chord: keys[0]! }),
      run: () => void runCommand(id),
    }));
  const listed = new Set(ids);
  const known = [...ids.map((id) => rows.get(id)!), ...titled.filter(({ id }) => !listed.has(id))];
  const runs = known.map((row): Entry => ({
    id: `run ${row.id}`,
    group: 'Runs',
    title: row.title,
    note: `${row.model ?? apiLabel(providers, row.api)} · ${dayName(row.startedAt)} ${timeOfDay(row.startedAt)}`,
    words: [row.api, row.ending?.state ?? 'live'],
    run: () => chooseRun(row),
  }));
  const playing = samples.map((sample): Entry => ({
    id: `sample ${sample.model} ${sample.api}`,
    group: 'Samples',
    title: sample.title,
    note: apiLabel(providers, sample.api),
    words: [sample.model, sample.sentence],
    run: () => play(sample, first),
  }));
  const asking = endpoints.map((endpoint): Entry => ({
    id: `endpoint ${endpoint.id}`,
    group: 'Endpoints',
    title: `New run on ${endpoint.name}`,
    note: endpoint.baseUrl,
    run: () => openOverlay('run', { endpoint: endpoint.id }),
  }));
  return [...commands, ...runs, ...playing, ...asking];
}

/** What was said and has the typed words, as entries. */
export function hitEntries(hits: readonly SearchHit[]): readonly Entry[] {
  return hits.map((hit, at): Entry => ({
    id: `hit ${hit.row.id} ${at}`,
    group: 'Messages',
    title: hit.excerpt,
    marks: hit.marks,
    note: `${hit.part === 'request' || hit.part === 'args' ? hit.label : hit.part} · ${hit.row.title}`,
    run: () => void chooseHit(hit),
  }));
}

/** Its run at the event that brought it; a part of the request in the pane that has it. */
async function chooseHit({ row, part, block, offset, event }: SearchHit): Promise<void> {
  chooseRun(row);
  if (part === 'request') return setPane('request');
  if (block !== null) setCentre('messages');
  openAt(row.id, event);
  if (block === null) return;
  const exact = await client().call('traces.eventOf', { id: row.id, block, offset });
  openAt(row.id, exact.event);
}

/** Shows it in the list as well. */
function chooseRun(row: TraceRow): void {
  leaveFirstRun();
  void revealRun(row);
  selectTrace(row.id);
}

function play(sample: SampleInfo, first: boolean): void {
  if (first) void playFirst(sample);
  else startSample(sample).catch((error: unknown) => toastError('The sample could not be played', error));
}
