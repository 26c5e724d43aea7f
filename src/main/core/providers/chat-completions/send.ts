/** Sends a request of Chat Completions. */
import { objectOf } from '../../../../shared/json/json-object.ts';
import { askForStream, asksForStream } from '../changes.ts';
import { openAiClient } from '../openai-client.ts';
import type { ProviderChange, Sender, Written } from '../transport.ts';

export const send: Sender = (setup) =>
  openAiClient(setup).post('/chat/completions', { body: setup.body, headers: setup.headers }).asResponse();

export const changes = (written: Written): readonly ProviderChange[] => [
  ...askForStream(written),
  ...(asksForStream(written) ? askForUsage(written) : []),
];

/** Nothing is said of it where the user says so himself, whatever he says. */
function askForUsage({ request }: Written): readonly ProviderChange[] {
  const given = request['stream_options'];
  const options = objectOf(given);
  if (given !== undefined && (options === null || options['include_usage'] !== undefined)) return [];
  return [
    {
      where: 'body',
      name: 'stream_options.include_usage',
      value: 'true',
      why: 'Asks for the token counts, which come in a last event of their own.',
    },
  ];
}
