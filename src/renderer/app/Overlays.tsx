import { closeOverlay, useApp } from '../stores/app.ts';
import { OVERLAYS } from '../views/overlays.ts';

/** The dialog that is open, if any. */
export function Overlays() {
  const overlay = useApp((state) => state.overlay);
  const Shown = overlay ? OVERLAYS[overlay.id] : undefined;
  return Shown ? <Shown input={overlay?.input} close={closeOverlay} /> : null;
}
