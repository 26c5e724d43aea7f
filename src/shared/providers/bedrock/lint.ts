/** Rules of Anthropic's models on Bedrock: those of Messages, and of the envelopes around its events. */
import type { LintRule } from '../../lint/rule.ts';
import { MESSAGES_RULES } from '../messages/lint.ts';
import { isFault } from './wire.ts';

export const BEDROCK_RULES: readonly LintRule[] = [
  ...MESSAGES_RULES,
  {
    id: 'bedrock-envelope',
    strict: 'error',
    lenient: 'warning',
    help: 'A chunk message has no base64 event in its bytes field. SDKs fail on it or skip it.',
    check: () => ({
      event({ frame }, report) {
        if (frame.name === 'chunk' && !isFault(frame)) report(frame, 'The message is a chunk without an event in it.');
      },
    }),
  },
];
