import type { AppInfo } from '../../shared/rpc/contract.ts';

/** What is wrong with the store, and whether what it has is still there to read. */
export const storeProblemText = ({ sentence, readable }: NonNullable<AppInfo['storeProblem']>): string =>
  readable ? `${sentence} Stored traces can be read.` : sentence;
