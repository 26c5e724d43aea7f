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
    help: 'A chunk message does not hold an event as base64 under bytes. SDKs fail at it or pass over it.',
    check: () => ({
      event({ frame }, report) {
        if (frame.name === 'chunk' && !isFault(frame)) report(frame, 'The message is a chunk without an event in it.');
      },
    }),
  },
];
