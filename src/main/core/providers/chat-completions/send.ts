/** Sends a request of Chat Completions. */
import type OpenAI from 'openai';
import { objectOf } from '../../../../shared/json/json-object.ts';
import { openAiClient } from '../openai-client.ts';
import { asked } from '../sdk.ts';
import type { Sender } from '../transport.ts';

export const send: Sender = (setup) => {
  const { request } = setup;
  const options = objectOf(request['stream_options']);
  return openAiClient(setup)
    .chat.completions.create(
      asked<OpenAI.ChatCompletionCreateParams>({
        ...request,
        stream: true,
        stream_options: { ...options, include_usage: true },
      }),
    )
    .asResponse();
};
