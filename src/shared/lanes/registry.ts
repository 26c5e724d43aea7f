/**
 * The lanes. One is its definition, in a folder of its own, and one line here; a test or an extension adds others while the
 * program runs. Each thread has a registry of its own.
 */
import type { Lane, LaneDefinition, LaneSetup } from '../model/lane.ts';
import { WIRE, type LaneId } from '../model/messages.ts';
import type { Api } from '../model/stream.ts';
import { LEGACY } from '../adapters/legacy/index.ts';
import { SIMPLE } from '../adapters/simple/index.ts';
import { providerOf } from '../providers/registry.ts';
import { createWireLane } from '../wire/wire-lane.ts';

const WIRE_LANE: LaneDefinition = {
  id: WIRE,
  label: 'Wire',
  description: 'Everything that the provider sent: the reference for the other lanes.',
  supports: () => true,
  create: ({ api }) => createWireLane(providerOf(api).wire),
  options: [],
};

/** In the order in which they are shown. The wire is the first: the others are read against it. */
const definitions: LaneDefinition[] = [WIRE_LANE, LEGACY, SIMPLE];

const ID = /^[a-z][a-z0-9-]{0,39}$/;

/** All lanes, the wire first. */
export const allLanes = (): readonly LaneDefinition[] => definitions;

export const laneDefinition = (id: LaneId): LaneDefinition | undefined => definitions.find((one) => one.id === id);

/** Adds a lane behind the others. Returns what removes it. Throws for an id that is taken or has other characters. */
export function registerLane(definition: LaneDefinition): () => void {
  const { id } = definition;
  if (!ID.test(id)) throw new Error(`${id} cannot name a lane: use lower case letters, digits and hyphens.`);
  if (laneDefinition(id)) throw new Error(`Lane ${id} already exists.`);
  definitions.push(definition);
  return () => void definitions.splice(definitions.indexOf(definition), 1);
}

/** Ids of the lanes that read streams of an API, the wire first. */
export const lanesReading = (api: Api): readonly LaneId[] =>
  definitions.filter(({ supports }) => supports(api)).map(({ id }) => id);

/** The chosen ones of the lanes that read an API, in the order of the registry; always with the wire. `null`: all of them. */
export const chosenLanes = (api: Api, chosen: readonly LaneId[] | null): readonly LaneId[] =>
  lanesReading(api).filter((id) => id === WIRE || chosen === null || chosen.includes(id));

/** A fresh lane over one stream. Throws where there is no such lane; see LaneDefinition.create for all else. */
export function createLane(id: LaneId, setup: LaneSetup): Lane {
  const definition = laneDefinition(id);
  if (!definition) throw new Error(`There is no lane ${id}.`);
  return definition.create(setup);
}
