import { expect, test } from 'vitest';
import { titleOf } from '../../../src/shared/providers/title.ts';

test.each([
  [
    'chat',
    {
      messages: [
        { role: 'system', content: 'S' },
        { role: 'user', content: 'First' },
        { role: 'assistant', content: 'A' },
        { role: 'user', content: ' Last\n one ' },
        { role: 'tool', content: 'T' },
      ],
    },
    'Last one',
  ],
  [
    'parts',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look at' },
            { type: 'image_url', image_url: {} },
            { type: 'text', text: 'this' },
          ],
        },
      ],
    },
    'Look at this',
  ],
  [
    'a tool result is no message of the user',
    {
      messages: [
        { role: 'user', content: 'Ask' },
        { role: 'user', content: [{ type: 'tool_result', content: 'x' }] },
      ],
    },
    'Ask',
  ],
  ['Responses text', { input: 'Hello' }, 'Hello'],
  [
    'Responses items',
    {
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
        { type: 'function_call_output', output: 'x' },
      ],
    },
    'Hi',
  ],
  ['120 characters stay', { input: 'x'.repeat(120) }, 'x'.repeat(120)],
  ['121 are cut to 120 with an ellipsis', { input: 'x'.repeat(121) }, `${'x'.repeat(119)}…`],
  ['never half an emoji', { input: '👋'.repeat(121) }, `${'👋'.repeat(119)}…`],
  ['the model without a message', { model: 'gpt-x', messages: [] }, 'gpt-x'],
  ['nothing at all', null, 'Untitled'],
  ['any shape', { messages: [null, 7, { role: 'user', content: { a: 1 } }], input: 3 }, 'Untitled'],
])('%s', (_case, request, title) => {
  const api = request !== null && 'input' in request && !('messages' in request) ? 'responses' : 'chat_completions';
  expect(titleOf(api, request)).toBe(title);
});
