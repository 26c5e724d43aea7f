/** How much is compared at once: it is in memory as a whole, some 3 KB for each event while findings are sought. */
import { count } from '../text/count.ts';

const MOST_EVENTS = 500_000;
const MOST_BYTES = 256 * 1024 ** 2;

/** Its message is for people. */
export class TooLongToCompare extends Error {
  constructor(most: string) {
    super(
      `This stream has more than ${most}, the most that is compared at once. Its bytes and events can still be read and exported.`,
    );
  }
}

/** Throws TooLongToCompare for a body of so many bytes. */
export function checkLength(bytes: number): void {
  if (bytes > MOST_BYTES) throw new TooLongToCompare(`${MOST_BYTES / 2 ** 20} MB`);
}

/** Throws TooLongToCompare for so many events and remarks between them. */
export function checkEvents(events: number): void {
  if (events > MOST_EVENTS) throw new TooLongToCompare(`${count(MOST_EVENTS)} events`);
}
