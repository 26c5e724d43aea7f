import { useState } from 'react';
import { ChevronDown, ChevronRight } from 'lucide-react';
import type { RequestDiffRow } from '../../../shared/compare/result.ts';
import { count } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { InlineDiff } from './InlineDiff.tsx';

const SECTIONS = ['messages', 'tools', 'parameters'] as const;

/** What was asked: messages aligned by what they say, tools by name, parameters by key. What is the same folds away. */
export function RequestDiff({ rows }: { readonly rows: readonly RequestDiffRow[] }) {
  return (
    <section className="traces-part" aria-label="Request">
      <h2>Request</h2>
      {SECTIONS.map((section) => (
        <Section key={section} name={section} rows={rows.filter((row) => row.section === section)} />
      ))}
    </section>
  );
}

function Section({ name, rows }: { readonly name: string; readonly rows: readonly RequestDiffRow[] }) {
  const [open, setOpen] = useState(false);
  if (rows.length === 0) return null;
  const same = rows.filter(({ change }) => change === 'same');
  return (
    <div className="request-section" role="group" aria-label={name}>
      {rows
        .filter(({ change }) => change !== 'same' || open)
        .map((row) => (
          <Row key={`${row.section} ${row.path} ${row.change}`} row={row} />
        ))}
      {same.length > 0 && (
        <button type="button" className="request-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon of={open ? ChevronDown : ChevronRight} size={12} />
          {count(same.length)} equal {same.length === 1 ? name.slice(0, -1) : name}
        </button>
      )}
    </div>
  );
}

function Row({ row }: { readonly row: RequestDiffRow }) {
  const [whole, setWhole] = useState(false);
  const { path, change, a, b } = row;
  return (
    <div className={`request-row ${change}`}>
      <button type="button" className="request-path" aria-expanded={whole} onClick={() => setWhole(!whole)}>
        <code className="cut">{path}</code>
        <span className="quiet">{change}</span>
      </button>
      <div>
        {a === null ? <p className="quiet">not in A</p> : <InlineDiff a={a} b={b ?? ''} side="a" code whole={whole} />}
      </div>
      <div>
        {b === null ? <p className="quiet">not in B</p> : <InlineDiff a={a ?? ''} b={b} side="b" code whole={whole} />}
      </div>
    </div>
  );
}
