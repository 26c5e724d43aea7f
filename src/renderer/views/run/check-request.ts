/** A request as it is typed: what is wrong with it, in sentences that say where. What has an error cannot be sent. */
import type { z } from 'zod';
import { objectOf } from '../../../shared/json/json-object.ts';
import type { Api } from '../../../shared/model/stream.ts';
import { PROVIDERS } from '../../../shared/providers/registry.ts';
import { lineOf, placeOf, readJson, type JsonNode, type Remark, type Step } from './json-source.ts';

export interface Problem extends Remark {
  readonly severity: 'error' | 'warning';
  /** 1-based. */
  readonly line: number;
}

export interface CheckedRequest {
  /** Absent when it is no JSON object. */
  readonly value?: Readonly<Record<string, unknown>>;
  /** In the order of the text, errors and warnings. */
  readonly problems: readonly Problem[];
}

/** Past these nobody reads on, and the first ones cause the rest. */
const MAX_PROBLEMS = 50;

/** Pure. */
export function checkRequest(text: string, api: Api): CheckedRequest {
  const source = readJson(text);
  const problem = (severity: Problem['severity'], { from, to, sentence }: Remark): Problem => ({
    severity,
    from,
    to,
    sentence,
    line: lineOf(text, from),
  });
  if (!source.ok) return { problems: [problem('error', source.fault)] };
  const { root, value, remarks } = source;
  if (!root.members)
    return {
      problems: [problem('error', { ...head(root), sentence: 'A request is a JSON object: it starts with {.' })],
    };
  // An API that only the program knows is judged by its server alone.
  const issues = PROVIDERS.get(api)?.request.schema.safeParse(value).error?.issues ?? [];
  const errors = issues.map((issue) => problem('error', remarkOf(issue, root)));
  const warnings = [...remarks, ...unstreamed(root, value)].map((remark) => problem('warning', remark));
  return {
    value: value as Readonly<Record<string, unknown>>,
    problems: [...errors, ...warnings].toSorted((a, b) => a.from - b.from).slice(0, MAX_PROBLEMS),
  };
}

/** It goes out as it is written, and what comes back has nothing that could be compared. */
function unstreamed(root: JsonNode, value: unknown): readonly Remark[] {
  if (objectOf(value)?.['stream'] !== false) return [];
  const { from, to } = placeOf(root, ['stream']).node;
  return [{ from, to, sentence: '`stream` is false: the answer will not be a stream, and is recorded as it arrives.' }];
}

function remarkOf(issue: z.core.$ZodIssue, root: JsonNode): Remark {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const { node, found } = placeOf(root, path);
  const name = pathText(path);
  const sentence = found ? `\`${name}\` ${issue.message}.` : `\`${name}\` is missing; it ${issue.message}.`;
  return { ...(found && !node.members && !node.items ? { from: node.from, to: node.to } : head(node)), sentence };
}

/** A mark on a whole container would underline half the text; its first character will do. */
const head = (node: JsonNode) => ({ from: node.from, to: node.from + 1 });

/** `messages[0].role` */
function pathText(path: readonly Step[]): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}
