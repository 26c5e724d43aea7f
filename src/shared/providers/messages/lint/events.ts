/** How the rules of Messages read an event: the block and the delta in it. */
import { objectOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import { blockDelta } from '../../../lint/example-bodies.ts';

export const thinking = { type: 'thinking', thinking: '', signature: '' };
export const thought = blockDelta(0, { type: 'thinking_delta', thinking: 'Hm' });
export const blockType = (data: JsonObject): string => stringOf(objectOf(data['content_block'])?.['type']) ?? '';
export const deltaOf = (data: JsonObject | null): JsonObject | null => objectOf(data?.['delta']);
