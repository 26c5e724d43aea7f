/** Anthropic's models on Amazon Bedrock, InvokeModelWithResponseStream in Amazon's event stream. */
import { BEDROCK } from '../kinds/bedrock.ts';
import { messages } from '../messages/index.ts';
import type { ProviderDefinition } from '../provider.ts';
import { unwrap, unwrapPlaces } from './envelope.ts';
import { BEDROCK_RULES } from './lint.ts';
import { request } from './request.ts';
import { BedrockWire } from './wire.ts';

/** Exceptions that the service sends in the place of events; Converse has the same. */
const EXCEPTION =
  /^(?:modelStreamError|throttling|internalServer|validation|serviceUnavailable|modelTimeout)Exception$/;

export const bedrock: ProviderDefinition = {
  id: 'bedrock',
  label: 'Bedrock, Anthropic models',
  chip: 'BEDR',
  endpointKinds: [BEDROCK],
  framing: 'aws-eventstream',
  agentServer: 'anthropic',
  unwrap,
  unwrapPlaces,
  terminator: messages.terminator,
  ...(messages.ends && { ends: messages.ends }),
  path: /\/model\/[^/]+\/invoke(?:-with-response-stream)?$/,
  detect: (facts) =>
    messages.detect(facts) ??
    (EXCEPTION.test(facts.name) ? { why: `It has a ${facts.name} of Bedrock.`, weak: true } : null),
  request,
  usage: messages.usage,
  wire: (recorder) => new BedrockWire(recorder),
  rules: BEDROCK_RULES,
};
