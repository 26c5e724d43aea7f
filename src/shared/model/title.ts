/** What a trace is called until its user names it. */
import { firstCodePoints } from '../text/code-points.ts';

const TITLE_CHARS = 60;

/**
 * The last user message of a request of any of the three APIs, on one line and cut to 60 characters; the model, then
 * `Untitled`, when there is none. Never throws: requests may be of any shape.
 */
export function titleOf(request: unknown, model: string | null = null): string {
  const text = lastUserText(request)?.replaceAll(/\s+/g, ' ').trim();
  if (!text) return model || (field(request, 'model') as string | undefined) || 'Untitled';
  const cut = firstCodePoints(text, TITLE_CHARS);
  return cut.length < text.length ? `${firstCodePoints(text, TITLE_CHARS - 1).trimEnd()}…` : text;
}

function lastUserText(request: unknown): string | undefined {
  // `messages` is Chat Completions' and Messages' list; Responses has `input`, a text or a list of items.
  const turns = field(request, 'messages') ?? field(request, 'input');
  if (typeof turns === 'string') return turns;
  if (!Array.isArray(turns)) return undefined;
  for (let i = turns.length - 1; i >= 0; i--) {
    const turn: unknown = turns[i];
    const text = field(turn, 'role') === 'user' ? contentText(field(turn, 'content')) : '';
    if (text.trim() !== '') return text;
  }
  return undefined;
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  const texts = content.map((part: unknown) => (typeof part === 'string' ? part : field(part, 'text')));
  return texts.filter((text) => typeof text === 'string').join(' ');
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
