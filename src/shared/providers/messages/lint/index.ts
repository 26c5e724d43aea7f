/** Rules of Anthropic Messages: order and pairing of events. */
import type { LintRule } from '../../../lint/rule.ts';
import { CALL_RULES } from './calls.ts';
import { ENDING_RULES } from './ending.ts';
import { ENVELOPE_RULES } from './envelope.ts';
import { PART_RULES } from './parts.ts';
import { REASONING_RULES } from './reasoning.ts';
import { USAGE_RULES } from './usage.ts';

export const MESSAGES_RULES: readonly LintRule[] = [
  ...ENVELOPE_RULES,
  ...PART_RULES,
  ...REASONING_RULES,
  ...CALL_RULES,
  ...USAGE_RULES,
  ...ENDING_RULES,
];
