/** Rules of Anthropic Messages: order and pairing of events. */
import { numberOf, objectOf, stringOf } from '../../json/json-object.ts';
import type { LintEvent, LintRule } from '../../lint/rule.ts';
import {
  NAME_AND_TYPE,
  afterTerminator,
  textCumulative,
  textRepeated,
  type TextPiece,
} from '../../lint/shared-rules.ts';

/** Which block types each delta type belongs to. */
const DELTA_FITS: Readonly<Record<string, (type: string) => boolean>> = {
  text_delta: (type) => type === 'text',
  citations_delta: (type) => type === 'text',
  input_json_delta: (type) => type.endsWith('tool_use'),
  thinking_delta: (type) => type === 'thinking',
  signature_delta: (type) => type === 'thinking',
};

/** The text that a delta adds to its block. */
function pieceOf({ data, type }: LintEvent): TextPiece | null {
  const text = type === 'content_block_delta' ? stringOf(objectOf(data?.['delta'])?.['text']) : null;
  return text === null ? null : { block: String(data?.['index']), text };
}

export const MESSAGES_RULES: readonly LintRule[] = [
  NAME_AND_TYPE,
  afterTerminator(({ type }) => (type === 'message_stop' ? type : null)),
  {
    id: 'unnamed-event',
    strict: 'error',
    lenient: 'warning',
    help: 'An event without a name. The Anthropic SDK drops every one of them, so that the stream looks empty.',
    check: () => ({
      event({ frame, data }, report) {
        if (data && frame.name === '') report(frame, 'The event has no name: the Anthropic SDK drops it.');
      },
    }),
  },
  {
    id: 'before-message-start',
    strict: 'error',
    lenient: 'error',
    help: 'Content before message_start has no message to belong to; the SDK drops it.',
    check: () => {
      let started = false;
      return {
        event({ frame, type }, report) {
          if (type === 'message_start') started = true;
          else if (
            !started &&
            (type.startsWith('content_block') || type === 'message_delta' || type === 'message_stop')
          )
            report(frame, `${type} comes before message_start.`);
        },
      };
    },
  },
  {
    id: 'second-message-start',
    strict: 'error',
    lenient: 'error',
    help: 'A message starts inside another. The SDK ends with an error; two answers may have been spliced by a proxy.',
    check: () => {
      let open = false;
      return {
        event({ frame, type }, report) {
          if (type === 'message_start' && open) report(frame, 'A second message_start before message_stop.');
          if (type === 'message_start') open = true;
          if (type === 'message_stop') open = false;
        },
      };
    },
  },
  {
    id: 'block-order',
    strict: 'error',
    lenient: 'warning',
    help: 'A delta or stop for a block that is not open, a block that starts twice, or one that starts while another is open.',
    check: () => {
      const open = new Map<number, string>();
      const closed = new Set<number>();
      return {
        event({ frame, type, data }, report) {
          const index = numberOf(data?.['index']);
          if (type === 'message_start') {
            open.clear();
            closed.clear();
          }
          if (index === null) {
            if (type.startsWith('content_block')) report(frame, `${type} has no index.`);
            return;
          }
          if (type === 'content_block_start') {
            if (open.has(index) || closed.has(index)) report(frame, `Block ${index} starts a second time.`);
            else if (open.size > 0)
              report(frame, `Block ${index} starts while block ${[...open.keys()].join(', ')} is open.`);
            open.set(index, stringOf(objectOf(data?.['content_block'])?.['type']) ?? '');
          } else if (type === 'content_block_delta') {
            if (!open.has(index))
              report(
                frame,
                closed.has(index)
                  ? `A delta for block ${index}, which was stopped.`
                  : `A delta for block ${index}, which was not started.`,
              );
          } else if (type === 'content_block_stop') {
            if (!open.delete(index))
              report(
                frame,
                closed.has(index)
                  ? `Block ${index} is stopped a second time.`
                  : `Block ${index} is stopped but was not started.`,
              );
            closed.add(index);
          }
        },
      };
    },
  },
  {
    id: 'index-gap',
    strict: 'warning',
    lenient: 'info',
    help: 'Block indexes do not count up by one. The SDK keeps blocks in a list and then writes deltas to the wrong place.',
    check: () => {
      let next = 0;
      return {
        event({ frame, type, data }, report) {
          // A message that starts with content goes on counting after it.
          if (type === 'message_start') {
            const content = objectOf(data?.['message'])?.['content'];
            next = Array.isArray(content) ? content.length : 0;
          }
          const index = type === 'content_block_start' ? numberOf(data?.['index']) : null;
          if (index === null) return;
          if (index !== next) report(frame, `Block ${index} starts where ${next} was expected.`);
          next = index + 1;
        },
      };
    },
  },
  {
    id: 'delta-type',
    strict: 'error',
    lenient: 'warning',
    help: 'A delta of a type that does not belong in its block. The SDK drops it without a word.',
    check: () => {
      const types = new Map<number, string>();
      return {
        event({ frame, type, data }, report) {
          const index = numberOf(data?.['index']);
          if (index === null) return;
          if (type === 'content_block_start')
            types.set(index, stringOf(objectOf(data?.['content_block'])?.['type']) ?? '');
          if (type !== 'content_block_delta') return;
          const delta = stringOf(objectOf(data?.['delta'])?.['type']) ?? '';
          const block = types.get(index);
          if (block === undefined || !Object.hasOwn(DELTA_FITS, delta) || DELTA_FITS[delta]!(block)) return;
          report(frame, `A ${delta} in block ${index}, which is of type ${block}.`);
        },
      };
    },
  },
  {
    id: 'usage-decreases',
    strict: 'warning',
    lenient: 'info',
    help: 'Output tokens are cumulative over the message. A count that falls makes a client that keeps the last one report too few.',
    check: () => {
      let last: number | null = null;
      return {
        event({ frame, type, data }, report) {
          const usage = objectOf(type === 'message_start' ? objectOf(data?.['message'])?.['usage'] : data?.['usage']);
          if (type === 'message_start') last = null;
          const output = numberOf(usage?.['output_tokens']);
          if (output === null) return;
          if (last !== null && output < last) report(frame, `Output tokens fall from ${last} to ${output}.`);
          last = output;
        },
      };
    },
  },
  {
    id: 'thinking-unsigned',
    strict: 'warning',
    lenient: 'info',
    help: 'A thinking block was closed without a signature. Sent back with the next turn it is refused: "invalid signature in thinking block". A gateway may have dropped the signature_delta.',
    check: () => ({
      end(outcome, report) {
        for (const { type, closed, signature, text, block, lastEvent } of outcome.blocks)
          if (type === 'thinking' && closed && !signature && text !== '')
            report(lastEvent, `The thinking block ${block} was closed without a signature.`);
      },
    }),
  },
  {
    id: 'stop-reasons-differ',
    strict: 'error',
    lenient: 'warning',
    help: 'The message has two stop reasons. A proxy ended it a second time; clients that keep the last one may lose a tool call.',
    check: () => {
      let before: string | null = null;
      return {
        event({ frame, type, data }, report) {
          if (type === 'message_start') before = null;
          const reason = type === 'message_delta' ? stringOf(objectOf(data?.['delta'])?.['stop_reason']) : null;
          if (reason === null) return;
          if (before !== null && before !== reason)
            report(frame, `The message has two stop reasons: ${before}, and now ${reason}.`);
          before = reason;
        },
      };
    },
  },
  {
    id: 'content-after-stop',
    strict: 'error',
    lenient: 'warning',
    help: 'Content comes after the stop reason. Clients that act on the reason never see it.',
    check: () => {
      let stopped = false;
      return {
        event({ frame, type, data }, report) {
          if (type === 'message_start') stopped = false;
          if (stopped && (type === 'content_block_start' || type === 'content_block_delta'))
            report(frame, `${type} comes after the stop reason.`);
          if (type === 'message_delta' && stringOf(objectOf(data?.['delta'])?.['stop_reason'])) stopped = true;
        },
      };
    },
  },
  textRepeated(pieceOf),
  textCumulative(pieceOf),
];
