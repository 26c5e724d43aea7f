/** Rules that hold for every API. */
import { ARGUMENT_RULES } from './argument-rules.ts';
import { CALL_RULES } from './call-rules.ts';
import { CONTENT_RULES } from './content-rules.ts';
import { FINISH_RULES } from './finish-rules.ts';
import { FRAMING_RULES } from './framing-rules.ts';
import type { LintRule } from './rule.ts';
import { STREAM_RULES } from './stream-rules.ts';
import { TEXT_RULES } from './text-rules.ts';
import { USAGE_RULES } from './usage-rules.ts';
import { USAGE_STEP_RULES } from './usage-step-rules.ts';

export const ANY_API_RULES: readonly LintRule[] = [
  ...FRAMING_RULES,
  ...STREAM_RULES,
  ...CALL_RULES,
  ...ARGUMENT_RULES,
  ...TEXT_RULES,
  ...CONTENT_RULES,
  ...FINISH_RULES,
  ...USAGE_RULES,
  ...USAGE_STEP_RULES,
];
