import { closeOverlay, useApp } from '../stores/app.ts';
import { OVERLAYS } from '../views/overlays.ts';

/** The dialog that is open, if any. */
export function Overlays() {
  const overlay = useApp((state) => state.overlay);
  if (overlay === null) return null;
  const Dialog = OVERLAYS[overlay.id];
  return <Dialog input={overlay.input} close={closeOverlay} />;
}
