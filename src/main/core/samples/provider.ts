/**
 * The sample provider: a server on the loopback interface that speaks the providers' APIs over real HTTP, so that the
 * program can be seen at work without a key, a network or a bill. The model's name chooses what it says.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from './answers.ts';
import { Reply, pathOf } from '../answering/reply.ts';
import { FAULT_MODELS, faultFor } from './faults.ts';
import { isOwn, jsonObjectOf, readBody } from '../answering/incoming.ts';
import type { Format, Json, ProviderError } from '../providers/sample/format.ts';
import { sampleFormats } from '../providers/registry.ts';
import { CREATED } from '../providers/sample/ids.ts';
import { apisOf, SCENARIOS, scenarioFor } from './scenarios.ts';

export interface SampleProvider {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  /** Ends all answers and the server. */
  close(): Promise<void>;
}

/** Request header that changes the pace of one answer: how many times faster than a real model, 0 as fast as possible. */
const PACE_HEADER = 'x-sample-pace';
/** Far beyond any request to a sample, far below what would hurt. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

/** Each run has one of its own. */
const MAX_CONNECTIONS = 500;

/** `pace`: the usual pace of answers, 1 unless said; see PACE_HEADER. Rejects when the machine gives no port. */
export async function startSampleProvider({ pace = 1 }: { readonly pace?: number } = {}): Promise<SampleProvider> {
  const server = createServer((incoming, response) => {
    respond(incoming, response, pace).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function respond(incoming: IncomingMessage, response: ServerResponse, usualPace: number): Promise<void> {
  const path = pathOf(incoming);
  const formats = sampleFormats();
  const format = formats.find((one) => one.isPath(path));
  // Who asks for no API's path is answered as the first one would.
  const speaking = format ?? formats[0]!;
  const refuse = (error: ProviderError): Promise<void> => new Reply(incoming, response, speaking, {}, 0).error(error);
  const { error } = speaking;

  if (!isOwn(incoming))
    return refuse(error('permission', 'The sample provider answers programs on this machine, not web pages.'));
  if (path === '/v1/models' && incoming.method === 'GET')
    return new Reply(incoming, response, speaking, {}, 0).json(200, modelList());
  if (!format)
    return refuse(
      error(
        'path',
        `Unknown request URL: ${incoming.method} ${path}. The sample provider has ${formats
          .map((one) => one.path('{model}'))
          .join(', ')} and /v1/models.`,
      ),
    );
  if (incoming.method !== 'POST')
    return refuse({ ...error('path', `${path} takes POST, not ${incoming.method}.`), status: 405 });

  const text = await readBody(incoming, MAX_REQUEST_BYTES);
  if (text === null) return refuse(error('size', `The request is larger than ${MAX_REQUEST_BYTES} bytes.`));
  const request = jsonObjectOf(text);
  if (!request)
    return refuse(error('request', 'We could not parse the JSON body of your request: it must be one JSON object.'));
  const pace = paceOf(incoming, usualPace);
  if (pace === null) return refuse(error('request', `The header ${PACE_HEADER} must be a number, 0 or more.`));
  const wrong = format.check(request, (name) => headerOf(incoming, name));
  if (wrong) return refuse(wrong);
  await tell(new Reply(incoming, response, format, request, pace));
}

async function tell(reply: Reply): Promise<void> {
  const { format, model } = reply;
  const fault = faultFor(model);
  if (fault) return fault(reply);
  const scenario = scenarioFor(model, format.api);
  return scenario ? answer(scenario, reply) : reply.error(unknownModel(model, format));
}

function unknownModel(model: string, format: Format): ProviderError {
  const elsewhere = SCENARIOS.find((scenario) => scenario.model === model);
  const there = elsewhere ? ` over this API; it is one of ${apisOf(elsewhere).join(', ')}` : '';
  const models = SCENARIOS.filter((scenario) => apisOf(scenario).includes(format.api)).map(
    (scenario) => scenario.model,
  );
  return format.error(
    'model',
    `The sample provider has no model '${model}'${there}. It has ${models.join(', ')}, and for errors ${FAULT_MODELS.join(', ')}.`,
  );
}

const modelList = (): Json => ({
  object: 'list',
  data: [...SCENARIOS.map(({ model }) => model), ...FAULT_MODELS].map((id) => ({
    id,
    object: 'model',
    created: CREATED,
    owned_by: 'tracelane-samples',
  })),
});

/** Null when the header is no pace. */
function paceOf(incoming: IncomingMessage, usual: number): number | null {
  const said = headerOf(incoming, PACE_HEADER);
  if (said === undefined) return usual;
  const pace = Number(said);
  return said.trim() !== '' && Number.isFinite(pace) && pace >= 0 ? pace : null;
}

const headerOf = (incoming: IncomingMessage, name: string): string | undefined => [incoming.headers[name]].flat()[0];
