/** All tasks. The types of who calls them follow from the definitions. */
import type { TraceSource } from '../decode-stored.ts';
import { compareTasks } from './compare.ts';
import { eventTasks } from './event.ts';
import { exportTasks } from './exports.ts';
import { factTasks } from './facts.ts';
import { sampleTasks } from './samples.ts';
import { TaskContext, type Task, type TaskParamsOf, type TaskResultOf } from './task.ts';

const TASKS = { ...compareTasks, ...eventTasks, ...exportTasks, ...factTasks, ...sampleTasks };

export type TaskName = keyof typeof TASKS;
/** As a decode worker serves them. */
export type Tasks = { readonly [Name in TaskName]: (params: TaskParamsOf<Name>) => Promise<TaskResultOf<Name>> };

/** `version`: of this program, which files that it makes say. */
export function tasksOver(source: TraceSource, version: string): Tasks {
  const context = new TaskContext(source, version);
  const bound = Object.entries(TASKS).map(([name, task]) => [
    name,
    (params: never) => (task as Task<TaskName>)(context, params),
  ]);
  return Object.fromEntries(bound) as Tasks;
}
