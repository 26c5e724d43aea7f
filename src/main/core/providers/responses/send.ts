/** Sends a request of Responses. */
import type OpenAI from 'openai';
import { openAiClient } from '../openai-client.ts';
import { asked } from '../sdk.ts';
import type { Sender } from '../transport.ts';

export const send: Sender = (setup) =>
  openAiClient(setup)
    .responses.create(asked<OpenAI.Responses.ResponseCreateParams>({ ...setup.request, stream: true }))
    .asResponse();
