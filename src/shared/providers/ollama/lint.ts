/** Rules of Ollama's /api/chat. */
import { arrayOf, objectOf } from '../../json/json-object.ts';
import type { LintRule } from '../../lint/rule.ts';

export const OLLAMA_RULES: readonly LintRule[] = [
  {
    id: 'ollama-after-done',
    strict: 'error',
    lenient: 'warning',
    help: 'A line follows the one with done: true. Clients stop reading there, so that what follows is lost for their users.',
    check: () => {
      let done = false;
      return {
        event({ frame, data }, report) {
          if (done) report(frame, 'This line follows the one with done: true.');
          done ||= data?.['done'] === true;
        },
      };
    },
  },
  {
    id: 'ollama-message-missing',
    strict: 'warning',
    lenient: 'info',
    help: 'A line has no message object. The clients of Ollama read message.content of every line and fail without it.',
    check: () => ({
      event({ frame, data }, report) {
        if (data && data['error'] === undefined && !objectOf(data['message']))
          report(frame, 'The line has no message.');
      },
    }),
  },
  {
    id: 'ollama-arguments-text',
    strict: 'error',
    lenient: 'warning',
    help: 'The arguments of a tool call are a string. Ollama sends them as an object, and clients pass them on as one.',
    check: () => ({
      event({ frame, data }, report) {
        for (const call of arrayOf(objectOf(data?.['message'])?.['tool_calls'])) {
          const fn = objectOf(objectOf(call)?.['function']);
          if (typeof fn?.['arguments'] === 'string')
            report(frame, `The arguments of ${String(fn['name'])} are a string, not an object.`);
        }
      },
    }),
  },
  {
    id: 'ollama-counts-missing',
    strict: 'warning',
    lenient: 'info',
    help: 'The last line lacks prompt_eval_count or eval_count. Tokens and speed of the answer cannot be told.',
    check: () => ({
      event({ frame, data }, report) {
        if (data?.['done'] !== true || data['done_reason'] === 'load' || data['done_reason'] === 'unload') return;
        const missing = ['prompt_eval_count', 'eval_count'].filter((field) => typeof data[field] !== 'number');
        if (missing.length > 0) report(frame, `The last line has no ${missing.join(' and no ')}.`);
      },
    }),
  },
];
