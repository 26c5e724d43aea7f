/** Commands chosen in the system's menu, which the preload posts to the window. In a browser there is none. */
import { useEffect } from 'react';
import { COMMAND } from '../../shared/rpc/handshake.ts';
import { COMMANDS, runCommand, type CommandId } from '../commands/commands.ts';

export function useMenuCommands(): void {
  useEffect(() => {
    const take = ({ source, origin, data }: MessageEvent<unknown>) => {
      const id = source === window && origin === location.origin ? chosen(data) : undefined;
      if (id !== undefined) runCommand(id);
    };
    window.addEventListener('message', take);
    return () => window.removeEventListener('message', take);
  }, []);
}

function chosen(data: unknown): CommandId | undefined {
  const { type, id } = (typeof data === 'object' && data !== null ? data : {}) as {
    readonly type?: unknown;
    readonly id?: unknown;
  };
  return type === COMMAND ? COMMANDS.find((command) => command.id === id)?.id : undefined;
}
