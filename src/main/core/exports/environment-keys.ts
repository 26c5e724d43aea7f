/** Keys that the environment of this program holds for providers. One may stand in a body without looking like a key. */
import { endpointKinds } from '../../../shared/providers/registry.ts';

export function keysInEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  const names = new Set(endpointKinds().flatMap(({ keyVariables }) => keyVariables));
  return [...names].flatMap((name) => environment[name] ?? []);
}
