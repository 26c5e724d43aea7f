/** Amazon Bedrock. Its address has the region in it, so that there is none for all. */
import type { EndpointKind } from './kind.ts';

export const BEDROCK: EndpointKind = {
  id: 'bedrock',
  label: 'Bedrock',
  chip: 'BEDR',
  baseUrl: null,
  baseUrlHint: 'With its region, such as https://bedrock-runtime.us-east-1.amazonaws.com.',
  credential: { header: 'authorization', prefix: 'Bearer ' },
  keyVariables: ['AWS_BEARER_TOKEN_BEDROCK'],
  baseUrlIn: (environment) =>
    `https://bedrock-runtime.${environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || 'us-east-1'}.amazonaws.com`,
  hosts: [
    'bedrock-runtime.*.amazonaws.com',
    'bedrock-runtime-fips.*.amazonaws.com',
    'bedrock-runtime.*.amazonaws.com.cn',
  ],
  baseUrlVariables: [{ name: 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME' }, { name: 'ANTHROPIC_BEDROCK_BASE_URL' }],
  presets: [],
};
