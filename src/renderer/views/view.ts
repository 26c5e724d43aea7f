/** What the registries hold: a tab of the centre or a pane of the inspector, and what a dialog over the window is given. */
import type { ComponentType } from 'react';
import type { OverlayId, OverlayInputs } from '../stores/app.ts';
import type { TraceState } from '../stores/trace.ts';

export interface View {
  /** Stable: kept in links and in the window's state. */
  readonly id: string;
  readonly title: string;
  readonly component: ComponentType;
  /** Whether it has a tab for the shown trace. Absent: for each. */
  readonly offered?: (trace: TraceState) => boolean;
  /** The count behind its title, from the shown trace. */
  readonly count?: (trace: TraceState) => number | undefined;
  /** It has a time axis of its own: the timeline above it is folded while it is shown. */
  readonly ownAxis?: boolean;
  /** It shows the selected event, and nothing while there is none. */
  readonly ofEvent?: boolean;
}

export interface OverlayProps<Id extends OverlayId> {
  readonly input: OverlayInputs[Id] | undefined;
  readonly close: () => void;
}
