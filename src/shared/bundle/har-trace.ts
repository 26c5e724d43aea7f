/** What Tracelane adds to an entry of an HTTP archive, as `_tracelane`: with it the entry becomes the same trace again. */
import { z } from 'zod';
import { recordedTraceSchema, requestHeadSchema, timeSchema } from './recorded-trace.ts';

export const HAR_TRACE_VERSION = 1;

export const harTraceSchema = z.object({
  version: z.literal(HAR_TRACE_VERSION),
  /** Its request and heads stand in the entry itself, where it has them. */
  trace: recordedTraceSchema.omit({ request: true, requestHead: true, responseHead: true }),
  has: z.array(z.enum(['request', 'requestHead', 'responseHead'])).readonly(),
  /** Its request's JSON, where that is not the one of the body that was sent: the model may stand in the address. */
  request: z.unknown().optional(),
  /** What else is known of its request's head. */
  requestHead: requestHeadSchema.pick({ written: true, changes: true }).exactOptional(),
  /** When the response's head came. */
  headNs: timeSchema.nullable(),
  /** Time in nanoseconds since the request was sent, and number of bytes, of each read of the body. */
  reads: z.array(z.tuple([timeSchema, z.int().min(0)]).readonly()).readonly(),
  /** False: they were left out. */
  withBytes: z.boolean(),
});
export type HarTrace = Readonly<z.output<typeof harTraceSchema>>;
