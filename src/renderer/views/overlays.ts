/** Dialogs over the window: one file and one line each. */
import type { ComponentType } from 'react';

export interface OverlayProps {
  /** What it was opened for, as its opener gave it. */
  readonly input: unknown;
  readonly close: () => void;
}

export type OverlayId = 'run' | 'palette' | 'keys' | 'settings';

export const OVERLAYS: Partial<Record<OverlayId, ComponentType<OverlayProps>>> = {};
