/** From frames to events as the Python SDKs of 2025 read them (docs/adapters.md, 10). */
import { parsePython } from '../../json/partial-json.ts';
import { toPlain } from '../../json/python-value.ts';
import type { Frame } from '../../model/stream.ts';
import type { SdkEvent } from './interface.ts';
import { fail, fieldsOf, truthy } from './adapter-error.ts';

/** The union's first: what is of no type known then is read as it. */
const MESSAGE_START = 'message_start';
const ANTHROPIC_EVENTS: ReadonlySet<unknown> = new Set([
  MESSAGE_START,
  'message_delta',
  'message_stop',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
]);
/** Of the API before Messages: read like the others, but its name gives the data no type. */
const COMPLETION = 'completion';

/** `data` as Python's json.loads reads it: NaN and Infinity are numbers. The frame's parse is shared where the SDK read the same data. */
function jsonOf(data: string, frame: Frame): unknown {
  if (data === frame.data && frame.payload.ok) return frame.payload.value;
  try {
    return toPlain(parsePython(data));
  } catch {
    return fail('The data is not JSON.');
  }
}

export function readAnthropic(name: string, data: string, frame: Frame): SdkEvent {
  if (name === 'error') return fail(`The provider sent an error: ${data.slice(0, 200)}`);
  if (!ANTHROPIC_EVENTS.has(name) && name !== COMPLETION) return 'skip';
  const value = jsonOf(data, frame);
  const fields = fieldsOf(value);
  if (fields === null) return 'skip';
  const { type = name } = fields;
  return { type: ANTHROPIC_EVENTS.has(type) ? (type as string) : MESSAGE_START, data: value };
}

/** An assistants event reaches the interface wrapped, as an object of another shape. */
const WRAPPED = 'thread.';

export function readOpenAi(name: string, data: string, frame: Frame): SdkEvent {
  // quirk: done-by-prefix
  if (data.startsWith('[DONE]')) return 'done';
  // quirk: blank-line-dispatches
  const value = jsonOf(data, frame);
  if (name.startsWith(WRAPPED)) return { type: WRAPPED, data: {} };
  // quirk: error-event-passes
  const error = fieldsOf(value)?.['error'];
  if (truthy(error)) fail(`The provider sent an error: ${messageOf(error)}`);
  return { type: '', data: value };
}

function messageOf(error: unknown): string {
  const message = fieldsOf(error)?.['message'];
  return typeof message === 'string' ? message : 'An error occurred during streaming';
}
