/** Traces to put into a store. Apart from support.ts, because processes use it that no test runner started. */
import type { NewTrace, TraceResult } from '../../src/main/core/store/store.ts';
import { endpointId, traceId } from '../../src/shared/model/ids.ts';
import { DEFAULT_OPTIONS, type Metrics } from '../../src/shared/model/trace.ts';

export const STORE_WORKER = new URL('../../src/main/store-worker.ts', import.meta.url);

export const NO_METRICS: Metrics = {
  firstByteNs: null,
  firstEventNs: null,
  firstReasoningNs: null,
  firstTextNs: null,
  firstToolNs: null,
  totalNs: null,
  events: 0,
  reads: 0,
  bytes: 0,
  textChars: 0,
  lastContentNs: null,
  gaps: [],
};

let numbered = 0;

export function newTrace(more: Partial<NewTrace> = {}): NewTrace {
  numbered++;
  return {
    id: traceId(`trace-${numbered}`),
    title: `Trace ${numbered}`,
    renamed: false,
    starred: false,
    source: 'run',
    api: 'chat_completions',
    model: 'a-model',
    startedAt: 1_800_000_000_000 + numbered,
    metrics: NO_METRICS,
    timed: true,
    framing: 'sse',
    endpointId: endpointId('an-endpoint'),
    endpoint: { type: 'openai', provider_name: 'openai', model: 'a-model' },
    options: DEFAULT_OPTIONS,
    lanes: ['wire', 'legacy', 'simple'],
    request: { model: 'a-model', messages: [{ role: 'user', content: 'Say something.' }] },
    requestHead: {
      method: 'POST',
      url: 'http://127.0.0.1:1/v1/chat/completions',
      headers: [['content-type', 'application/json']],
    },
    messageId: 'message-00000000-0000-4000-8000-000000000000',
    stepId: 'step-1',
    ...more,
  };
}

export const COMPLETE: TraceResult = {
  endedAtNs: 5_000_000,
  ending: { state: 'complete', rule: 'The terminator arrived.' },
  metrics: NO_METRICS,
};
