import { useEffect, useState } from 'react';
import type { MatrixResult } from '../../../shared/compare/result.ts';
import { VERDICT_FIELDS } from '../../../shared/model/findings.ts';
import { DEFAULT_OPTIONS, type AdapterOptions } from '../../../shared/model/trace.ts';
import { client } from '../../client/client.ts';
import { count, plural } from '../../components/format.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { LANE_NAMES } from '../../components/names.ts';
import { readWith, setMode } from '../../stores/compare.ts';
import { useTrace } from '../../stores/open.ts';
import { SEVERITY_LOOKS } from './looks.ts';
import { sameOptions } from './OptionsBar.tsx';

type Row = MatrixResult['rows'][number];

/** The stored bytes under every combination of options that can change what an adapter emits. */
export function Matrix() {
  const id = useTrace((trace) => trace.id);
  const ended = useTrace((trace) => trace.phase === 'ended');
  const recorded = useTrace((trace) => trace.detail?.options) ?? DEFAULT_OPTIONS;
  const [read, setRead] = useState<{
    readonly id: string;
    readonly rows?: readonly Row[];
    readonly problem?: string;
  } | null>(null);
  useEffect(() => {
    if (!ended) return;
    client()
      .call('compare.matrix', { id })
      .then(
        ({ rows }) => setRead({ id, rows }),
        (error: unknown) => setRead({ id, problem: error instanceof Error ? error.message : String(error) }),
      );
  }, [id, ended]);
  if (!ended) return <p className="compare-none">The stream is running. The matrix comes when it is over.</p>;
  if (read?.id !== id) return <p className="compare-none">Reading the bytes under all options.</p>;
  if (!read.rows) return <p className="compare-none">The options could not be compared: {read.problem}</p>;
  const open = (options: AdapterOptions) => {
    readWith(sameOptions(options, recorded) ? null : options);
    setMode('lanes');
  };
  // What simple does not know stays as it was recorded: legacy stands beside it.
  const optionsOf = ({ lane, options }: Row): AdapterOptions =>
    lane === 'simple' ? { ...recorded, requires_approval_tools: options.requires_approval_tools } : options;
  return (
    <div className="matrix-scroll">
      <table className="matrix" aria-label="Verdicts under all options">
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
          {read.rows.map((row, at) => (
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
        Approval is asked for no tool, or for all that the request offers. Simple knows neither of the first two
        options. A cell opens the comparison with its row’s options.
      </p>
    </div>
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
  const { lane, options, verdict, findings, worst } = row;
  const both = (on: boolean) =>
    lane === 'simple' ? <span className="quiet">–</span> : on ? 'on' : <span className="quiet">off</span>;
  return (
    <tr className={recorded ? 'recorded' : undefined}>
      <th scope="row">
        {LANE_NAMES[lane]}
        {recorded && <small className="quiet"> as recorded</small>}
      </th>
      <td>{both(options.use_assistant_message)}</td>
      <td>{both(options.put_inner_thoughts_in_kwarg)}</td>
      <td className="cut">
        {options.requires_approval_tools.length === 0 ? (
          <span className="quiet">no tool</span>
        ) : (
          plural(options.requires_approval_tools.length, 'tool')
        )}
      </td>
      {VERDICT_FIELDS.map((field) => {
        const { equal, text } = verdict[field];
        return (
          <td key={field} className={equal ? 'same' : 'differs'} title={text}>
            <button
              type="button"
              className="matrix-cell"
              onClick={onOpen}
              aria-label={`${LANE_NAMES[lane]}, ${field}: ${text}. Open this comparison`}
            >
              <Glyph name={equal ? 'same' : 'differs'} size={12} className={equal ? 'k-ok' : 'k-del'} />
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
