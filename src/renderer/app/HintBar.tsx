import { Key } from '../components/Key.tsx';
import { useAnnouncement } from '../stores/announce.ts';
import { useOpen } from '../stores/open.ts';
import { useStore } from 'zustand';
import type { TraceSession } from '../stores/trace.ts';
import { COMMANDS, useHandlers, type Command } from '../commands/commands.ts';

/** The keys that do something right now, and where in the stream the selection stands. */
export function HintBar() {
  const { stacks, hints: words } = useHandlers();
  const session = useOpen((state) => state.over ?? state.recorded);
  const shown = useAnnouncement((state) => state.shown);
  const hints = COMMANDS.filter((command) => stacks.has(command.id) && 'hint' in command) as readonly Command[];
  return (
    <footer className="hints" aria-label="Keys">
      <div className="hints-keys">
        {hints.map((command) => (
          <span key={command.id}>
            <Key chord={command.keys![0]!} />
            {words.get(command.id) ?? command.hint}
          </span>
        ))}
      </div>
      <span className="hints-end push">
        {shown}
        {session && <Place session={session} />}
      </span>
    </footer>
  );
}

function Place({ session }: { readonly session: TraceSession }) {
  const event = useStore(session.store, (state) => state.event);
  useStore(session.store, (state) => state.pulse);
  if (event === null) return null;
  // Events are named from 0 everywhere: the last one of 186 is event 185.
  return (
    <span>
      event {event} of 0–{session.model.events.length - 1}
    </span>
  );
}
