/** Token counts as tiktoken's cl100k_base gives them. */
import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';
import { fail } from './adapter-error.ts';

/** tiktoken refuses text that spells one of these; what other tokenizers hold for special is text to it. */
const SPECIAL = /<\|(?:endoftext|fim_prefix|fim_middle|fim_suffix|endofprompt)\|>/;
const AS_TEXT = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

/** Throws AdapterError for text that spells a special token. */
export function tokensOf(text: string): number {
  if (SPECIAL.test(text)) fail('The text spells a special token, which the tokenizer refuses.');
  return countTokens(text.toWellFormed(), AS_TEXT);
}
