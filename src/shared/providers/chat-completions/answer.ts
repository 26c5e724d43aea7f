/** An answer that was not streamed, as the events that would have brought it. */
import { arrayOf, objectOf, type JsonObject } from '../../json/json-object.ts';

/** One event: the whole message is the one delta of its choice. */
export function eventsOfAnswer(answer: JsonObject): readonly JsonObject[] | null {
  const choices = arrayOf(answer['choices']).map(objectOf);
  if (choices.length === 0 || !choices.every((choice) => objectOf(choice?.['message']))) return null;
  return [{ ...answer, object: 'chat.completion.chunk', choices: choices.map((choice) => streamed(choice!)) }];
}

function streamed({ message, ...choice }: JsonObject): JsonObject {
  const { tool_calls, ...delta } = objectOf(message)!;
  const calls = arrayOf(tool_calls).map((call, index) => ({ index, ...objectOf(call) }));
  return { ...choice, delta: { ...delta, ...(calls.length > 0 && { tool_calls: calls }) } };
}
