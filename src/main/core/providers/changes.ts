/** Changes that the requests of several providers have in common. */
import type { ProviderChange, Written } from './transport.ts';

const STREAM_ID = 'body.stream';

/** Where the body asks for a stream, and does not say whether it wants one. */
export function askForStream({ request }: Written): readonly ProviderChange[] {
  if (request['stream'] !== undefined) return [];
  return [{ where: 'body', name: 'stream', value: 'true', why: 'Asks for the answer as a stream.' }];
}

/** Whether the request, as it is sent, asks for a stream in its body. */
export const asksForStream = ({ request, isOff }: Written): boolean =>
  request['stream'] === undefined ? !isOff(STREAM_ID) : request['stream'] === true;

/** Where the address names the model, which users write in the body as elsewhere. */
export function modelInAddress({ request }: Written): readonly ProviderChange[] {
  if (!('model' in request)) return [];
  return [
    { where: 'body', name: 'model', value: null, why: 'The API takes the model in the address, where it stands.' },
  ];
}
