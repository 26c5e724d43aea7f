/** The bytes of a lint example. */
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { exampleApi } from '../../src/shared/compare/lint.ts';
import type { LintExample } from '../../src/shared/lint/rule.ts';
import { providerOf } from '../../src/shared/providers/registry.ts';

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)),
  (text) => new TextEncoder().encode(text),
);

export function exampleBytes(example: LintExample): Uint8Array {
  const { body, bytes } = example;
  const encoded =
    providerOf(exampleApi(example)).framing === 'aws-eventstream'
      ? Buffer.concat(
          body
            .trimEnd()
            .split('\n')
            .map((line) => awsMessage(line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1))),
        )
      : Buffer.from(body, bytes === 'latin-1' ? 'latin1' : 'utf8');
  // Any byte of the payload will do.
  if (bytes === 'damaged') encoded[encoded.length - 8]! ^= 1;
  return new Uint8Array(encoded);
}

/** A message of Amazon's event stream. `type`: what it is, an `event`, an `exception` or an `error`, whose sentence is `says`. */
export function awsMessage(name: string, payload: string, type = 'event', says?: string): Uint8Array {
  return codec.encode({
    headers: {
      [type === 'error' ? ':error-code' : `:${type}-type`]: { type: 'string', value: name },
      ...(says !== undefined && { ':error-message': { type: 'string', value: says } }),
      ':content-type': { type: 'string', value: 'application/json' },
      ':message-type': { type: 'string', value: type },
    },
    body: new TextEncoder().encode(payload),
  });
}
