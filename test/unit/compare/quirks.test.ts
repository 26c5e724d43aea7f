/** Each quirk of the adapters is shown by a finding: which kind, on which vector of the specification, and what it says there. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LaneSetup } from '../../../src/shared/model/lane.ts';
import { QUIRKS, type QuirkId } from '../../../src/shared/adapters/agent-server/quirks.ts';
import { findAll } from '../../../src/shared/compare/findings/registry.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import type { LaneId } from '../../../src/shared/model/messages.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import { describeWith, VECTORS } from '../../support/corpus.ts';
import { laneSetup } from '../../support/wire.ts';

interface Proof {
  /** `<file>/<name>/<adapter>`, as the vector calls itself. */
  readonly vector: string;
  readonly kind: string;
  readonly says: RegExp;
}

const PROOFS: Readonly<Record<QuirkId, Proof>> = {
  'output-tokens-twice': {
    vector: 'messages-shapes/text/simple',
    kind: 'usage-counted-twice',
    says: /output tokens 21 in simple, wire says 20: message_start counted twice \(1 \+ 20\)/,
  },
  'arguments-run-together': {
    vector: 'chat-shapes/parallel/simple',
    kind: 'tool-calls-merged',
    says: /ran the arguments of b into a at event 4: 2 calls became 1, not valid JSON/,
  },
  'text-lost': {
    vector: 'chat-shapes/text-then-tool/legacy',
    kind: 'text-lost',
    says: /legacy dropped 24 characters of answer text, first at event 0/,
  },
  'text-turned-into-reasoning': {
    vector: 'messages-shapes/text/legacy',
    kind: 'text-as-reasoning',
    says: /emits 11 characters of answer text as reasoning, first at event 3/,
  },
  'tag-leaks': {
    vector: 'messages-shapes/tag-3-char/legacy',
    kind: 'reasoning-tag-leaked',
    says: /the tag '<\/thinking' shows in what legacy emits/,
  },
  'arguments-never-released': {
    vector: 'chat-shapes/tool-one-fragment/legacy',
    kind: 'tool-arguments-unreleased',
    says: /never released 7 characters of the arguments of search, there at event 0/,
  },
  'approval-lost-after-name': {
    vector: 'chat-tool-arguments/no_think-c-tok-joined-search/legacy',
    kind: 'approval-too-few',
    says: /7 of 8 messages of search in legacy are plain tool calls, first at event 3/,
  },
  'approval-for-all': {
    vector: 'chat-shapes/parallel/simple',
    kind: 'approval-too-many',
    says: /approval asked for a, not on the list, at event 0/,
  },
  'escapes-not-decoded': {
    vector: 'chat-tool-arguments/escapes-c-tok-joined-search/legacy',
    kind: 'reasoning-undecoded',
    says: /leaves 5 escapes of reasoning undecoded, first at event 5/,
  },
  'trailing-blank-lost': {
    vector: 'chat-models/o4-mini/legacy',
    kind: 'text-blank-lost',
    says: /trailing blank of 'are ' lost at event 21/,
  },
  'arguments-emitted-again': {
    vector: 'messages-tool-arguments/think_msg-c-char-search-0/legacy',
    kind: 'tool-arguments-invalid',
    says: /altered the arguments of search at event 54: 52 characters more than the wire, not valid JSON/,
  },
  'otid-one-higher': {
    vector: 'messages-shapes/parallel-tools/legacy',
    kind: 'otid-split',
    says: /gives the pieces of 1 message more than one otid, first at event 5/,
  },
  'otid-not-bumped': {
    vector: 'responses-shapes/message-then-tool/simple',
    kind: 'otid-repeated',
    says: /gives 1 message the otid of another one, first at event 3/,
  },
  'otid-ends-stream': {
    vector: 'messages-many/alternating-129/simple',
    kind: 'otid-out-of-range',
    says: /ended at event 386 with an error .* \(Index must be between 0 and 127/,
  },
  'cut-escape-repeats': {
    vector: 'messages-tool-arguments/unicode-c-tok-send_message-5/legacy',
    kind: 'text-added',
    says: /has 16 characters of text that the wire does not have, first at event 22: 'Grüße aus Köln/,
  },
  'unknown-block-is-text': {
    vector: 'messages-shapes/unknown-block/simple',
    kind: 'text-added',
    says: /has 1 character of text that the wire does not have, first at event 2: 'x'/,
  },
  'server-tool-ends-stream': {
    vector: 'messages-shapes/server-tool/simple',
    kind: 'error-only-here',
    says: /ended at event 5 .* \(Streaming integrity failed/,
  },
  'plain-reasoning-ends-after': {
    vector: 'responses-shapes/reasoning-no-encrypted/simple',
    kind: 'error-only-here',
    says: /ended in an error after the stream \(The encrypted content is missing/,
  },
  'blank-line-dispatches': {
    vector: 'chat-framing/id-then-comment/simple',
    kind: 'error-only-here',
    says: /ended at event 1 with an error that the wire does not have \(The data is not JSON/,
  },
  'bom-loses-first-line': {
    vector: 'chat-framing/bom/simple',
    kind: 'text-lost',
    says: /dropped 1 character of answer text, first at event 0/,
  },
  'done-by-prefix': {
    vector: 'chat-framing/done-with-text/simple',
    kind: 'text-lost',
    says: /dropped 1 character of answer text, first at event 2/,
  },
  'error-event-passes': {
    vector: 'chat-framing/error-event-no-error/simple',
    kind: 'error-not-reported',
    says: /the wire has an error at event 1 \(bad\) and simple has none/,
  },
};

interface Vector {
  readonly name: string;
  readonly api: Api;
  readonly adapter: LaneId;
  readonly wire: { readonly text?: string; readonly base64?: string };
  readonly endpoint: LaneSetup['endpoint'];
  readonly request: unknown;
  readonly outcomes: readonly {
    readonly options: readonly {
      readonly use_assistant_message?: boolean;
      readonly put_inner_thoughts_in_kwargs?: boolean;
      readonly requires_approval_tools?: string[] | null;
    }[];
  }[];
}

const wanted = new Set(Object.values(PROOFS).map(({ vector }) => vector));

function vectors(folder: string): ReadonlyMap<string, Vector> {
  const lines = readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl') && !file.startsWith('corpus'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean));
  return new Map(
    lines
      .map((line) => JSON.parse(line) as Vector)
      .filter(({ name }) => wanted.has(name))
      .map((vector) => [vector.name, vector]),
  );
}

/** What its adapter's lane is found to do otherwise, under any of the vector's options. */
function findings({ api, adapter, wire, endpoint, request, outcomes }: Vector) {
  const body = new Uint8Array(
    Buffer.from(wire.base64 ?? wire.text ?? '', wire.base64 === undefined ? 'utf8' : 'base64'),
  );
  return outcomes
    .flatMap(({ options }) => options)
    .flatMap((given) => {
      const options = {
        use_assistant_message: given.use_assistant_message === true,
        put_inner_thoughts_in_kwarg: given.put_inner_thoughts_in_kwargs === true,
        requires_approval_tools: given.requires_approval_tools ?? [],
      };
      return findAll(readAll(body, { ...laneSetup(api), endpoint, request, options }));
    })
    .map(({ finding }) => finding)
    .filter(({ lane }) => lane === adapter);
}

describeWith(VECTORS, 'on the vectors', (folder) => {
  const all = vectors(folder);
  it.each(Object.entries(PROOFS))('%s shows', (_, { vector, kind, says }) => {
    const sentences = findings(all.get(vector)!)
      .filter((finding) => finding.kind === kind)
      .map(({ sentence }) => sentence);
    expect(sentences).toContainEqual(expect.stringMatching(says));
  });
});

it('leaves out no quirk', () => expect(Object.keys(PROOFS).toSorted()).toEqual(Object.keys(QUIRKS).toSorted()));
