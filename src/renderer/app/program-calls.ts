/**
 * What the program says to the window, which the preload posts to it: commands chosen in the system's menu, and files that the system
 * opens. In a browser there is neither.
 */
import { useEffect } from 'react';
import { COMMAND, FILE, LISTENING } from '../../shared/rpc/handshake.ts';
import { bytesOf } from '../../shared/text/base64.ts';
import { COMMANDS, runCommand } from '../commands/commands.ts';
import { openFiles } from '../views/import/import-stream.ts';

type Said = Readonly<Record<'type' | 'id' | 'name' | 'base64', unknown>>;

export function useProgramCalls(): void {
  useEffect(() => {
    const take = ({ source, origin, data }: MessageEvent<Partial<Said> | null>) => {
      if (source !== window || origin !== location.origin) return;
      const { type, id, name, base64 } = data ?? {};
      const command = type === COMMAND ? COMMANDS.find((one) => one.id === id) : undefined;
      if (command) runCommand(command.id);
      if (type === FILE && typeof name === 'string' && typeof base64 === 'string')
        openFiles([new File([bytesOf(base64)], name)]);
    };
    window.addEventListener('message', take);
    // What was said while the page loaded comes now.
    window.postMessage({ type: LISTENING }, location.origin);
    return () => window.removeEventListener('message', take);
  }, []);
}
