/**
 * Every command of the window: stable id, title, keys. What one does is said by the component that can do it, with
 * `useCommand`; a command without a handler at the moment is not offered. The palette, the key sheet, the hint bar and the
 * key handler all read this one list. Ids are stable, so that links and macros can use them.
 */
import { useEffect, useRef } from 'react';
import { create } from 'zustand';

export interface Command {
  readonly id: string;
  /** As the palette shows it. */
  readonly title: string;
  readonly group: 'Runs' | 'Trace' | 'Go to' | 'Timeline' | 'Replay' | 'Compare' | 'Window';
  /** Chords such as `Mod+K`; Mod is ⌘ or Ctrl. A chord without Mod or Alt is off while a text field has focus. */
  readonly keys?: readonly string[];
  /** Its word in the hint bar; commands without one are not shown there. */
  readonly hint?: string;
}

export const COMMANDS = [
  { id: 'palette.open', title: 'Search runs, messages, commands', group: 'Window', keys: ['Mod+K', 'Mod+Shift+P'] },
  { id: 'keys.show', title: 'Show all keys', group: 'Window', keys: ['?'], hint: 'all keys' },
  { id: 'settings.open', title: 'Settings', group: 'Window', keys: ['Mod+,'] },
  { id: 'theme.next', title: 'Switch theme', group: 'Window' },
  { id: 'pane.next', title: 'Focus the next pane', group: 'Window', keys: ['Mod+]'] },
  { id: 'pane.previous', title: 'Focus the previous pane', group: 'Window', keys: ['Mod+['] },
  {
    id: 'go.up',
    title: 'Up one level: leave the event, stop the run, go to the list',
    group: 'Window',
    keys: ['Escape'],
  },

  { id: 'run.new', title: 'New run', group: 'Runs', keys: ['c', 'Mod+I'], hint: 'new run' },
  { id: 'capture.show', title: 'Capture a program', group: 'Runs', keys: ['p'] },
  { id: 'run.start', title: 'Run', group: 'Runs', keys: ['Mod+Enter'] },
  { id: 'run.stop', title: 'Stop the run', group: 'Runs', keys: ['Mod+.'], hint: 'stop' },
  { id: 'run.again', title: 'Run again with other values', group: 'Runs', keys: ['Mod+Shift+Enter'] },
  { id: 'endpoint.add', title: 'Add an endpoint', group: 'Runs', keys: ['Mod+E'] },
  { id: 'file.open', title: 'Open files', group: 'Runs', keys: ['Mod+O'] },
  { id: 'stream.paste', title: 'Paste a stream', group: 'Runs' },
  { id: 'sample.1', title: 'Play the first sample', group: 'Runs', keys: ['1'], hint: 'to 6 play a sample' },
  { id: 'sample.2', title: 'Play the second sample', group: 'Runs', keys: ['2'] },
  { id: 'sample.3', title: 'Play the third sample', group: 'Runs', keys: ['3'] },
  { id: 'sample.4', title: 'Play the fourth sample', group: 'Runs', keys: ['4'] },
  { id: 'sample.5', title: 'Play the fifth sample', group: 'Runs', keys: ['5'] },
  { id: 'sample.6', title: 'Play the sixth sample', group: 'Runs', keys: ['6'] },
  { id: 'sample.open', title: 'Open the sample as a run', group: 'Runs', keys: ['Enter'], hint: 'open as run' },

  { id: 'list.next', title: 'Next row', group: 'Go to', keys: ['j', 'ArrowDown'] },
  { id: 'list.previous', title: 'Previous row', group: 'Go to', keys: ['k', 'ArrowUp'] },
  { id: 'list.markToStart', title: 'Mark all runs up to the first', group: 'Go to', keys: ['Shift+Home'] },
  { id: 'list.markToEnd', title: 'Mark all runs down to the last', group: 'Go to', keys: ['Shift+End'] },
  { id: 'list.fold', title: 'Fold or unfold the run list', group: 'Go to', keys: ['Mod+B'] },
  { id: 'list.follow', title: 'Keep the newest run selected', group: 'Go to' },
  { id: 'trace.find', title: 'Find in the trace', group: 'Go to', keys: ['Mod+F'] },
  { id: 'find.next', title: 'Next match', group: 'Go to', keys: ['Mod+G', 'F3'] },
  { id: 'find.previous', title: 'Previous match', group: 'Go to', keys: ['Mod+Shift+G', 'Shift+F3'] },
  { id: 'list.filter', title: 'Filter runs', group: 'Go to', keys: ['/', 'Mod+F'], hint: 'filter' },

  { id: 'event.next', title: 'Next event', group: 'Go to', keys: ['ArrowRight'], hint: 'event' },
  { id: 'event.previous', title: 'Previous event', group: 'Go to', keys: ['ArrowLeft'] },
  { id: 'read.next', title: 'Next read', group: 'Go to', keys: ['Shift+ArrowRight'] },
  { id: 'read.previous', title: 'Previous read', group: 'Go to', keys: ['Shift+ArrowLeft'] },
  { id: 'event.nextInLane', title: 'Next event in the same lane', group: 'Go to', keys: ['.'], hint: 'same lane' },
  { id: 'event.previousInLane', title: 'Previous event in the same lane', group: 'Go to', keys: [','] },
  { id: 'event.nextTool', title: 'Next tool call', group: 'Go to', keys: ['t'], hint: 'tool call' },
  { id: 'event.previousTool', title: 'Previous tool call', group: 'Go to', keys: ['Shift+T'] },
  { id: 'event.nextReasoning', title: 'Next reasoning block', group: 'Go to', keys: ['r'], hint: 'reasoning' },
  { id: 'event.previousReasoning', title: 'Previous reasoning block', group: 'Go to', keys: ['Shift+R'] },
  { id: 'event.nextGap', title: 'Next gap', group: 'Go to', keys: ['g'], hint: 'gap' },
  { id: 'event.previousGap', title: 'Previous gap', group: 'Go to', keys: ['Shift+G'] },
  { id: 'event.nextError', title: 'Next error', group: 'Go to', keys: ['e'] },
  { id: 'event.previousError', title: 'Previous error', group: 'Go to', keys: ['Shift+E'] },

  { id: 'trace.star', title: 'Star', group: 'Trace', keys: ['Mod+P'] },
  { id: 'trace.tag', title: 'Tags', group: 'Trace' },
  { id: 'trace.rename', title: 'Rename', group: 'Trace', keys: ['F2'] },
  { id: 'trace.delete', title: 'Delete', group: 'Trace', keys: ['Mod+Backspace', 'Delete'] },
  { id: 'trace.restore', title: 'Undo the deletion', group: 'Trace', keys: ['Mod+Z'], hint: 'undo' },
  { id: 'trace.follow', title: 'Follow the end of the stream', group: 'Trace', keys: ['Mod+L'] },
  { id: 'trace.export', title: 'Export', group: 'Trace', keys: ['Mod+S'] },
  { id: 'trace.curl', title: 'Copy as cURL', group: 'Trace', keys: ['Mod+Shift+C'] },
  { id: 'trace.raw', title: 'Show the raw response', group: 'Trace' },
  { id: 'view.1', title: 'First tab', group: 'Trace', keys: ['Mod+1'] },
  { id: 'view.2', title: 'Second tab', group: 'Trace', keys: ['Mod+2'] },
  { id: 'view.3', title: 'Third tab', group: 'Trace', keys: ['Mod+3'] },
  { id: 'view.4', title: 'Fourth tab', group: 'Trace', keys: ['Mod+4'] },
  { id: 'view.5', title: 'Fifth tab', group: 'Trace', keys: ['Mod+5'] },

  { id: 'events.merge', title: 'Merge deltas of one target', group: 'Trace', keys: ['m'], hint: 'merge' },

  { id: 'timeline.zoomIn', title: 'Zoom in', group: 'Timeline', keys: ['w'], hint: 'zoom' },
  { id: 'timeline.zoomOut', title: 'Zoom out', group: 'Timeline', keys: ['s'] },
  { id: 'timeline.panLeft', title: 'Pan left', group: 'Timeline', keys: ['a'] },
  { id: 'timeline.panRight', title: 'Pan right', group: 'Timeline', keys: ['d'] },
  { id: 'timeline.fit', title: 'Centre the selection; press again to fit it', group: 'Timeline', keys: ['f'] },
  {
    id: 'timeline.range',
    title: 'Show only the time of the selected block',
    group: 'Timeline',
    keys: ['x'],
    hint: 'bar to range',
  },
  { id: 'timeline.fold', title: 'Fold or unfold the timeline', group: 'Timeline' },

  { id: 'play.toggle', title: 'Play or pause', group: 'Replay', keys: ['Space'], hint: 'play' },
  { id: 'play.restart', title: 'Play from the start', group: 'Replay', keys: ['Home'] },
  { id: 'play.end', title: 'Go to the end', group: 'Replay', keys: ['End'] },
  { id: 'play.slower', title: 'Play slower', group: 'Replay', keys: ['['] },
  { id: 'play.faster', title: 'Play faster', group: 'Replay', keys: [']'] },
  { id: 'play.skip', title: 'Skip silences', group: 'Replay', keys: ['v'] },
  { id: 'play.loop', title: 'Loop the range', group: 'Replay', keys: ['l'] },
  { id: 'play.leave', title: 'Leave the replay', group: 'Replay' },

  { id: 'compare.with', title: 'Compare with…', group: 'Compare', keys: ['Mod+D'] },
  { id: 'compare.next', title: 'Next divergence', group: 'Compare', keys: ['n'], hint: 'divergence' },
  { id: 'compare.previous', title: 'Previous divergence', group: 'Compare', keys: ['Shift+N'] },
  { id: 'compare.html', title: 'Export the comparison as an HTML report', group: 'Compare' },
  { id: 'compare.fixture', title: 'Export the stream as a test fixture', group: 'Compare' },
  { id: 'compare.issue', title: 'Copy the comparison as issue text', group: 'Compare' },
  { id: 'compare.swap', title: 'Swap the sides', group: 'Compare' },
] as const satisfies readonly Command[];

