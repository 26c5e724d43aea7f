import type { LaneBlockKind } from '../../../shared/model/block-row.ts';
import type { CellFact } from '../../../shared/compare/cell-facts.ts';
import { capitalised } from '../../../shared/compare/say.ts';
import type { Finding } from '../../../shared/model/findings.ts';
import type { LaneId } from '../../../shared/model/messages.ts';
import { count, plural } from '../../components/format.ts';
import { useLaneName } from '../../stores/lanes.ts';
import { Shown } from '../../components/Shown.tsx';

export interface FindingsProps {
  readonly findings: readonly Finding[];
  /** Numbers of those that a cell above has said. */
  readonly said: readonly number[];
}

/** What the comparison found here; it knows more than the counts do. */
export function Findings({ findings, said }: FindingsProps) {
  return findings.map(({ number, sentence }) => (
    <p key={number} className="note">
      <b>{number}</b> {said.includes(number) ? 'As said above.' : <Shown text={capitalised(sentence)} />}
    </p>
  ));
}

/** In what a cell differs from the wire's, in numbers. */
export function FactNote({ fact, lane }: { readonly fact: CellFact; readonly lane: LaneId }) {
  const nameOf = useLaneName();
  const [what, more] = sentence(fact, nameOf(lane));
  return (
    <p className="note">
      <b>{what}</b> {more}
    </p>
  );
}

const KIND_WORDS: Readonly<Partial<Record<LaneBlockKind, string>>> = {
  text: 'an assistant message',
  reasoning: 'reasoning',
  hidden: 'hidden reasoning',
  tool: 'a tool call',
  error: 'an error',
};

function sentence(fact: CellFact, name: string): readonly [what: string, more: string] {
  switch (fact.type) {
    case 'before':
      return [
        `${plural(fact.chars, 'character')} more at the start.`,
        `${name} opens with text that is not in this block.`,
      ];
    case 'behind':
      return [
        `${plural(fact.chars, 'character')} more at the end.`,
        `${name} continues with text that is not in this block.`,
      ];
    case 'cut-end':
      return [`The last ${plural(fact.chars, 'character')} are missing.`, ''];
    case 'cut-start':
      return [`The first ${plural(fact.chars, 'character')} are missing.`, ''];
    case 'altered':
      return [`Differs from the wire from character ${count(fact.at + 1)} on.`, ''];
    case 'extra':
      return [`Not on the wire here.`, fact.chars > 0 ? plural(fact.chars, 'character') : ''];
    case 'kind':
      return [`Emitted as ${KIND_WORDS[fact.kind] ?? fact.kind}.`, ''];
    case 'also':
      return [
        `${name} also emits ${KIND_WORDS[fact.kind] ?? fact.kind} here.`,
        fact.chars > 0 ? plural(fact.chars, 'character') : '',
      ];
    case 'name':
      return ['The name is not that of the wire.', ''];
    case 'id':
      return ['The id of the call is not that of the wire.', ''];
    case 'signature':
      return ['The signature is missing, or another.', ''];
    case 'parts':
      return [`${plural(fact.count, 'part')} of the block without text.`, `${name} has no message for them.`];
    case 'error-missing':
      return ['The wire has an error here.', `${name} continues.`];
    case 'error-extra':
      return ['Not on the wire.', `${name} ends here.`];
    case 'nothing':
    case 'no-place':
      return ['', ''];
  }
}
