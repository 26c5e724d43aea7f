/** Rules of Anthropic's models on Bedrock: those of Messages, and of the envelopes around its events. */
import type { LintExample, LintRule } from '../../lint/rule.ts';
import { MESSAGES_RULES } from '../messages/lint/index.ts';
import { envelopeFault } from './envelope.ts';
import { isFault } from './wire.ts';

const chunk = (payload: string): LintExample => ({ api: 'bedrock', body: `chunk ${payload}\n` });
/** `{"type":"message_stop"}` in base64. */
const STOP = 'eyJ0eXBlIjoibWVzc2FnZV9zdG9wIn0=';

export const BEDROCK_RULES: readonly LintRule[] = [
  ...MESSAGES_RULES,
  {
    id: 'bedrock-envelope',
    strict: 'error',
    lenient: 'warning',
    help: 'A chunk message has an event of the model in its bytes field, in base64.',
    advice:
      'The SDKs of AWS and Anthropic fail on one without it, or skip it. Look at the message, and report it to the service.',
    example: chunk('{"p":"abc"}'),
    counterexample: chunk(`{"bytes":"${STOP}"}`),
    comesWith: ['no-terminator'],
    check: ({ faults }) => ({
      event({ frame }, report) {
        // An event of another model's API has been called that.
        if (faults.ofEvent(frame.index)?.id === 'other-api') return;
        const fault = isFault(frame) ? null : envelopeFault(frame);
        if (fault !== null) report(frame, fault, fault);
      },
    }),
  },
];
