/** An answer that was not streamed, as the events that would have brought it. */
import { arrayOf, objectOf, type JsonObject } from '../../json/json-object.ts';

/** Each block in one delta for each of its parts. */
export function eventsOfAnswer(answer: JsonObject): readonly JsonObject[] | null {
  if (answer['type'] !== 'message' || !Array.isArray(answer['content'])) return null;
  const { content, stop_reason = null, stop_sequence = null, usage } = answer;
  const message = { ...answer, content: [], stop_reason: null, stop_sequence: null };
  return [
    { type: 'message_start', message },
    ...arrayOf(content).flatMap((block, index) => eventsOfBlock(objectOf(block) ?? {}, index)),
    { type: 'message_delta', delta: { stop_reason, stop_sequence }, ...(usage !== undefined && { usage }) },
    { type: 'message_stop' },
  ];
}

function eventsOfBlock(block: JsonObject, index: number): readonly JsonObject[] {
  const { start, deltas } = parts(block);
  return [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

/** A block as it starts, and the deltas that fill it. Blocks that are never streamed in deltas start whole. */
function parts(block: JsonObject): { readonly start: JsonObject; readonly deltas: readonly JsonObject[] } {
  switch (block['type']) {
    case 'text':
      return { start: { ...block, text: '' }, deltas: [{ type: 'text_delta', text: block['text'] }] };
    case 'thinking': {
      const { thinking, signature, ...rest } = block;
      const deltas: JsonObject[] = [{ type: 'thinking_delta', thinking }];
      if (signature !== undefined) deltas.push({ type: 'signature_delta', signature });
      return { start: { ...rest, thinking: '', signature: '' }, deltas };
    }
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use': {
      const partial_json = JSON.stringify(block['input'] ?? {});
      return { start: { ...block, input: {} }, deltas: [{ type: 'input_json_delta', partial_json }] };
    }
    default:
      return { start: block, deltas: [] };
  }
}
