/** The SQL of a filter: a condition on a trace `t`, with what was typed as parameters only. */
import { FIELDS, type FieldName, type ListedField } from '../../../shared/filter/fields.ts';
import type { Filter } from '../../../shared/filter/filter.ts';
import type { SearchPart } from '../../../shared/model/search.ts';
import { readFilter } from '../../../shared/filter/read-filter.ts';
import type { RunGrouping } from '../../../shared/rpc/contract.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { folded } from '../../../shared/text/fold.ts';
import { PROVIDER_NAME } from './rows.ts';

export interface Condition {
  /** True or false, never null, so that `not` finds the traces that lack a value as well. */
  readonly where: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** A document that is damaged has no values. */
const inside = (document: string, path: string): string =>
  `CASE WHEN json_valid(t.${document}) THEN t.${document} ->> '${path}' END`;
const metric = (name: string): string => inside('metrics', `$.${name}`);
/** A time that counts from the request; null where it is not known when that was sent. */
const fromRequest = (name: string): string =>
  `CASE WHEN json_valid(t.metrics) AND t.metrics ->> '$.startUnknown' IS NULL THEN t.metrics ->> '$.${name}' END`;
const usage = (name: string): string => inside('usage', `$.${name}`);

const ENDPOINT_NAME = '(SELECT e.name FROM endpoints e WHERE e.id = t.endpoint_id)';
const STATE = "ifnull(t.state, 'live')";
const ERRORS = "('provider-error', 'http-error', 'truncated', 'reset', 'stalled', 'not-a-stream', 'limit')";

/** What words are looked for in. */
const TEXTS = ['t.title', 't.model', 't.api', 't.source', STATE, PROVIDER_NAME, ENDPOINT_NAME];
/** As one text, which is folded at once: between two of them stands what nobody types. */
const ALL_TEXTS = TEXTS.map((text) => `ifnull(${text}, '')`).join(' || char(31) || ');

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
  gap: `CASE WHEN json_valid(t.metrics) THEN (SELECT max(value) FROM json_each(t.metrics, '$.gaps')) END`,
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

/** Of each field, the query that gives its values, one row for each trace and value. */
export function valuesSql(field: ListedField): string {
  if (isMany(field))
    return `SELECT v.value FROM trace_values v JOIN traces t ON t.nr = v.trace
      WHERE v.field = '${field}' AND t.deleted_at IS NULL`;
  const value = field === 'endpoint' ? groupKeySql('endpoint') : EXPRESSIONS[field];
  return `SELECT ${value} AS value FROM traces t WHERE t.deleted_at IS NULL`;
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
  usage: 't.usage IS NOT NULL',
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

/** A filter that cannot be read finds nothing: half of it would find what was not asked for. */
export function conditionOf(text: string, searched: readonly SearchedText[] | undefined): Condition {
  const { filter, problems } = readFilter(text, Date.now());
  if (problems[0]) throw new ServiceError('bad-filter', problems[0].sentence);
  const { where, values } = filterSql(filter, searched);
  return { where: `t.deleted_at IS NULL AND ${where}`, values };
}

/** `searched`: for the texts of the filter; where one is not searched, words are looked for in the row alone. */
function filterSql(filter: Filter, searched: readonly SearchedText[] = []): Condition {
  const values: Record<string, string | number> = {};
  const value = (given: string | number): string => {
    const name = `f${Object.keys(values).length}`;
    values[name] = given;
    return `:${name}`;
  };
  const nrs = (part: SearchPart | null, text: string): string | undefined => {
    const found = searched.find((one) => one.part === part && one.text === text);
    return found && `t.nr IN (SELECT value FROM json_each(${value(JSON.stringify(found.nrs))}))`;
  };
  return { where: sqlOf(filter, { value, nrs }), values };
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
      return joined(filter.parts, ' AND ', '1', writing);
    case 'any':
      return joined(filter.parts, ' OR ', '0', writing);
    case 'not':
      return `(NOT ${sqlOf(filter.part, writing)})`;
    case 'text': {
      const row = `has_text(${value(folded(filter.text))}, ${ALL_TEXTS})`;
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
    case 'number':
      return `ifnull((${EXPRESSIONS[filter.field as Valued]}) ${filter.comparison} ${value(filter.value)}, 0)`;
    case 'range': {
      const sql = EXPRESSIONS[filter.field as Valued];
      return `ifnull((${sql}) >= ${value(filter.low)} AND (${sql}) < ${value(filter.high)}, 0)`;
    }
  }
}

function joined(parts: readonly Filter[], by: ' AND ' | ' OR ', none: '0' | '1', writing: Writing): string {
  return parts.length === 0 ? none : `(${parts.map((part) => sqlOf(part, writing)).join(by)})`;
}

function fieldSql(field: FieldName, wanted: string, value: (given: string | number) => string): string {
  if (field === 'has') return `(${PARTS[wanted as keyof typeof PARTS]})`;
  const { kind } = FIELDS[field];
  if (isMany(field)) {
    const fits = kind === 'text' ? `has_text(${value(folded(wanted))}, v.value)` : `v.value = ${value(wanted)}`;
    return `(t.nr IN (SELECT v.trace FROM trace_values v WHERE v.field = '${field}' AND ${fits}))`;
  }
  if (field === 'endpoint') return `has_text(${value(folded(wanted))}, ${PROVIDER_NAME}, ${ENDPOINT_NAME})`;
  if (kind === 'text') return `has_text(${value(folded(wanted))}, ${EXPRESSIONS[field as Valued]})`;
  return `ifnull((${EXPRESSIONS[field as Valued]}) = ${value(wanted)}, 0)`;
}
