/** The agent server's estimate of input tokens for a proxy that reports none (docs/adapters.md, 8), with that formula's numbers. */
import { pythonStr } from '../../json/python-print.ts';
import { isDict, type PyDict, type PyValue } from '../../json/python-value.ts';
import { fail } from './adapter-error.ts';
import { tokensOf } from './tokens.ts';

/** Throws AdapterError where the original raised: nothing is read then. */
export function fallbackInput(messages: PyValue | undefined, tools: PyValue | undefined): number {
  let sum = 0;
  if (isFilled(messages)) sum += 3 + sumOf(listOf(messages, 'messages'), messageTokens);
  if (isFilled(tools)) sum += 12 + sumOf(listOf(tools, 'tools'), functionTokens);
  return sum;
}

const isFilled = (value: PyValue | undefined): value is PyValue =>
  Array.isArray(value) ? value.length > 0 : isDict(value) ? value.size > 0 : value !== undefined && Boolean(value);

const sumOf = <T>(items: Iterable<T>, tokens: (item: T) => number): number => {
  let sum = 0;
  for (const item of items) sum += tokens(item);
  return sum;
};

function listOf(value: PyValue | undefined, what: string): PyValue[] {
  return Array.isArray(value) ? value : fail(`${what} is no list.`);
}

function dictOf(value: PyValue | undefined, what: string): PyDict {
  return isDict(value) ? value : fail(`${what} is no object.`);
}

function stringTokens(value: PyValue | undefined, what: string): number {
  return typeof value === 'string' ? tokensOf(value) : fail(`${what} is no text.`);
}

function messageTokens(message: PyValue): number {
  return (
    3 +
    sumOf(dictOf(message, 'A message'), ([key, value]) => {
      const extra = key === 'name' ? 1 : 0;
      if (key === 'tool_calls' && Array.isArray(value)) return 12 + sumOf(value, toolCallTokens);
      if (value === null) return extra;
      return extra + stringTokens(value, `The message's ${String(key)}`);
    })
  );
}

function toolCallTokens(call: PyValue): number {
  const fields = dictOf(call, 'A tool call');
  const called = dictOf(fields.get('function'), "A tool call's function");
  const of = (holder: PyDict, key: string): number => stringTokens(holder.get(key), `A tool call's ${key}`);
  return of(fields, 'id') + 2 + of(fields, 'type') + 2 + of(called, 'name') + 2 + of(called, 'arguments');
}

function functionTokens(tool: PyValue): number {
  const bare = dictOf(tool, 'A tool');
  const called = bare.has('function') ? dictOf(bare.get('function'), "A tool's function") : bare;
  let sum = stringTokens(called.get('name'), "A function's name");
  if (!called.has('description')) fail('A function has no description.');
  const description = called.get('description');
  // Only text is counted; any other description is passed over.
  if (typeof description === 'string') sum += tokensOf(description);
  return sum + (called.has('parameters') ? parameterTokens(called.get('parameters')!) : 0);
}

function parameterTokens(parameters: PyValue): number {
  if (!contains(parameters, 'properties')) return 0;
  const properties = dictOf(isDict(parameters) ? parameters.get('properties') : undefined, 'properties');
  return (
    11 + sumOf(properties, ([name, property]) => stringTokens(name as PyValue, 'A name') + propertyTokens(property))
  );
}

/** `name in value`, which text and lists answer, too. */
function contains(value: PyValue, name: string): boolean {
  if (isDict(value)) return value.has(name);
  return Array.isArray(value) || typeof value === 'string'
    ? value.includes(name)
    : fail('A value that is no container was searched.');
}

/** A property's fields. What is text or a list is gone through just so, and has no fields that count. */
function propertyTokens(property: PyValue): number {
  if (isDict(property)) return sumOf(property, ([field, value]) => fieldTokens(field, value));
  if (typeof property === 'string') return 0;
  return listOf(property, 'A property').some((item) => COUNTED.has(item))
    ? fail('A property is a list that names a field.')
    : 0;
}

const COUNTED: ReadonlySet<PyValue> = new Set(['type', 'description', 'enum', 'items', 'default']);

function fieldTokens(field: unknown, value: PyValue): number {
  switch (field) {
    case 'type':
      return 2 + tokensOf(Array.isArray(value) ? joined(value) : typeOf(value));
    case 'description':
      return 2 + stringTokens(value, 'A description');
    case 'enum':
      return (
        -3 +
        sumOf(
          typeof value === 'string' ? value : listOf(value, 'enum'),
          (item) => 3 + stringTokens(item, 'A value of enum'),
        )
      );
    case 'items':
      return 2 + (isDict(value) && value.has('type') ? stringTokens(value.get('type'), 'The type of items') : 0);
    case 'default':
      return 2 + tokensOf(pythonStr(value));
    default:
      return 0;
  }
}

const joined = (types: PyValue[]): string => types.map(typeOf).join(',');
const typeOf = (value: PyValue): string => (typeof value === 'string' ? value : fail('A type is no text.'));
