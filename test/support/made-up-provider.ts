/**
 * A provider that no source names: an API over SSE with the wire lane alone. `say` events carry words, `end` says why and
 * how much was counted. What goes through with it goes through with any other.
 */
import type { JsonObject } from '../../src/shared/json/json-object.ts';
import { objectOf, stringOf } from '../../src/shared/json/json-object.ts';
import { z } from 'zod';
import type { Sender } from '../../src/main/core/providers/transport.ts';
import type { EndpointKind } from '../../src/shared/providers/kinds/kind.ts';
import type { ProviderDefinition } from '../../src/shared/providers/provider.ts';
import type { WireProtocol } from '../../src/shared/wire/protocol.ts';
import type { Block, WireRecorder } from '../../src/shared/wire/recorder.ts';
import { counts, said } from '../../src/shared/wire/usage.ts';

const PARLEY_SERVER: EndpointKind = {
  id: 'parley',
  label: 'Parley',
  baseUrl: null,
  baseUrlHint: 'With the port.',
  credential: { header: 'x-parley-word', prefix: 'open ' },
  keyVariables: ['PARLEY_WORD'],
  presets: [{ name: 'Parley here', baseUrl: 'http://127.0.0.1:4004', provider_name: 'parley', keyed: false }],
};

class ParleyWire implements WireProtocol {
  readonly doneMarker = false;
  terminated = false;
  readonly #recorder: WireRecorder;
  #block: Block | undefined;

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
  }

  take(data: JsonObject, type: string): void {
    if (type === 'say') {
      this.#block ??= this.#recorder.open('p0', 'text', 'words');
      this.#recorder.text(this.#block, stringOf(data['words']) ?? '');
    } else if (type === 'end') this.#end(data);
    else this.#recorder.event(type, false, data);
  }

  done(): void {}

  accumulated(): unknown {
    return this.#block ? { words: this.#block.text } : null;
  }

  #end(data: JsonObject): void {
    if (this.#block) this.#recorder.close(this.#block);
    const counted = objectOf(data['counted']);
    if (counted) this.#recorder.usage(usageOf(counted), counted);
    this.#recorder.finish(0, { unified: 'stop', raw: stringOf(data['because']) });
    this.terminated = true;
  }
}

const usageOf = (counted: JsonObject) =>
  counts({
    input: said(counted['heard']),
    output: said(counted['said']),
    total: undefined,
    cachedInput: undefined,
    cacheWrite: undefined,
    reasoning: undefined,
  });

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ parley: true, type, ...fields })}\n\n`;

export const PARLEY: ProviderDefinition = {
  id: 'parley',
  label: 'Parley words',
  chip: 'PARL',
  endpointKinds: [PARLEY_SERVER],
  framing: 'sse',
  agentServer: null,
  terminator: 'end',
  path: /\/parley$/,
  detect: ({ json }) => (json?.['parley'] === true ? { why: 'Its events say that they are parley.' } : null),
  request: {
    empty: { ask: '' },
    template: (model) => ({ model, ask: 'How deep is the water?' }),
    schema: z.looseObject({ ask: z.string({ error: 'must be a question' }) }),
    lastUserText: (request) => stringOf(objectOf(request)?.['ask']) ?? undefined,
    tools: () => [],
    fields: { system: [], turns: ['ask'], tools: [] },
  },
  usage: {},
  wire: (recorder) => new ParleyWire(recorder),
  rules: [
    {
      id: 'parley-no-words',
      strict: 'warning',
      lenient: null,
      help: 'A say event without words.',
      example: { api: 'parley', body: `${event('say', { words: '' })}${event('end', {})}` },
      counterexample: { api: 'parley', body: `${event('say', { words: 'Deep.' })}${event('end', {})}` },
      check: () => ({
        event({ frame, data, type }, report) {
          if (type === 'say' && stringOf(data?.['words']) === '') report(frame, 'Nothing is said.');
        },
      }),
    },
  ],
};

/** Posts the request to the base URL itself. */
export const sendParley: Sender = ({ endpoint, request, fetch }) =>
  fetch(endpoint.baseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });

/** Says these words, one event each, and ends. */
export function parleyBody(words: readonly string[]): string {
  const counted = { heard: 5, said: words.length };
  return (
    words.map((word) => event('say', { words: word })).join('') + event('end', { because: 'all is said', counted })
  );
}
