/** Runs one entry of a vector file through a seed lane and compares what came out with what the original gave. */
import { vectorResult, type VectorRun } from '../../../shared/lanes/vector.ts';
import { isDict, toPlain, toPython, type PyDict, type PyValue } from '../../../shared/json/python-value.ts';
import type { AdapterOptions } from '../../../shared/model/trace.ts';
import { providerOf } from '../../../shared/providers/registry.ts';

export interface VectorEntry extends Omit<VectorRun, 'framing' | 'options' | 'request'> {
  readonly name: string;
  /** With Python's integers, so that the provider trace can be compared exactly. */
  readonly request: PyValue;
}

export interface Difference {
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

/** Runs the entry's bytes with one option set. Returns the first difference to `expect`, if any. */
export function runVector(
  { api, adapter, endpoint, request }: VectorEntry,
  bytes: Uint8Array,
  options: PyDict,
  expect: PyDict,
): Difference | undefined {
  const got = vectorResult(
    { api, framing: providerOf(api).framing, adapter, endpoint, request, options: optionsOf(options) },
    bytes,
    expect.has('provider_trace'),
  );
  return firstDifference('', withoutPython(expect), toPython(got));
}

function optionsOf(options: PyDict): AdapterOptions {
  const { put_inner_thoughts_in_kwargs, ...rest } = toPlain(options) as AdapterOptions & {
    put_inner_thoughts_in_kwargs: boolean;
  };
  return { ...rest, put_inner_thoughts_in_kwarg: put_inner_thoughts_in_kwargs };
}

/** `expect` without the original's exception, which is for information only. */
function withoutPython(expect: PyDict): PyDict {
  const error = expect.get('error');
  if (!isDict(error)) return expect;
  return new Map([...expect, ['error', new Map([...error].filter(([key]) => key !== 'python'))]]);
}

/** The first place where two values differ; the order of an object's keys does not count. */
export function firstDifference(
  path: string,
  expected: PyValue | undefined,
  got: PyValue | undefined,
): Difference | undefined {
  if (isDict(expected) && isDict(got)) {
    for (const key of new Set([...expected.keys(), ...got.keys()])) {
      const difference = firstDifference(
        path === '' ? String(key) : `${path}.${String(key)}`,
        expected.get(key),
        got.get(key),
      );
      if (difference) return difference;
    }
    return undefined;
  }
  if (Array.isArray(expected) && Array.isArray(got)) {
    for (let i = 0; i < Math.max(expected.length, got.length); i++) {
      const difference = firstDifference(`${path}[${i}]`, expected[i], got[i]);
      if (difference) return difference;
    }
    return undefined;
  }
  return Object.is(expected, got) ? undefined : { path, expected: shown(expected), got: shown(got) };
}

function shown(value: PyValue | undefined): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'bigint' ? String(value) : JSON.stringify(toPlain(value));
}
