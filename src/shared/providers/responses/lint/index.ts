/** Rules of OpenAI Responses: numbering, order and pairing of events, and whether the parts add up. */
import type { LintRule } from '../../../lint/rule.ts';
import { CALL_RULES } from './calls.ts';
import { ENDING_RULES } from './ending.ts';
import { ENVELOPE_RULES } from './envelope.ts';
import { PART_RULES } from './parts.ts';
import { TEXT_RULES } from './text.ts';

export const RESPONSES_RULES: readonly LintRule[] = [
  ...ENVELOPE_RULES,
  ...PART_RULES,
  ...TEXT_RULES,
  ...CALL_RULES,
  ...ENDING_RULES,
];
