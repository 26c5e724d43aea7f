/** Rules on the text of an answer that hold for every API: what stands in it that should be elsewhere, and characters that were lost. */
import type { WireBlock, WireOutcome } from '../model/messages.ts';
import type { LintRule } from './rule.ts';

/** How models write a tool call in their own markup, which a server should have taken out of the text. */
const CALL_MARKUP: readonly RegExp[] = [
  /<tool_call>|<\/tool_call>|<tool_calls>|<\|tool_calls?(?:_begin|_start)?\|>/,
  /<function=[\w.-]+>|<function_calls?>|<invoke name=|<\|?start_function_call\|?>/,
  /\[TOOL_CALLS?\]|<\|python_tag\|>|<｜tool▁calls?▁begin｜>|<\|tool▁calls?▁begin\|>/,
  /<\|tool_calls_section_begin\|>|\bfunctools\[\{/,
];
/** Marks of a model's chat format: channels, turns, ends. */
const FORMAT_MARKUP =
  /<\|(?:channel|start|message|end|return|call|im_start|im_end|eot_id|eom_id|end_of_text|start_header_id|end_header_id|endoftext|assistant|user|system)\|>|<(?:start|end)_of_turn>|<｜(?:Assistant|User|end▁of▁sentence)｜>/;
const THINK = /^\s*<(think|thinking|thought|reasoning|reflection)>|<\/(think|thinking|thought|reasoning|reflection)>/i;

const textsOf = ({ blocks }: WireOutcome): readonly WireBlock[] => blocks.filter(({ kind }) => kind === 'text');

const chunk = (delta: string): string =>
  `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":${delta}}]}\n\n`;
const text = (...pieces: readonly string[]): string =>
  `${pieces.map((piece) => chunk(`{"content":"${piece}"}`)).join('')}data: [DONE]\n\n`;

export const TEXT_RULES: readonly LintRule[] = [
  {
    id: 'call-markup-in-text',
    strict: 'error',
    lenient: 'warning',
    help: "The text contains the markup in which the model writes its tool calls. The server's parser did not recognize it, so the call reaches the user as text and no client runs it.",
    example: text('<tool_call>', '{\\"name\\":\\"f\\"}', '</tool_call>'),
    counterexample: text('A tool call is written as JSON.'),
    check: () => ({
      end(outcome, report) {
        const calls = outcome.blocks.some(({ kind }) => kind === 'tool');
        for (const one of textsOf(outcome)) {
          const found = CALL_MARKUP.map((markup) => markup.exec(one.text)?.[0]).find((mark) => mark !== undefined);
          if (found)
            report(
              one.firstEvent,
              `The text ${one.block} contains tool-call markup (${found})${calls ? '' : ', and the answer has no tool call'}.`,
            );
        }
      },
    }),
  },
  {
    id: 'format-markup-in-text',
    strict: 'warning',
    lenient: 'warning',
    help: "The text contains markers of the model's chat format: channels, turns, ends. The server should have removed them; clients show them.",
    example: text('<|channel|>final<|message|>', 'Hi'),
    counterexample: text('The channel is final.'),
    check: () => ({
      end(outcome, report) {
        for (const one of textsOf(outcome)) {
          const found = FORMAT_MARKUP.exec(one.text)?.[0];
          if (found)
            report(one.firstEvent, `The text ${one.block} contains a marker of the model's chat format (${found}).`);
        }
      },
    }),
  },
  {
    id: 'reasoning-in-text',
    strict: 'warning',
    lenient: 'warning',
    help: 'The reasoning is in the text of the answer, between tags. A server that is configured for its model would send it in a separate field; clients show it as the answer.',
    example: text('<think>', 'Hm', '</think>', 'Hi'),
    counterexample: text('I think so.'),
    check: () => ({
      end(outcome, report) {
        for (const one of textsOf(outcome)) {
          const found = THINK.exec(one.text);
          if (found)
            report(one.firstEvent, `The text ${one.block} contains reasoning between tags (${found[0].trim()}).`);
        }
      },
    }),
  },
  {
    id: 'replacement-character',
    strict: 'warning',
    lenient: 'warning',
    help: 'The answer contains U+FFFD, which replaces a character that could not be decoded. Servers that decode each token separately lose emoji and other multi-byte characters this way; they cannot be recovered.',
    example: text('Hi \\ufffd'),
    counterexample: text('Hi \\ud83d\\ude42'),
    check: () => ({
      end(outcome, report) {
        for (const one of outcome.blocks) {
          const count = one.text.split('\uFFFD').length - 1;
          if (count > 0)
            report(
              one.firstEvent,
              `The ${one.kind} ${one.block} contains U+FFFD ${count === 1 ? 'once' : `${count} times`}: ${count === 1 ? 'a character was' : 'characters were'} lost before the text was written as JSON.`,
            );
        }
      },
    }),
  },
  {
    id: 'half-character',
    strict: 'warning',
    lenient: 'info',
    help: 'An event ends or begins in the middle of a character: half of a surrogate pair is alone in its JSON. Clients that write each delta separately show two replacement characters where an emoji was.',
    example: text('Hi \\ud83d', '\\ude42'),
    counterexample: text('Hi \\ud83d\\ude42'),
    check: () => ({
      event({ frame }, report) {
        // Only an escape can say half a character: bytes that do are no UTF-8.
        if (!/\\u[dD][89a-fA-F]/.test(frame.data) || !frame.payload.ok) return;
        if (hasHalf(frame.payload.value))
          report(frame, 'A text of this event contains half of a character (a lone surrogate).');
      },
    }),
  },
];

function hasHalf(value: unknown): boolean {
  if (typeof value === 'string') return !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasHalf);
}
