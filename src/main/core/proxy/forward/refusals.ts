/** The answers that are this proxy's own: to a request that it does not send on, or cannot. */
import type { Socket } from 'node:net';
import { requestFailure, type RequestPhase } from '../../../../shared/metrics/http-wording.ts';

export interface Refusal {
  readonly status: keyof typeof STATUS;
  readonly sentence: string;
}

const STATUS = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
  508: 'Loop Detected',
} as const;

/** Why no connection was made although it could have been. */
export const LINK_LOCAL = 'LINK_LOCAL_ADDRESS';
export const LOOP = 'LOOP';

/** For a request whose provider could not be reached. `reason`: the system's word, or one of those above. */
export function unreachable(phase: RequestPhase, host: string, reason: string): Refusal {
  if (reason === LOOP)
    return {
      status: 508,
      sentence: `${host} is this capture proxy itself. Set the base URL of the endpoint to that of the provider.`,
    };
  if (reason === LINK_LOCAL)
    return {
      status: 502,
      sentence: `${host} has a link-local address, where no provider is and secrets of this machine may be. Correct the base URL of the endpoint.`,
    };
  const { fact, advice } = requestFailure(phase, host, reason);
  return { status: 502, sentence: `${fact} ${advice}` };
}

/** For a connection above the limit. */
export const tooMany = (connections: number): Refusal => ({
  status: 503,
  sentence: `${connections} connections to the capture proxy are open. Check that no endpoint leads back to it by way of another proxy, and close some.`,
});

/** After an answer of this proxy, what the client still sends is read and dropped for so long: closing at once would break it. */
const LINGER_MS = 2_000;

/** Answers, and ends the connection. */
export function answerAndEnd(socket: Socket, refusal: Refusal): void {
  socket.on('error', () => undefined);
  socket.resume();
  socket.end(refusalBytes(refusal));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** The whole answer. Its body has the shape of the errors that the providers' SDKs show. */
export function refusalBytes({ status, sentence }: Refusal): string {
  const body = JSON.stringify({ error: { type: 'tracelane_capture_proxy', message: `Tracelane: ${sentence}` } });
  const challenge = status === 407 ? 'proxy-authenticate: Basic realm="Tracelane"\r\n' : '';
  return (
    `HTTP/1.1 ${status} ${STATUS[status]}\r\n${challenge}content-type: application/json\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
  );
}
