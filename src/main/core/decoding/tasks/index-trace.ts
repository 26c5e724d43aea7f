/** What is worked out of a trace that has ended: facts for its row in the list and for filters, and the documents it is searched by. */
import { createHash } from 'node:crypto';
import { factsOf } from '../../../../shared/compare/facts.ts';
import { documentsOf } from '../../search/documents.ts';
import { requestOpening } from '../request-opening.ts';
import { comparisonInput } from './compare.ts';
import type { TaskDefinitions } from './task.ts';

export const indexTasks = {
  index: async (context, { nr, id }) => {
    const trace = await context.source.get(id);
    const { input } = await comparisonInput(context.source, trace);
    const opening = requestOpening(trace.request);
    // What is searched can wait for a disk with room; the facts need not.
    await context.search?.writer.put({ nr, id }, documentsOf(trace, input)).catch(() => undefined);
    return {
      facts: { ...factsOf(input), conversation: opening === null ? null : digest(opening) },
      lost: context.search?.writer.takeLoss() === true,
    };
  },
} satisfies TaskDefinitions;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
