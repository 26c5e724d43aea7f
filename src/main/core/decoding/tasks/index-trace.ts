/** What is worked out of a trace that has ended: facts for its row in the list and for filters, and the documents it is searched by. */
import { createHash } from 'node:crypto';
import { factsOf, noFacts } from '../../../../shared/compare/facts.ts';
import { WholeReading } from '../../../../shared/compare/read-all.ts';
import { TooLongToCompare } from '../../../../shared/compare/too-long.ts';
import type { TraceFacts } from '../../../../shared/model/facts.ts';
import type { Read } from '../../../../shared/model/stream.ts';
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
const MOST_EVENTS = 200_000;
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
  const options = { lanes: setup.lanes, timed, mostEvents: MOST_EVENTS, ...(ending && { ending }) };
  const reading = new WholeReading(setup, options);
  for await (const page of storedPages(source, trace))
    for (const read of page) {
      const most = limitPassed(reading, read);
      if (most !== null) return beginningAlone(reading, most);
    }
  const input = reading.end();
  return { facts: factsOf(input), documented: input };
}

/** Gives the read. The limit that it passes, as a phrase; null: none. A single read may have more events than are read. */
function limitPassed(reading: WholeReading, read: Read): string | null {
  try {
    reading.feed(read);
  } catch (error) {
    if (error instanceof TooLongToCompare) return error.most;
    throw error;
  }
  return reading.bytes > MOST_BYTES ? `${MOST_BYTES / 2 ** 20} MB` : null;
}

const beginningAlone = ({ wire, bytes }: WholeReading, most: string): ReadForIndex => ({
  facts: noFacts(
    `Facts of this trace are not computed: it has more than ${most}. A search finds what it says up to there. Open it to compare its lanes.`,
  ),
  documented: { wire, notes: [], body: null, bytes },
});

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
