/** The sample streams with their drawings, for which each is made and read once. */
import { listSamples } from '../../samples/list.ts';
import type { TaskDefinitions } from './task.ts';

export const sampleTasks = {
  'samples.list': async () => listSamples(),
} satisfies TaskDefinitions;
