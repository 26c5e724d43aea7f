/** Sends a request to Ollama's /api/chat. */
import { trimmed } from '../sdk.ts';
import type { Sender } from '../transport.ts';

/** Ollama's own client reads the answer itself; all that it adds to the request is `stream`. */
export const send: Sender = ({ endpoint, request, fetch }) =>
  fetch(`${trimmed(endpoint.baseUrl).replace(/\/api$/, '')}/api/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
    body: JSON.stringify({ ...request, stream: true }),
  });
