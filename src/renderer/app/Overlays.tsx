/** Dialogs over the window: one file and one entry each. */
import { useEffect, type ComponentType, type ReactNode } from 'react';
import { Boundary } from '../components/Boundary.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { late } from '../components/late.tsx';
import { closeOverlay, useApp, type OverlayId } from '../stores/app.ts';
import { onNextFrame } from '../stores/frame.ts';
import type { OverlayProps } from '../views/view.ts';
import { keepFocus } from './focus.ts';

interface Overlay<Id extends OverlayId> {
  readonly title: string;
  readonly component: ComponentType<OverlayProps<Id>>;
}

const OVERLAYS: { readonly [Id in OverlayId]: Overlay<Id> } = {
  run: { title: 'New run', component: late(async () => (await import('../views/run/RunEditor.tsx')).RunEditor) },
  capture: {
    title: 'Capture a program',
    component: late(async () => (await import('../views/capture/CaptureDialog.tsx')).CaptureDialog),
  },
  palette: { title: 'Search', component: late(async () => (await import('../views/palette/Palette.tsx')).Palette) },
  keys: { title: 'Keys', component: late(async () => (await import('../views/keys/KeySheet.tsx')).KeySheet) },
  settings: {
    title: 'Settings',
    component: late(async () => (await import('../views/settings/Settings.tsx')).Settings),
  },
  import: {
    title: 'Paste a stream',
    component: late(async () => (await import('../views/import/ImportDialog.tsx')).ImportDialog),
  },
  tags: {
    title: 'Tags',
    component: late(async () => (await import('../views/tags/TagDialog.tsx')).TagDialog),
  },
  export: {
    title: 'Export',
    component: late(async () => (await import('../views/export/ExportDialog.tsx')).ExportDialog),
  },
};

const inDialog = (title: string) => (card: ReactNode) => (
  <Dialog title={title} onClose={closeOverlay}>
    {card}
  </Dialog>
);

/** The dialog that is open, if any. */
export function Overlays() {
  const overlay = useApp((state) => state.overlay);
  const open = overlay !== null;
  useEffect(() => {
    if (!open) return;
    // The dialog gives the focus back, and then what was chosen in it may take it.
    return () => onNextFrame(() => onNextFrame(keepFocus));
  }, [open]);
  if (overlay === null) return null;
  // The store pairs each id with an input of its own: `openOverlay` takes no other.
  const { title, component: Shown } = OVERLAYS[overlay.id] as Overlay<OverlayId>;
  return (
    <Boundary what={`The dialog “${title}”`} shows={overlay.id} frame={inDialog(title)}>
      <Shown input={overlay.input} close={closeOverlay} />
    </Boundary>
  );
}
