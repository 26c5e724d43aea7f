/** How much is compared at once: it is in memory as a whole, some 3 KB for each event while findings are sought. */
import { count } from '../text/count.ts';

const MOST_EVENTS = 500_000;
const MOST_BYTES = 256 * 1024 ** 2;

/** Its message is for people. */
export class TooLongToCompare extends Error {
  /** As a phrase: `500,000 events`. */
  readonly most: string;

  constructor(most: string) {
    super(
      `This stream has more than ${most}, the most that is compared at once. Its bytes and events can still be read and exported.`,
    );
    this.most = most;
  }
}

/** Throws TooLongToCompare for a body of so many bytes. */
export function checkLength(bytes: number): void {
  if (bytes > MOST_BYTES) throw new TooLongToCompare(`${MOST_BYTES / 2 ** 20} MB`);
}

/** Throws TooLongToCompare for more than `most` events and remarks between them. */
export function checkEvents(events: number, most = MOST_EVENTS): void {
  if (events > most) throw new TooLongToCompare(`${count(most)} events`);
}
