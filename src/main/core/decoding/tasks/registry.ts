/** All tasks. The types of who calls them follow from the definitions. */
import { compareTasks } from './compare.ts';
import { eventTasks } from './event.ts';
import { exportTasks } from './exports.ts';
import { indexTasks } from './index-trace.ts';
import { sampleTasks } from './samples.ts';
import { searchTasks } from './search.ts';
import type { TaskContext, Task, TaskParamsOf, TaskResultOf } from './task.ts';

const TASKS = { ...compareTasks, ...eventTasks, ...exportTasks, ...indexTasks, ...sampleTasks, ...searchTasks };

export type TaskName = keyof typeof TASKS;
/** As a decode worker serves them. */
export type Tasks = { readonly [Name in TaskName]: (params: TaskParamsOf<Name>) => Promise<TaskResultOf<Name>> };

export function tasksOver(context: TaskContext): Tasks {
  const bound = Object.entries(TASKS).map(([name, task]) => [
    name,
    (params: never) => (task as Task<TaskName>)(context, params),
  ]);
  return Object.fromEntries(bound) as Tasks;
}
