import { useMemo, useState } from 'react';
import type { TraceCompareResult } from '../../../shared/compare/result.ts';
import { codePoints } from '../../../shared/text/code-points.ts';
import { Button } from '../../components/Button.tsx';
import { count, plural } from '../../components/format.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { InlineDiff } from './InlineDiff.tsx';
import { blockLook, isCode } from './looks.ts';
import { blockPairs, titleOf, type BlockPair, type TraceBlock } from './two-traces.ts';

/** Drawn at once; answers with more blocks come in parts. */
const STEP = 50;

/** The answers of the wire, block by block. */
export function TraceBlocks({ result: { a, b } }: { readonly result: TraceCompareResult }) {
  const pairs = useMemo(() => blockPairs(a.blocks, b.blocks), [a, b]);
  const [most, setMost] = useState(STEP);
  return (
    <section className="traces-part" aria-label="Answer">
      <h2>Answer</h2>
      {pairs.slice(0, most).map((pair, at) => (
        <Pair key={at} pair={pair} />
      ))}
      {pairs.length === 0 && <p className="traces-says">Neither run has a content block.</p>}
      {pairs.length > most && (
        <Button onClick={() => setMost(most + STEP)}>
          Show {count(Math.min(STEP, pairs.length - most))} more blocks
        </Button>
      )}
    </section>
  );
}

function Pair({ pair }: { readonly pair: BlockPair }) {
  const [whole, setWhole] = useState(false);
  const { a, b } = pair;
  const kind = (a ?? b!).kind;
  const look = blockLook(kind);
  const equal = a !== null && b !== null && a.text === b.text;
  const side = (block: TraceBlock | null, name: 'a' | 'b') =>
    block === null ? (
      <p className="quiet">{`no such block in ${name.toUpperCase()}`}</p>
    ) : (
      <>
        <p className="quiet block-size">{plural(codePoints(block.text), 'character')}</p>
        {name === 'b' && equal ? (
          <p className="quiet">equal</p>
        ) : (
          <InlineDiff a={a?.text ?? ''} b={b?.text ?? ''} side={name} code={isCode(kind)} whole={whole} />
        )}
      </>
    );
  return (
    <div className={equal ? 'request-row same' : 'request-row changed'}>
      <button type="button" className="request-path" aria-expanded={whole} onClick={() => setWhole(!whole)}>
        <span className="block-title">
          <Glyph name={look.glyph} size={14} className={look.tone} />
          <span className="cut">{titleOf(pair)}</span>
        </span>
        <span className="quiet">
          {whole ? 'shown whole' : equal ? 'equal' : a && b ? 'differs' : a ? 'only in A' : 'only in B'}
        </span>
      </button>
      <div>{side(a, 'a')}</div>
      <div>{side(b, 'b')}</div>
    </div>
  );
}
