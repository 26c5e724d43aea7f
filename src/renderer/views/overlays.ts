/** Dialogs over the window: one file and one line each. */
import type { ComponentType } from 'react';
import type { OverlayId } from '../stores/app.ts';
import { PasteDialog } from './import/PasteDialog.tsx';
import { KeySheet } from './keys/KeySheet.tsx';
import { Palette } from './palette/Palette.tsx';
import { RunEditor } from './run/RunEditor.tsx';
import { Settings } from './settings/Settings.tsx';
import type { OverlayProps } from './view.ts';

export const OVERLAYS: Readonly<Record<OverlayId, ComponentType<OverlayProps>>> = {
  run: RunEditor,
  palette: Palette,
  keys: KeySheet,
  settings: Settings,
  paste: PasteDialog,
};
