/** The window position, saved in a separate file: losing it only resets the window to its default place. */
import { readFileSync, writeFileSync } from 'node:fs';
import { screen, type BrowserWindow, type Rectangle } from 'electron';
import { z } from 'zod';

const size = z.int().min(200).max(20_000);
const stateSchema = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: size, height: size }),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof stateSchema>;

/** The place to open at; undefined for the first time, or where no screen shows it any more. */
export function readWindowState(file: string): WindowState | undefined {
  try {
    const state = stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return screen.getAllDisplays().some(({ workArea }) => overlap(workArea, state.bounds)) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Writes it as the window closes; the bounds are those it goes back to when it is no longer maximised. */
export function keepWindowState(window: BrowserWindow, file: string): void {
  window.on('close', () => {
    const state: WindowState = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    try {
      writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    } catch (error) {
      console.error('The window position could not be saved:', error);
    }
  });
}

/** Enough in common to take hold of the title bar. */
function overlap(a: Rectangle, b: Rectangle): boolean {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width >= 100 && height >= 100;
}
