/** Sends a request to Gemini's streamGenerateContent. */
import { modelInAddress } from '../changes.ts';
import { trimmed } from '../sdk.ts';
import type { Sender } from '../transport.ts';

/** Google's SDK reads the answer itself; it sends the same: the model in the path, the rest as the body. */
export const send: Sender = ({ endpoint, request, body, headers, fetch }) => {
  // `models/…` is how Google writes a model's full name.
  const name = String(request['model'] ?? '').replace(/^models\//, '');
  const path = `models/${encodeURIComponent(name)}:streamGenerateContent?alt=sse`;
  return fetch(`${trimmed(endpoint.baseUrl)}/${path}`, { method: 'POST', headers, body });
};

export const changes = modelInAddress;
