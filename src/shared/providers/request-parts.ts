/** What the requests of several APIs have alike: turns with roles, tools with names, and the words of their checks. */
import { z } from 'zod';
import { arrayOf, objectOf, stringOf } from '../json/json-object.ts';
import type { OfferedTool } from './provider.ts';

// Reading.

/** The text of the last user turn in a list of turns, or the text that stands in its place. */
export function lastUserText(turns: unknown): string | undefined {
  if (typeof turns === 'string') return turns;
  return arrayOf(turns)
    .map(objectOf)
    .map((turn) => (turn?.['role'] === 'user' ? contentText(turn['content']) : ''))
    .findLast((text) => text.trim() !== '');
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  const texts = arrayOf(content).map((part) => stringOf(part) ?? stringOf(objectOf(part)?.['text']));
  return texts.filter((text) => text !== null).join(' ');
}

/** The tools in the field `tools`, in any of the shapes that the APIs and their compatible servers have. */
export function offeredTools(request: unknown): readonly OfferedTool[] {
  return arrayOf(objectOf(request)?.['tools']).map((tool) => {
    const fields = objectOf(tool);
    const inside = objectOf(fields?.['function']) ?? objectOf(fields?.['custom']);
    return { tool, name: stringOf(inside?.['name']) ?? stringOf(fields?.['name']) };
  });
}

/** A question to start from. */
export const QUESTION = 'What is the difference between a river and a canal? Two sentences.';

// Checking. Every message goes on after the field's name: `messages` + "must be …".

export const text = (error: string) => z.string({ error }).min(1, { error: 'must not be empty' });
export const list = <Item extends z.ZodType>(item: Item, error: string) => z.array(item, { error });
export const model = text('must be the name of a model');
export const stream = z.boolean({ error: 'must be true or false' }).optional();
export const part = z.looseObject(
  { type: text('must say what kind of part this is, such as "text"') },
  { error: 'must be an object with a type' },
);
export const content = z.union([z.string(), z.array(part)], {
  error: 'must be a string or a list of parts, each with a type',
});
/** Of a list of messages. */
export const notEmpty = { error: 'must have at least one message' };