export type CommandId = (typeof COMMANDS)[number]['id'];

interface Handlers {
  /** Words of the hint bar that stand instead of those of the list, because a command does something else at the moment. */
  readonly hints: ReadonlyMap<string, string>;
  /** The last one does it: the innermost component that can, which is mounted last, and what goes on beneath all views first. */
  readonly stacks: ReadonlyMap<CommandId, readonly (() => void)[]>;
  add(id: CommandId, run: () => void, beneath: boolean): () => void;
}

export const useHandlers = create<Handlers>()((set, get) => ({
  hints: new Map(),
  stacks: new Map(),
  add(id, run, beneath) {
    const others = get().stacks.get(id) ?? [];
    set({ stacks: new Map(get().stacks).set(id, beneath ? [run, ...others] : [...others, run]) });
    return () => {
      const rest = (get().stacks.get(id) ?? []).filter((handler) => handler !== run);
      const stacks = new Map(get().stacks);
      if (rest.length > 0) stacks.set(id, rest);
      else stacks.delete(id);
      set({ stacks });
    };
  },
}));

/**
 * Says what a command does while this component is mounted and `enabled`; `beneath`: only where nothing else does it, whichever
 * of the two was mounted first.
 */
export function useCommand(id: CommandId, run: () => void, enabled = true, beneath = false): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(
    () => (enabled ? useHandlers.getState().add(id, () => latest.current(), beneath) : undefined),
    [id, enabled, beneath],
  );
}

/** What a command does at the moment, as the hint bar shows it, while this component is mounted; null: as the list has it. */
export function useHint(id: CommandId, word: string | null): void {
  useEffect(() => {
    if (word === null) return undefined;
    const set = (change: (hints: Map<string, string>) => void): void =>
      useHandlers.setState(({ hints: before }) => {
        const hints = new Map(before);
        change(hints);
        return { hints };
      });
    set((hints) => hints.set(id, word));
    return () => set((hints) => hints.delete(id));
  }, [id, word]);
}

/** Runs a command if something can do it now; false if not. */
export function runCommand(id: CommandId): boolean {
  const handler = useHandlers.getState().stacks.get(id)?.at(-1);
  handler?.();
  return handler !== undefined;
}

const byId = new Map<CommandId, Command>(COMMANDS.map((command) => [command.id, command]));
const commandOf = (id: CommandId): Command => byId.get(id)!;
/** The chord to show for a command. */
export const chordOf = (id: CommandId): string | undefined => commandOf(id).keys?.[0];
