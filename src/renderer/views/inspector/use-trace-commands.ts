/** What can be done with the shown trace from anywhere. */
import { useCommand } from '../../commands/commands.ts';
import { copyText } from '../../components/copy.ts';
import { setPane, useApp } from '../../stores/app.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import { curlOf } from './curl.ts';

export function useTraceCommands(): void {
  const session = useSession();
  const sendable = useTrace((trace) => trace.detail?.requestHead !== undefined);
  useCommand('trace.raw', () => setPane('raw'));
  useCommand(
    'trace.curl',
    () => {
      const { detail } = session.store.getState();
      const command = detail && curlOf(detail, useApp.getState().providers);
      if (command !== null) void copyText('The request as cURL', command);
    },
    sendable,
  );
}
