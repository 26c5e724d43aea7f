/** An answer that was not streamed, as the events that would have brought it. */
import { arrayOf, objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';

/** Statuses in which a response is over, each with an event of its name. */
const ENDED: readonly unknown[] = ['completed', 'incomplete', 'failed'];

/** Each text, and each call's arguments, in one delta. */
export function eventsOfAnswer(answer: JsonObject): readonly JsonObject[] | null {
  if (answer['object'] !== 'response' || !Array.isArray(answer['output'])) return null;
  const { status } = answer;
  const begun = { ...answer, status: 'in_progress', output: [], usage: null };
  const end = ENDED.includes(status) ? `response.${String(status)}` : 'response.completed';
  return [
    { type: 'response.created', response: begun },
    ...arrayOf(answer['output']).flatMap((item, index) => eventsOfItem(objectOf(item) ?? {}, index)),
    { type: end, response: answer },
  ].map((event, sequence_number) => ({ ...event, sequence_number }));
}

function eventsOfItem(item: JsonObject, output_index: number): readonly JsonObject[] {
  const place = { output_index, item_id: item['id'] };
  const { start, events } = parts(item);
  return [
    { type: 'response.output_item.added', output_index, item: { ...start, status: 'in_progress' } },
    ...events.map((event) => ({ ...place, ...event })),
    { type: 'response.output_item.done', output_index, item },
  ];
}

/** An item as it is added, and the events that fill it; items of all other types are added whole. */
function parts(item: JsonObject): { readonly start: JsonObject; readonly events: readonly JsonObject[] } {
  switch (item['type']) {
    case 'message':
      return {
        start: { ...item, content: [] },
        events: arrayOf(item['content']).flatMap((part, at) => eventsOfContent(objectOf(part) ?? {}, at)),
      };
    case 'reasoning':
      return {
        start: { ...item, summary: [] },
        events: arrayOf(item['summary']).flatMap((part, at) => eventsOfSummary(objectOf(part) ?? {}, at)),
      };
    case 'function_call': {
      const text = stringOf(item['arguments']) ?? '';
      return {
        start: { ...item, arguments: '' },
        events: [
          { type: 'response.function_call_arguments.delta', delta: text },
          { type: 'response.function_call_arguments.done', name: item['name'], arguments: text },
        ],
      };
    }
    default:
      return { start: item, events: [] };
  }
}

function eventsOfContent(part: JsonObject, content_index: number): readonly JsonObject[] {
  const [field, name] = part['type'] === 'refusal' ? ['refusal', 'refusal'] : ['text', 'output_text'];
  const text = stringOf(part[field]) ?? '';
  return [
    { type: 'response.content_part.added', content_index, part: { ...part, [field]: '' } },
    { type: `response.${name}.delta`, content_index, delta: text },
    { type: `response.${name}.done`, content_index, [field]: text },
    { type: 'response.content_part.done', content_index, part },
  ];
}

function eventsOfSummary(part: JsonObject, summary_index: number): readonly JsonObject[] {
  const text = stringOf(part['text']) ?? '';
  return [
    { type: 'response.reasoning_summary_part.added', summary_index, part: { ...part, text: '' } },
    { type: 'response.reasoning_summary_text.delta', summary_index, delta: text },
    { type: 'response.reasoning_summary_text.done', summary_index, text },
    { type: 'response.reasoning_summary_part.done', summary_index, part },
  ];
}
