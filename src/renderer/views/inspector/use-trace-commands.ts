/** What can be done with the shown trace from anywhere. */
import { bytesOf } from '../../../shared/text/base64.ts';
import { client } from '../../client/client.ts';
import { useCommand } from '../../commands/commands.ts';
import { copyCommand } from '../../components/copy.ts';
import { setPane } from '../../stores/app.ts';
import { useSession, useTrace } from '../../stores/open.ts';

export function useTraceCommands(): void {
  const session = useSession();
  const sendable = useTrace((trace) => trace.detail?.requestHead !== undefined);
  useCommand('trace.raw', () => setPane('raw'));
  useCommand(
    'trace.curl',
    () => {
      const choice = { ids: [session.store.getState().id], format: 'curl' };
      const command = client()
        .call('exports.make', choice)
        .then(({ base64 }) => new TextDecoder().decode(bytesOf(base64)).trimEnd());
      void copyCommand('The request as cURL', command);
    },
    sendable,
  );
}
