/** Adds the fourth lane to a host that loads this first, in each of its threads. */
import { registerLane } from '../../../src/shared/lanes/registry.ts';
import { LOUD } from './lane.ts';

registerLane(LOUD);
