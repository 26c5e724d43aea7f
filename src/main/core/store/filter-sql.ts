/** The SQL of a filter: a condition on a trace `t`, with what was typed as parameters only. */
import { FIELDS, type FieldName, type ListedField } from '../../../shared/filter/fields.ts';
import type { Filter } from '../../../shared/filter/filter.ts';
import { MOST_GAPS } from '../../../shared/model/trace.ts';
import type { SearchPart } from '../../../shared/model/search.ts';
import { readFilter } from '../../../shared/filter/read-filter.ts';
import type { RunGrouping } from '../../../shared/rpc/agreed.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { folded } from '../../../shared/text/fold.ts';
import { PROVIDER_NAME } from './rows.ts';

export interface Condition {
  /** True or false, never null, so that `not` finds the traces that lack a value as well. */
  readonly where: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/**
 * A document that is damaged has no values. Word for word as the index has it: only then SQLite reads it there, which takes a tenth
 * of the time.
 */
const inside = (document: string, path: string): string =>
  `CASE WHEN json_valid(t.${document}) THEN t.${document} ->> '${path}' END`;
const metric = (name: string): string => inside('metrics', `$.${name}`);
/** A time that counts from the request; null where it is not known when that was sent. */
const fromRequest = (name: string): string => `CASE WHEN (${metric('startUnknown')}) IS NULL THEN ${metric(name)} END`;
/** The longest of the gaps, as the index has it. */
const GAPS = Array.from({ length: MOST_GAPS }, (_, at) => `ifnull(t.metrics ->> '$.gaps[${at}]', -1)`).join(', ');
const GAP = `CASE WHEN json_valid(t.metrics) THEN nullif(max(${GAPS}), -1) END`;
const usage = (name: string): string => inside('usage', `$.${name}`);

const ENDPOINT_NAME = '(SELECT e.name FROM endpoints e WHERE e.id = t.endpoint_id)';
const STATE = "ifnull(t.state, 'live')";
const ERRORS = "('provider-error', 'http-error', 'truncated', 'reset', 'stalled', 'not-a-stream', 'limit')";

/** What words are looked for in; the names of endpoints, too. */
const TEXTS = ['t.title', 't.model', 't.api', 't.source', STATE, PROVIDER_NAME];

/** Fields of which a trace has any number of values, each a row of `trace_values`. */
const MANY = ['tool', 'lint', 'diff', 'tag'] as const;
type ManyField = (typeof MANY)[number];
const isMany = (field: FieldName): field is ManyField => MANY.some((many) => many === field);

/** The one value of a field. An endpoint has two names, and `has` is about other things for each choice. */
type Valued = Exclude<FieldName, 'has' | 'in' | 'endpoint' | ManyField>;
const EXPRESSIONS: Readonly<Record<Valued, string>> = {
  model: 't.model',
  api: 't.api',
  title: 't.title',
  state: STATE,
  source: 't.source',
  finish: inside('finish', '$.unified'),
  status: 't.http_status',
  ttft: fromRequest('firstTextNs'),
  ttfb: fromRequest('firstByteNs'),
  duration: fromRequest('totalNs'),
  gap: GAP,
  tokens: `ifnull(${usage('input')} + ${usage('output')}, ${usage('total')})`,
  input: usage('input'),
  output: usage('output'),
  rate: metric('tokensPerSecond'),
  cost: 't.cost',
  events: metric('events'),
  bytes: metric('bytes'),
  size: 't.size',
  after: 't.started_at',
  before: 't.started_at',
};

/** The value of a field by which traces are counted; of an endpoint, the name that the list shows. */
const valueSql = (field: Valued | 'endpoint'): string =>
  field === 'endpoint' ? groupKeySql('endpoint') : EXPRESSIONS[field];

/** Of each field, the query that gives its values, one row for each trace and value. `traces`: see `askedOf`. */
export function valuesSql(field: ListedField, traces: string): string {
  if (isMany(field))
    return `SELECT v.value FROM trace_values v JOIN ${traces} ON t.nr = v.trace
      WHERE v.field = '${field}' AND t.deleted_at IS NULL`;
  return `SELECT ${valueSql(field)} AS value FROM ${traces} WHERE t.deleted_at IS NULL`;
}

/** What the traces of a group have in common, as text; null where a trace lacks it. */
export function groupKeySql(by: RunGrouping): string {
  switch (by) {
    case 'endpoint':
      return `ifnull(${ENDPOINT_NAME}, ${PROVIDER_NAME})`;
    case 'model':
      return 't.model';
    case 'conversation':
      return `(SELECT CASE WHEN json_valid(f.facts) THEN f.facts ->> '$.conversation' END FROM trace_facts f WHERE f.trace = t.nr)`;
  }
}

const PARTS: Readonly<Record<(typeof FIELDS.has.choices)[number], string>> = {
  text: `${metric('firstTextNs')} IS NOT NULL`,
  reasoning: `${metric('firstReasoningNs')} IS NOT NULL`,
  tool: `${metric('firstToolNs')} IS NOT NULL`,
  usage: 'CASE WHEN t.usage IS NULL THEN 0 ELSE 1 END',
  cost: 't.cost IS NOT NULL',
  times: 't.timed = 1',
  star: 't.starred = 1',
  error: `${STATE} IN ${ERRORS}`,
};

/** What a search gave for a text of a filter. */
export interface SearchedText {
  /** Null: in any. */
  readonly part: SearchPart | null;
  readonly text: string;
  /** Row numbers of the traces that have it. */
  readonly nrs: readonly number[];
}

/** The condition of a filter that finds all traces of the list. */
export const UNFILTERED = 't.deleted_at IS NULL';
const ANY = '1';

/** A filter that cannot be read finds nothing: half of it would find what was not asked for. */
export function conditionOf(text: string, searched: readonly SearchedText[] | undefined): Condition {
  const { filter, problems } = readFilter(text, Date.now());
  if (problems[0]) throw new ServiceError('bad-filter', problems[0].sentence);
  const { where, values } = filterSql(filter, searched);
  return { where: where === ANY ? UNFILTERED : `${UNFILTERED} AND ${where}`, values };
}

/** `searched`: for the texts of the filter; where one is not searched, words are looked for in the row alone. */
function filterSql(filter: Filter, searched: readonly SearchedText[] = []): Condition {
  const names = new Map<string | number, string>();
  const value = (given: string | number): string => {
    const name = names.get(given) ?? `f${names.size}`;
    names.set(given, name);
    return `:${name}`;
  };
  const nrs = (part: SearchPart | null, text: string): string | undefined => {
    const found = searched.find((one) => one.part === part && one.text === text);
    return found && `t.nr IN (SELECT value FROM json_each(${value(JSON.stringify(found.nrs))}))`;
  };
  const where = sqlOf(filter, { value, nrs });
  return { where, values: Object.fromEntries([...names].map(([given, name]) => [name, given])) };
}

interface Writing {
  /** The parameter for a value. */
  readonly value: (given: string | number) => string;
  /** The condition that a trace was found by a search; undefined where there was none. */
  readonly nrs: (part: SearchPart | null, text: string) => string | undefined;
}

function sqlOf(filter: Filter, writing: Writing): string {
  const { value, nrs } = writing;
  switch (filter.type) {
    case 'all':
      return joined(filter.parts, ' AND ', ANY, writing);
    case 'any':
      return joined(filter.parts, ' OR ', '0', writing);
    case 'not':
      return `(NOT ${sqlOf(filter.part, writing)})`;
    case 'text': {
      const row = anyHasText(TEXTS, filter.text, value);
      const found = nrs(null, filter.text);
      return found === undefined ? row : `(${row} OR ${found})`;
    }
    case 'in': {
      const found = nrs(filter.part, filter.text);
      if (found === undefined)
        throw new ServiceError(
          'bad-filter',
          'Texts of traces are searched by a running Tracelane only. Leave out “in:”.',
        );
      return `(${found})`;
    }
    case 'field':
      return fieldSql(filter.field, filter.value, value);
    case 'is':
      return isSql(filter.field as IsField, filter.value, value);
    case 'number':
      return `ifnull((${EXPRESSIONS[filter.field as Valued]}) ${filter.comparison} ${value(filter.value)}, 0)`;
    case 'range': {
      const sql = EXPRESSIONS[filter.field as Valued];
      return `ifnull((${sql}) >= ${value(filter.low)} AND (${sql}) < ${value(filter.high)}, 0)`;
    }
  }
}

/** That one of the texts, or the name of the endpoint, has a text in it, capitals aside. */
function anyHasText(texts: readonly string[], wanted: string, value: Writing['value']): string {
  const named = `t.endpoint_id IN (SELECT e.id FROM endpoints e WHERE ${hasText('e.name', wanted, value)})`;
  return `(${[...texts.map((text) => hasText(text, wanted, value)), `ifnull(${named}, 0)`].join(' OR ')})`;
}

/**
 * That a text has another in it, capitals aside. SQLite folds the capitals of ASCII only, but does so many times as fast as anything
 * can be asked outside of it.
 */
function hasText(text: string, wanted: string, value: Writing['value']): string {
  const inner = folded(wanted);
  // Not in a text of ASCII without NUL, which alone is asked: a NUL would end the pattern.
  const inAscii =
    /\P{ASCII}/u.test(inner) || inner.includes('\0')
      ? '0'
      : `${text} LIKE ${value(`%${inner.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`)} ESCAPE '\\'`;
  const isAscii = `length(${text}) = octet_length(${text})`;
  return `CASE WHEN ${isAscii} THEN ${inAscii} ELSE has_text(${value(inner)}, ${text}) END`;
}

function joined(parts: readonly Filter[], by: ' AND ' | ' OR ', none: '0' | typeof ANY, writing: Writing): string {
  return parts.length === 0 ? none : `(${parts.map((part) => sqlOf(part, writing)).join(by)})`;
}

function fieldSql(field: FieldName, wanted: string, value: Writing['value']): string {
  if (field === 'has') return `(${PARTS[wanted as keyof typeof PARTS]})`;
  if (FIELDS[field].kind !== 'text') return isSql(field as IsField, wanted, value);
  if (field === 'endpoint') return anyHasText([PROVIDER_NAME], wanted, value);
  if (isMany(field)) return anyIs(field, hasText('v.value', wanted, value));
  return hasText(EXPRESSIONS[field as Valued], wanted, value);
}

/** Fields of which a value can be wanted as a whole. */
type IsField = Valued | 'endpoint' | ManyField;

/** That the field has this value, as `valuesSql` counts it. */
function isSql(field: IsField, wanted: string, value: Writing['value']): string {
  if (isMany(field)) return anyIs(field, `v.value = ${value(wanted)}`);
  return `ifnull((${valueSql(field)}) = ${value(wanted)}, 0)`;
}

/**
 * That one of the values, `v.value`, fits. With the sign SQLite goes through an index of all traces, and does not look up the long row
 * of each that has the value.
 */
const anyIs = (field: ManyField, fits: string): string =>
  `(+t.nr IN (SELECT v.trace FROM trace_values v WHERE v.field = '${field}' AND ${fits}))`;
