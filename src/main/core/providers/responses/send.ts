/** Sends a request of Responses. */
import { askForStream } from '../changes.ts';
import { openAiClient } from '../openai-client.ts';
import type { Sender } from '../transport.ts';

export const send: Sender = (setup) =>
  openAiClient(setup).post('/responses', { body: setup.body, headers: setup.headers }).asResponse();

export const changes = askForStream;
