/** What is worked out of a trace that has ended: for its row in the list, and for filters. */
import { createHash } from 'node:crypto';
import { factsOf } from '../../../../shared/compare/facts.ts';
import { requestOpening } from '../request-opening.ts';
import { comparisonInput } from './compare.ts';
import type { TaskDefinitions } from './task.ts';

export const factTasks = {
  facts: async ({ source }, { id }) => {
    const trace = await source.get(id);
    const { input } = await comparisonInput(source, trace);
    const opening = requestOpening(trace.request);
    return { ...factsOf(input), conversation: opening === null ? null : digest(opening) };
  },
} satisfies TaskDefinitions;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
