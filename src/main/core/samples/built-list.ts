/** The list of the samples as the build worked it out: the build puts it in the place of this file. */
import type { SampleInfo } from '../../../shared/rpc/contract.ts';

/** None where the program runs from its sources, which work it out when asked. */
export const BUILT_LIST: readonly SampleInfo[] | undefined = undefined;
