/** Rules that hold for every API. */
import { CALL_RULES } from './call-rules.ts';
import { FRAMING_RULES } from './framing-rules.ts';
import { isDone, type LintRule } from './rule.ts';
import { TEXT_RULES } from './text-rules.ts';

export const ANY_API_RULES: readonly LintRule[] = [
  ...FRAMING_RULES,
  ...CALL_RULES,
  ...TEXT_RULES,
  {
    id: 'not-a-stream',
    strict: 'error',
    lenient: 'error',
    help: 'The body is no stream of this API at all: a page, an error, a whole answer, a stream of another kind, the lines of a log. Clients find no event in it, and many take that for an empty answer.',
    check: ({ ending }) => ({
      end(_outcome, report) {
        if (ending?.state === 'not-a-stream') report(null, ending.rule);
      },
    }),
  },
  {
    id: 'not-json',
    strict: 'error',
    lenient: 'error',
    help: 'The data of an event is not a JSON object. SDKs stop at such an event, and their users lose everything after it.',
    check: ({ faults }) => ({
      event({ frame, data }, report) {
        if (data || isDone(frame.data) || !frame.dispatches || faults.ofEvent(frame.index)) return;
        const { payload } = frame;
        report(frame, payload.ok ? 'The data is JSON but not an object.' : `The data is not JSON: ${payload.error}`);
      },
    }),
  },
  {
    id: 'no-terminator',
    strict: 'error',
    lenient: 'warning',
    help: "The provider's terminator is missing. Without it a finished answer and one that was cut look the same.",
    check: ({ faults, ending }) => ({
      end(outcome, report) {
        if (ending?.state === 'not-a-stream') return;
        // One that is misspelt or not closed has a remark of its own.
        if (outcome.terminated || faults.all.some(({ id }) => id === 'done-misspelt' || id === 'terminator-open'))
          return;
        report(
          null,
          faults.terminator === null
            ? 'The stream has no terminator.'
            : `The stream has no terminator that readers see: one stands in the body, but ${faults.terminator}.`,
        );
      },
    }),
  },
  {
    id: 'arguments-invalid',
    strict: 'error',
    lenient: 'error',
    help: "A tool call was closed with arguments that are not JSON. The client's tool cannot run.",
    check: () => ({
      end(outcome, report) {
        for (const { block, name, valid, text } of outcome.blocks) {
          if (valid === false)
            report(null, `The ${text.length} characters of arguments of ${name ?? block} (${block}) are not JSON.`);
        }
      },
    }),
  },
  {
    id: 'finish-missing',
    strict: 'error',
    lenient: 'warning',
    help: 'The stream ended without saying why the generation stopped. Clients cannot tell a full answer from one cut at a limit.',
    check: () => ({
      end(outcome, report) {
        if (!outcome.terminated) return;
        const finished = new Set(outcome.finish.filter(({ raw }) => raw !== null).map(({ choice }) => choice));
        const choices = new Set(outcome.blocks.map(({ choice }) => choice));
        for (const { choice } of outcome.finish) choices.add(choice);
        if (choices.size === 0) choices.add(0);
        for (const choice of choices)
          if (!finished.has(choice))
            report(null, choices.size > 1 ? `Choice ${choice} has no finish reason.` : 'There is no finish reason.');
      },
    }),
  },
  {
    id: 'finish-disagrees',
    strict: 'warning',
    lenient: 'info',
    help: 'The finish reason says that tools are to be run but there is no call, or there is a call and the finish reason says otherwise.',
    check: () => ({
      end(outcome, report) {
        for (const { choice, unified, raw } of outcome.finish) {
          const calls = outcome.blocks.filter((block) => block.kind === 'tool' && block.choice === choice).length;
          if (unified === 'tool_use' && calls === 0)
            report(
              null,
              `The finish reason is ${raw}, but there is no ${outcome.blocks.length === 0 ? 'content at all, and no ' : ''}tool call.`,
            );
          if (unified === 'stop' && calls > 0)
            report(
              null,
              `There ${calls === 1 ? 'is 1 tool call' : `are ${calls} tool calls`}, but the finish reason is ${raw}.`,
            );
        }
      },
    }),
  },
  {
    id: 'block-left-open',
    strict: 'error',
    lenient: 'warning',
    help: 'The stream ended and a content block was never closed. Its arguments are never final.',
    check: () => ({
      end(outcome, report) {
        if (!outcome.terminated) return;
        for (const { block, kind, closed } of outcome.blocks)
          if (!closed) report(null, `The ${kind} block ${block} was never closed.`);
      },
    }),
  },
  {
    id: 'usage-missing',
    strict: 'info',
    lenient: null,
    help: 'No token counts. Chat Completions sends them only when the request says stream_options.include_usage.',
    check: () => ({
      end(outcome, report) {
        if (outcome.terminated && !outcome.usage) report(null, 'The stream reports no usage.');
      },
    }),
  },
  {
    id: 'usage-total',
    strict: 'warning',
    lenient: 'info',
    help: 'The total is not the sum of input and output. Some providers leave the reasoning out of the output count.',
    check: () => ({
      end({ usage }, report) {
        const { input, output, total } = usage ?? {};
        if (
          typeof input !== 'number' ||
          typeof output !== 'number' ||
          typeof total !== 'number' ||
          input + output === total
        )
          return;
        report(null, `The usage says ${input} + ${output} tokens, but a total of ${total}.`);
      },
    }),
  },
  {
    id: 'usage-negative',
    strict: 'error',
    lenient: 'error',
    help: 'A token count is below zero.',
    check: () => ({
      end({ usage }, report) {
        for (const [field, count] of Object.entries(usage ?? {}))
          if (typeof count === 'number' && count < 0) report(null, `The usage says ${count} for ${field}.`);
      },
    }),
  },
];
