/** Rules of OpenAI Chat Completions. The format is loose, and compatible servers looser still. */
import type { LintRule } from '../../../lint/rule.ts';
import { CALL_INDEX_RULES } from './call-indexes.ts';
import { CALL_RULES } from './calls.ts';
import { ENDING_RULES } from './ending.ts';
import { ENVELOPE_RULES } from './envelope.ts';
import { PART_RULES } from './parts.ts';
import { REASONING_RULES } from './reasoning.ts';
import { TEXT_RULES } from './text.ts';
import { USAGE_RULES } from './usage.ts';

export const CHAT_COMPLETIONS_RULES: readonly LintRule[] = [
  ...ENVELOPE_RULES,
  ...PART_RULES,
  ...TEXT_RULES,
  ...REASONING_RULES,
  ...CALL_INDEX_RULES,
  ...CALL_RULES,
  ...ENDING_RULES,
  ...USAGE_RULES,
];
