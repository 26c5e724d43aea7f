/** Dialogs over the window: one file and one line each. */
import type { ComponentType } from 'react';
import { PasteDialog } from './import/PasteDialog.tsx';
import { KeySheet } from './keys/KeySheet.tsx';
import { Palette } from './palette/Palette.tsx';
import { RunEditor } from './run/RunEditor.tsx';
import { Settings } from './settings/Settings.tsx';

export interface OverlayProps {
  /** What it was opened for, as its opener gave it. */
  readonly input: unknown;
  readonly close: () => void;
}

export type OverlayId = 'run' | 'palette' | 'keys' | 'settings' | 'paste';

export const OVERLAYS: Partial<Record<OverlayId, ComponentType<OverlayProps>>> = {
  run: RunEditor,
  palette: Palette,
  keys: KeySheet,
  settings: Settings,
  paste: PasteDialog,
};
