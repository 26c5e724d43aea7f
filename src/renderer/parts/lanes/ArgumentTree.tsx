import { parsePartial } from '../../../shared/json/partial-json.ts';
import { isDict, type PyValue } from '../../../shared/json/python-value.ts';
import type { LaneBlock } from '../../../shared/model/block-row.ts';
import { Shown } from '../../components/Shown.tsx';

/** Arguments longer than this, in UTF-16 units, are not read in part: the text says what there is. */
const LONGEST = 16_384;
const FIELDS = 6;
const VALUE_CHARS = 120;

/** The arguments so far as keys and values, while they grow. Once they are whole the text says the same. */
export function ArgumentTree({ block, open }: { readonly block: LaneBlock; readonly open: boolean }) {
  if (!open || block.validNs !== null || block.chars === 0 || block.chars > LONGEST) return null;
  const fields = fieldsOf(block.pieces.join(''));
  if (fields.length === 0) return null;
  const more = fields.length - FIELDS;
  return (
    <dl className="tree" aria-label="Arguments so far">
      {fields.slice(0, FIELDS).map(([key, value]) => (
        <Field key={key} name={key} value={value} />
      ))}
      {more > 0 && <dt>and {more} more</dt>}
    </dl>
  );
}

function Field({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>
        <Shown text={name} />
      </dt>
      <dd>
        <Shown text={value} />
      </dd>
    </>
  );
}

function fieldsOf(text: string): readonly (readonly [key: string, value: string])[] {
  const value = partial(text);
  if (!isDict(value)) return [];
  const fields = [...value].map(([key, field]) => [String(key), shown(field)] as const);
  // The last one may still grow.
  const last = fields.pop();
  return last ? [...fields, [last[0], `${last[1]}…`]] : [];
}

function partial(text: string): PyValue {
  try {
    return parsePartial(text);
  } catch {
    return null;
  }
}

function shown(value: PyValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(plain(value));
  return text.length > VALUE_CHARS ? text.slice(0, VALUE_CHARS) : text;
}

/** As JSON.stringify takes it. */
function plain(value: PyValue): unknown {
  if (isDict(value)) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'bigint' ? Number(value) : value;
}
