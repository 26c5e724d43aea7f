/** How the rules of Responses read an event: the item in it. */
import { objectOf, objectsOf, stringOf, type JsonObject } from '../../../json/json-object.ts';

export const isAdded = (type: string): boolean => type === 'response.output_item.added';
export const isItemDone = (type: string): boolean => type === 'response.output_item.done';
export const itemOf = (data: JsonObject | null): JsonObject | null => objectOf(data?.['item']);

/** The item that an event gives whole, when it begins and when it is done. */
export const itemIn = (data: JsonObject | null, type: string): JsonObject | null =>
  isAdded(type) || isItemDone(type) ? itemOf(data) : null;

/** Calls that the client answers by their call_id. */
export const NEEDS_CALL_ID: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call']);

/** The text of a message, or the arguments of a call. */
export const contentOf = (item: JsonObject): string =>
  stringOf(item['arguments']) ??
  objectsOf(item['content'])
    .map((part) => stringOf(part['text']) ?? stringOf(part['refusal']) ?? '')
    .join('');

/** What says which part of which item an event is about. */
const PART_FIELDS = ['output_index', 'item_id', 'content_index', 'summary_index'] as const;

export const isSamePart = (a: JsonObject | null, b: JsonObject | null): boolean =>
  PART_FIELDS.every((field) => a?.[field] === b?.[field]);
