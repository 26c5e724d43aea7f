import { COMMANDS, useHandlers, type Command } from '../../commands/commands.ts';
import { Dialog } from '../../components/Dialog.tsx';
import { Key } from '../../components/Key.tsx';
import { useApp } from '../../stores/app.ts';
import type { OverlayProps } from '../view.ts';
import './keys.css';

/** Every key by group. What nothing on screen can do at the moment is grey. */
export function KeySheet({ close }: OverlayProps<'keys'>) {
  const stacks = useHandlers((state) => state.stacks);
  const letters = useApp((state) => state.settings?.singleKeys !== false);
  const commands = (COMMANDS as readonly Command[]).filter(({ keys }) => keys !== undefined);
  const groups = [...new Set(commands.map(({ group }) => group))];
  const offered = new Set<string>(stacks.keys());
  return (
    <Dialog
      title="Keys"
      className="keys"
      onClose={close}
      lead={!letters && <span className="quiet">single-letter keys are switched off in the settings</span>}
    >
      <div className="keys-groups" tabIndex={0} aria-label="All keys">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {commands
                .filter((command) => command.group === group)
                .map((command) => (
                  <div key={command.id} className={offered.has(command.id) ? undefined : 'off'}>
                    <dt>{command.title}</dt>
                    <dd>
                      {command.keys!.map((chord) => (
                        <Key key={chord} chord={chord} />
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
