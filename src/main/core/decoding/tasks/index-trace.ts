/** What is worked out of a trace that has ended: facts for its row in the list and for filters, and the documents it is searched by. */
import { createHash } from 'node:crypto';
import { factsOf, noFacts } from '../../../../shared/compare/facts.ts';
import { WholeReading } from '../../../../shared/compare/read-all.ts';
import type { TraceFacts } from '../../../../shared/model/facts.ts';
import { count } from '../../../../shared/text/count.ts';
import { documentsOf, type Documented } from '../../search/documents.ts';
import type { StoredTrace } from '../../store/store.ts';
import { decodeSetup } from '../decode-setup.ts';
import { storedPages, type TraceSource } from '../decode-stored.ts';
import { requestOpening } from '../request-opening.ts';
import type { TaskDefinitions } from './task.ts';

/**
 * Nobody waits for this work, and all of a trace is in memory while it is done, some 2 KB for each event: of longer traces only
 * the beginning is read. An answer of an hour has some 100,000 events.
 */
const MOST_UNITS = 200_000;
const MOST_BYTES = 64 * 1024 ** 2;

export const indexTasks = {
  index: async (context, { nr, id }) => {
    const trace = await context.source.get(id);
    const { facts, documented } = await readForIndex(context.source, trace);
    const opening = requestOpening(trace.request);
    // What is searched can wait for a disk with room; the facts need not.
    await context.search?.writer.put({ nr, id }, documentsOf(trace, documented)).catch(() => undefined);
    return {
      facts: { ...facts, conversation: opening === null ? null : digest(opening) },
      lost: context.search?.writer.takeLoss() === true,
    };
  },
} satisfies TaskDefinitions;

interface ReadForIndex {
  readonly facts: Omit<TraceFacts, 'conversation'>;
  readonly documented: Documented;
}

async function readForIndex(source: TraceSource, trace: StoredTrace): Promise<ReadForIndex> {
  const { timed, ending } = trace;
  const setup = decodeSetup(trace);
  const reading = new WholeReading(setup, { lanes: setup.lanes, timed, ...(ending && { ending }) });
  for await (const page of storedPages(source, trace))
    for (const read of page) {
      reading.feed(read);
      const { units, bytes } = reading;
      if (units <= MOST_UNITS && bytes <= MOST_BYTES) continue;
      const most = units > MOST_UNITS ? `${count(MOST_UNITS)} events` : `${MOST_BYTES / 2 ** 20} MB`;
      return {
        facts: noFacts(
          `Facts of this trace are not computed: it has more than ${most}. A search finds what it says up to there. Open it to compare its lanes.`,
        ),
        documented: { wire: reading.wire, notes: [], body: null, bytes },
      };
    }
  const input = reading.end();
  return { facts: factsOf(input), documented: input };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
