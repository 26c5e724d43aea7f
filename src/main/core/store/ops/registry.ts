/** All operations of the store, by name, and the types that follow from them. */
import * as endpoints from './endpoints.ts';
import * as facts from './facts.ts';
import * as groups from './groups.ts';
import * as keeping from './keeping.ts';
import * as list from './list.ts';
import type { Query, Write } from './operation.ts';
import * as providerTraces from './provider-traces.ts';
import * as reads from './reads.ts';
import * as recovery from './recovery.ts';
import * as settings from './settings.ts';
import * as traces from './traces.ts';
import * as values from './values.ts';

export const OPERATIONS = {
  ...traces,
  ...reads,
  ...list,
  ...groups,
  ...keeping,
  ...providerTraces,
  ...settings,
  ...endpoints,
  ...recovery,
  ...values,
  ...facts,
};

type Operations = typeof OPERATIONS;
type NamesOf<Type extends 'query' | 'write' | 'kept'> = {
  [Name in keyof Operations]: Operations[Name] extends { readonly type: Type } ? Name : never;
}[keyof Operations];

export type QueryName = NamesOf<'query'>;
export type WriteName = NamesOf<'write' | 'kept'>;
export type KeptName = NamesOf<'kept'>;

/** What crosses to the store's thread. */
export type ParamsOf<Name extends keyof Operations> = Operations[Name]['run'] extends (
  context: never,
  ...params: infer Params
) => unknown
  ? Params
  : never;
export type ArgsOf<Name extends keyof Operations> = Parameters<MethodOf<Name>>;
export type ValueOf<Name extends keyof Operations> = ReturnType<MethodOf<Name>>;
/** As the caller has it, but for the wait. */
export type MethodOf<Name extends keyof Operations> =
  Operations[Name] extends Query<infer Args, infer _Params, infer _Raw, infer Value>
    ? (...args: Args) => Value
    : Operations[Name] extends Write<'write' | 'kept', infer Args, infer _Params, infer _Raw, infer Value>
      ? (...args: Args) => Value
      : never;

/** Those that somebody waits for, as methods. */
export type RequestedMethods = {
  readonly [Name in Exclude<keyof Operations, KeptName>]: (...args: ArgsOf<Name>) => Promise<ValueOf<Name>>;
};
/** Those that only ask, on a connection of the caller's own. */
export type QueryMethods = { readonly [Name in QueryName]: MethodOf<Name> };

/** One write on its way to the store's thread. */
export type WriteOp = {
  readonly [Name in WriteName]: {
    readonly name: Name;
    readonly params: ParamsOf<Name>;
    /** When whoever asked for it gives it up, see monotonicMs: it is not done after that. */
    readonly until?: number;
  };
}[WriteName];
