/** Dialogs over the window: one file and one line each. */
import type { ComponentType } from 'react';
import { closeOverlay, useApp, type OverlayId } from '../stores/app.ts';
import { PasteDialog } from '../views/import/PasteDialog.tsx';
import { KeySheet } from '../views/keys/KeySheet.tsx';
import { Palette } from '../views/palette/Palette.tsx';
import { RunEditor } from '../views/run/RunEditor.tsx';
import { Settings } from '../views/settings/Settings.tsx';
import type { OverlayProps } from '../views/view.ts';

const OVERLAYS: { readonly [Id in OverlayId]: ComponentType<OverlayProps<Id>> } = {
  run: RunEditor,
  palette: Palette,
  keys: KeySheet,
  settings: Settings,
  paste: PasteDialog,
};

/** The dialog that is open, if any. */
export function Overlays() {
  const overlay = useApp((state) => state.overlay);
  if (overlay === null) return null;
  // The store pairs each id with an input of its own: `openOverlay` takes no other.
  const Dialog = OVERLAYS[overlay.id] as ComponentType<OverlayProps<OverlayId>>;
  return <Dialog input={overlay.input} close={closeOverlay} />;
}
