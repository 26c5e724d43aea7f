/** Sends a request to Ollama's /api/chat. */
import { askForStream } from '../changes.ts';
import { trimmed } from '../sdk.ts';
import type { Sender } from '../transport.ts';

/** Ollama's own client reads the answer itself; all that it adds to the request is `stream`. */
export const send: Sender = ({ endpoint, body, headers, fetch }) =>
  fetch(`${trimmed(endpoint.baseUrl).replace(/\/api$/, '')}/api/chat`, {
    method: 'POST',
    headers: { ...headers, accept: 'application/x-ndjson' },
    body,
  });

export const changes = askForStream;
