/** State of the window: connection, settings, what is chosen. The list and each trace have stores of their own. */
import { create } from 'zustand';
import type { EndpointId, TraceId } from '../../shared/model/ids.ts';
import type { TraceDetail } from '../../shared/model/trace.ts';
import type {
  AppInfo,
  EndpointInfo,
  ProvidersInfo,
  ResultOf,
  SampleInfo,
  Settings,
} from '../../shared/rpc/contract.ts';
import { client, type ConnectionStatus } from '../client/client.ts';
import { toastError } from './toasts.ts';

/** The dialogs that can be open over the window, each with what it can be opened for. */
export interface OverlayInputs {
  readonly run: RunInput;
  readonly palette: undefined;
  readonly keys: undefined;
  readonly settings: SettingsInput;
  readonly import: ImportInput;
  readonly capture: undefined;
  readonly export: ExportInput;
  readonly tags: TagInput;
}
export type OverlayId = keyof OverlayInputs;

/** Another run of a trace, or an endpoint or a sample to start from. */
export interface RunInput {
  readonly again?: TraceDetail;
  readonly endpoint?: EndpointId;
  readonly sample?: SampleInfo;
}

export interface SettingsInput {
  /** Id of the tab to begin with. */
  readonly tab?: 'general' | 'endpoints' | 'adapters' | 'storage' | 'about';
  /** Begins with a new endpoint. */
  readonly add?: boolean;
  /** Takes over when the dialog is left, with the endpoint that was saved last; without it the dialog just closes. */
  readonly done?: (saved: EndpointInfo | null) => void;
}

/** A question what a file holds, and its answer when it comes. */
export interface AskedImport {
  readonly answer: Promise<ResultOf<'imports.recognize'>>;
  /** Gives the question up, where the answer is not there. */
  readonly cancel: () => void;
}

export interface ImportInput {
  /** As text, or the bytes of a file in base64. */
  readonly source?: { readonly name: string; readonly text?: string; readonly base64?: string };
  /** What the program was asked about it already. */
  readonly asked?: AskedImport;
}

/** The traces that get tags. */
export interface TagInput {
  readonly ids: readonly TraceId[];
}

/** The traces of one file. */
export interface ExportInput {
  readonly ids: readonly TraceId[];
}

export interface AppState {
  readonly connection: ConnectionStatus;
  readonly info: AppInfo | null;
  readonly settings: Settings | null;
  readonly endpoints: readonly EndpointInfo[];
  /** Empty until they are read, which is said apart. */
  readonly samples: readonly SampleInfo[];
  readonly samplesRead: boolean;
  readonly providers: ProvidersInfo;
  /** The trace in the centre. */
  readonly selected: TraceId | null;
  /** How often one was chosen, the same one again too: with each, the list comes to it. */
  readonly choices: number;
  /** A second trace, chosen to be compared with the first: the only one that is picked beside it. */
  readonly marked: TraceId | null;
  /** Chosen beside the trace in the centre, for what is done to several. */
  readonly picked: readonly TraceId[];
  /** The newest run stays selected. */
  readonly followList: boolean;
  /** Ids of the registries in views/. */
  readonly centre: string;
  readonly pane: string;
  /** The dialog that is open, with what it was opened for. */
  readonly overlay: { readonly id: OverlayId; readonly input: OverlayInputs[OverlayId] | undefined } | null;
}

export const useApp = create<AppState>()(() => ({
  connection: 'connecting',
  info: null,
  settings: null,
  endpoints: [],
  samples: [],
  samplesRead: false,
  providers: { providers: [], endpointKinds: [] },
  selected: null,
  choices: 0,
  marked: null,
  picked: [],
  followList: true,
  centre: 'live',
  pane: 'event',
  overlay: null,
}));

const set = useApp.setState;

/**
 * Reads what the window needs before anything else. Called on each new connection. Each answer counts from when it comes:
 * one that waited for the slowest, the samples, would take back what the user changed meanwhile.
 */
export async function loadApp(): Promise<void> {
  const rpc = client();
  await Promise.all([
    rpc.call('app.info', {}).then((info) => set({ info })),
    rpc.call('settings.get', {}).then((settings) => set({ settings })),
    rpc.call('providers.list', {}).then((providers) => set({ providers })),
    rpc.call('endpoints.list', {}).then((endpoints) => set({ endpoints })),
    rpc.call('samples.list', {}).then((samples) => set({ samples, samplesRead: true })),
  ]);
}

/** Follows what changes of the program itself, such as a store that stopped taking writes; called once. */
export function watchApp(): void {
  client().subscribe('app.changes', {}, { items: (batch) => set({ info: batch.at(-1)! }) });
}

/** Chooses a trace; the newest run is then no longer kept selected, unless `follow` says so. */
export function selectTrace(id: TraceId | null, follow = false): void {
  set(({ choices }) => ({ selected: id, choices: choices + 1, followList: follow, marked: null, picked: [] }));
}

/** Marks a second trace beside the chosen one, and no other, or takes the mark back. */
export function markTrace(id: TraceId): void {
  const { marked, selected } = useApp.getState();
  pickTraces(marked === id || selected === id ? [] : [id]);
}

/** Picks these beside the chosen one. */
export function pickTraces(ids: readonly TraceId[]): void {
  set(({ selected }) => {
    const picked = [...new Set(ids)].filter((id) => id !== selected);
    return { picked, marked: picked.length === 1 ? picked[0]! : null };
  });
}

/** Picks one more beside the chosen one, or leaves it out again. */
export function togglePicked(id: TraceId): void {
  const { picked } = useApp.getState();
  pickTraces(picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id]);
}

export const setCentre = (centre: string): void => set({ centre });
export const setPane = (pane: string): void => set({ pane });
export const openOverlay = <Id extends OverlayId>(id: Id, input?: OverlayInputs[Id]): void =>
  set({ overlay: { id, input } });
export const closeOverlay = (): void => set({ overlay: null });

/** Changes settings at once and keeps them; goes back to what is kept when that fails. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  const before = useApp.getState().settings;
  if (before) set({ settings: { ...before, ...change } });
  try {
    set({ settings: await client().call('settings.set', change) });
  } catch (error) {
    set({ settings: before });
    toastError('The setting could not be saved', error);
  }
}
