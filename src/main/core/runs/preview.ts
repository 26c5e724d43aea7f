/** What a run would send, without sending it: the same plan, sender and headers, up to the connection. */
import { outgoing, type Outgoing, type OutgoingSetup } from '../capture/outgoing.ts';
import { credentialHeader, Redaction } from '../capture/secrets.ts';
import type { RunEndpoint } from '../endpoints/endpoints-service.ts';
import type { ProviderTransport } from '../providers/transport.ts';
import type { RequestPreview } from '../../../shared/rpc/contract.ts';
import { planOf, type Plan, type WrittenRequest } from './plan.ts';

/** A transport that can send. */
export type SendingTransport = ProviderTransport & Required<Pick<ProviderTransport, 'send'>>;

export interface PreviewSetup {
  readonly target: RunEndpoint;
  readonly transport: SendingTransport;
  readonly request: WrittenRequest;
  readonly without: readonly string[];
}

/** What the headers of a run depend on. */
export function outgoingOf({ endpoint, key }: RunEndpoint, { signs }: ProviderTransport, plan: Plan): OutgoingSetup {
  return {
    signed: key === undefined && signs === true,
    told: plan.told,
    isOff: plan.isOff,
    ...(key !== undefined && { credential: { header: credentialHeader(endpoint.type, key), key } }),
  };
}

/** Rejects with a ServiceError, or the sender's own error, when nothing could be sent. Secrets are out of it. */
export async function previewOf({ target, transport, request, without }: PreviewSetup): Promise<RequestPreview> {
  const plan = planOf(transport, target.endpoint, request, without);
  const setup = outgoingOf(target, transport, plan);
  const asked = Promise.withResolvers<Outgoing>();
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    asked.resolve(outgoing(input, init, setup));
    throw new Error('This is as far as a preview goes.');
  };
  // A sender that never comes to its request rejects with the reason.
  const sent = async (): Promise<unknown> => transport.send({ ...plan.send, dry: true, fetch });
  sent().catch((error: unknown) => asked.reject(error));
  const { request: leaving, changes } = await asked.promise;
  const redaction = new Redaction(target.key);
  return {
    method: leaving.method,
    url: redaction.url(leaving.url),
    headers: redaction.headers(leaving.headers),
    changes: [...plan.changes, ...changes, ...(setup.signed === true ? [SIGNATURE] : [])],
  };
}

/** Of what is signed only when it is sent. */
const SIGNATURE = {
  id: 'headers.authorization',
  where: 'headers',
  name: 'authorization, x-amz-*',
  value: '…',
  why: 'Signs the request with the usual AWS credentials, which are never kept.',
  fixed: true,
} as const;
