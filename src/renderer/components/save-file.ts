/** A file that the window made, saved as a download: in Electron the system asks where to. */
import { toast } from '../stores/toasts.ts';

export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download reads the address after this task.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  toast(`Saved as ${name}`);
}
