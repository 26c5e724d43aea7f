/** How the Compare tab shows a trace: what it is compared with, at which level, and the one finding that is chosen everywhere. */
import { create } from 'zustand';
import type { Finding } from '../../shared/model/findings.ts';
import type { AdapterOptions } from '../../shared/model/trace.ts';
import { announce } from './announce.ts';
import { setCentre } from './app.ts';
import { layOver, selectEvent, useOpen, useTrace } from './open.ts';
import { TraceSession } from './trace.ts';

export type CompareMode = 'lanes' | 'matrix' | 'traces';
/** semantic: by wire block, arguments as JSON. json: the messages. text: what was said, blanks and line ends shown. */
export type CompareLevel = 'semantic' | 'json' | 'text';

interface CompareState {
  readonly mode: CompareMode;
  readonly level: CompareLevel;
  /** Fields of messages that the level of messages leaves out: ids and times of the reading say nothing of the stream. */
  readonly ignored: ReadonlySet<string>;
  /** Number of the chosen finding. */
  readonly finding: number | null;
  /** Other adapter options than the trace was recorded with; null: as recorded. */
  readonly options: AdapterOptions | null;
  /** Trace against trace: the other one stands first. */
  readonly swapped: boolean;
}

export const useCompare = create<CompareState>()(() => ({
  mode: 'lanes',
  level: 'semantic',
  ignored: new Set(['id', 'date', 'otid']),
  finding: null,
  options: null,
  swapped: false,
}));

const set = useCompare.setState;

export const setMode = (mode: CompareMode): void => set({ mode });
export const setLevel = (level: CompareLevel): void => set({ level });
export const setIgnored = (fields: Iterable<string>): void => set({ ignored: new Set(fields) });
export const swapSides = (): void => set(({ swapped }) => ({ swapped: !swapped }));
export const forgetFinding = (): void => set({ finding: null });

/** Chooses a finding in lane map, columns and list, and its event in every pane. */
export function chooseFinding(finding: Finding): void {
  set({ finding: finding.number });
  if (finding.event !== null) selectEvent(finding.event);
  announce(`Finding ${finding.number}, ${finding.severity}: ${finding.sentence}`);
}

/** The chosen finding of the shown trace, while its event is the selected one. */
export function useChosenFinding(): Finding | null {
  const number = useCompare((state) => state.finding);
  const event = useTrace((trace) => trace.event);
  const finding = useTrace((trace) => trace.compare?.findings.find((one) => one.number === number));
  return finding && finding.event === event ? finding : null;
}

/** Reads the shown trace with other adapter options, in every view; null shows it as recorded again. */
export function readWith(options: AdapterOptions | null): void {
  const { recorded } = useOpen.getState();
  if (!recorded) return;
  set({ options, finding: null });
  if (options === null) return layOver(null);
  const { id, detail } = recorded.store.getState();
  const session = new TraceSession(id, {
    detail,
    stored: detail ?? undefined,
    decoding: { ...recorded.decoding, options },
  });
  session.watch();
  layOver(session);
}

/** The Compare tab: beside the marked trace where there is one, else with the choice of one. */
export function compareWith(): void {
  setCentre('compare');
  set({ mode: 'traces', swapped: false });
}
