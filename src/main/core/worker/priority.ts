/**
 * Which threads go first where all cores are busy: those that take times, then those that decode, store and collect garbage. Linux has
 * a priority for each thread (setpriority(2), proc(5)). Elsewhere there is none that Node reaches, and nothing changes.
 */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** A nice value: with it a thread has less than half the time of another that wants the same core, so that no other program starves it. */
const NICE = 4;
/** What Node calls the threads in which V8 compiles and collects. */
const HELPER = 'V8Worker';

/** For the thread that calls it: it gives way to those that take times. */
export function giveWay(): void {
  onLinux(() => nice(readlinkSync('/proc/thread-self').split('/').at(-1)!));
}

/** The same for V8's own threads. In the main thread, once. */
export function helpersGiveWay(): void {
  onLinux(() => {
    for (const thread of readdirSync('/proc/self/task'))
      if (readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim() === HELPER) nice(thread);
  });
}

const nice = (thread: string): void => setPriority(Number(thread), NICE);

/** A system that hides its threads, as in some containers, goes on without priorities. */
function onLinux(change: () => void): void {
  if (process.platform !== 'linux') return;
  try {
    change();
  } catch {
    // Times are then as true as the machine has time.
  }
}
