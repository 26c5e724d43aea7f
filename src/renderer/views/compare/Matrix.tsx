import { useEffect, useState } from 'react';
import type { MatrixResult } from '../../../shared/compare/result.ts';
import { differs, VERDICT_FIELDS } from '../../../shared/model/findings.ts';
import { DEFAULT_OPTIONS, type AdapterOptions } from '../../../shared/model/trace.ts';
import { client } from '../../client/client.ts';
import { count, plural } from '../../components/format.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { ScrollBox } from '../../components/ScrollBox.tsx';
import { readWith, setMode } from '../../stores/compare.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import { SEVERITY_LOOKS } from './looks.ts';
import { sameOptions } from './OptionsBar.tsx';
import { StandingGlyph } from './StandingGlyph.tsx';

type Row = MatrixResult['rows'][number];

/** The stored bytes under every combination of options that can change what an adapter emits. */
export function Matrix() {
  const id = useTrace((trace) => trace.id);
  const { lanes } = useSession().decoding;
  const phase = useTrace((trace) => trace.phase);
  const ended = phase === 'ended';
  const recorded = useTrace((trace) => trace.detail?.options) ?? DEFAULT_OPTIONS;
  const [read, setRead] = useState<{
    readonly id: string;
    readonly matrix?: MatrixResult;
    readonly problem?: string;
  } | null>(null);
  useEffect(() => {
    if (!ended) return;
    client()
      .call('compare.matrix', { id, lanes })
      .then(
        (matrix) => setRead({ id, matrix }),
        (error: unknown) => setRead({ id, problem: error instanceof Error ? error.message : String(error) }),
      );
  }, [id, lanes, ended]);
  if (phase === 'live') return <p className="compare-none">The stream is running. The matrix appears when it ends.</p>;
  if (read?.id !== id) return <p className="compare-none">Decoding the bytes with every combination of options.</p>;
  if (!read.matrix) return <p className="compare-none">The options could not be compared: {read.problem}</p>;
  const { nothing, rows } = read.matrix;
  if (nothing !== null) return <p className="compare-none">{nothing}</p>;
  const open = (options: AdapterOptions) => {
    readWith(sameOptions(options, recorded) ? null : options);
    setMode('lanes');
  };
  // What a lane does not know stays as it was recorded: others stand beside it that do.
  const optionsOf = ({ known, options }: Row): AdapterOptions => ({
    ...recorded,
    ...Object.fromEntries(known.map((option) => [option, options[option]])),
  });
  if (rows.length === 0)
    return <p className="compare-none">Only the wire was decoded: there is no lane with options to vary.</p>;
  return (
    <ScrollBox className="matrix-scroll" label="Options and their verdicts">
      <table className="matrix" aria-label="Verdicts for every combination of options">
        <thead>
          <tr>
            <th scope="col">Lane</th>
            <th scope="col" title="use_assistant_message">
              assistant message
            </th>
            <th scope="col" title="put_inner_thoughts_in_kwarg">
              inner thoughts
            </th>
            <th scope="col">approval</th>
            {VERDICT_FIELDS.map((field) => (
              <th key={field} scope="col">
                {field.charAt(0).toUpperCase() + field.slice(1)}
              </th>
            ))}
            <th scope="col">Findings</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <MatrixRow
              key={at}
              row={row}
              recorded={sameOptions(optionsOf(row), recorded)}
              onOpen={() => open(optionsOf(row))}
            />
          ))}
        </tbody>
      </table>
      <p className="matrix-note">
        Approval is required for no tool, or for every tool in the request. A dash marks an option that the lane does
        not have. Choose a cell to open the comparison with its row’s options.
      </p>
    </ScrollBox>
  );
}

function MatrixRow({
  row,
  recorded,
  onOpen,
}: {
  readonly row: Row;
  readonly recorded: boolean;
  readonly onOpen: () => void;
}) {
  const { label, known, options, verdict, findings, worst } = row;
  const both = (option: 'use_assistant_message' | 'put_inner_thoughts_in_kwarg') =>
    !known.includes(option) ? (
      <span className="quiet">–</span>
    ) : options[option] ? (
      'on'
    ) : (
      <span className="quiet">off</span>
    );
  return (
    <tr className={recorded ? 'recorded' : undefined}>
      <th scope="row">
        {label}
        {recorded && <small className="quiet"> as recorded</small>}
      </th>
      <td>{both('use_assistant_message')}</td>
      <td>{both('put_inner_thoughts_in_kwarg')}</td>
      <td className="cut">
        {!known.includes('requires_approval_tools') ? (
          <span className="quiet">–</span>
        ) : options.requires_approval_tools.length === 0 ? (
          <span className="quiet">no tool</span>
        ) : (
          plural(options.requires_approval_tools.length, 'tool')
        )}
      </td>
      {VERDICT_FIELDS.map((field) => {
        const { text } = verdict[field];
        return (
          <td key={field} className={differs(verdict[field]) ? 'differs' : 'same'} title={text}>
            <button
              type="button"
              className="matrix-cell"
              onClick={onOpen}
              aria-label={`${label}, ${field}: ${text}. Open this comparison`}
            >
              <StandingGlyph standing={verdict[field]} />
              <span className="cut">{text}</span>
            </button>
          </td>
        );
      })}
      <td>
        {worst === null ? (
          <span className="quiet">none</span>
        ) : (
          <Glyph name={SEVERITY_LOOKS[worst].glyph} size={12} className={SEVERITY_LOOKS[worst].tone} label={worst} />
        )}
        {findings > 0 && ` ${count(findings)}`}
      </td>
    </tr>
  );
}
