/** The help of a lint rule: what it is about, and a body that breaks it beside the nearest one that keeps it. */
import { rulesOf } from '../../../shared/compare/lint.ts';
import { exampleBytesNote, exampleLines, type ExampleLine } from '../../../shared/lint/example-lines.ts';
import type { LintRule } from '../../../shared/lint/rule.ts';
import type { Api } from '../../../shared/model/stream.ts';
import { Shown } from '../../components/Shown.tsx';

const MARKS: Readonly<Record<ExampleLine['kind'], string>> = { both: '', breaks: '−', keeps: '+', fold: '⋯' };
const NAMES: Readonly<Partial<Record<ExampleLine['kind'], string>>> = { breaks: 'breaks the rule', keeps: 'keeps it' };

/** `rule`: the id of one that holds for the API. */
export function RuleHelp({ rule: id, api }: { readonly rule: string; readonly api: Api }) {
  const rule = rulesOf(api).find((one) => one.id === id);
  if (!rule) return null;
  const note = exampleBytesNote(rule.example);
  return (
    <section className="rule-help" aria-label={`Help on ${id}`}>
      <p>{rule.help}</p>
      <Example rule={rule} />
      {note !== null && <p>{note}</p>}
      {rule.example.offered && (
        <p>The request of the example offers {rule.example.offered.map(({ name }) => name).join(', ')}.</p>
      )}
    </section>
  );
}

function Example({ rule }: { readonly rule: LintRule }) {
  return (
    <figure>
      <figcaption>
        <span className="breaks">− breaks the rule</span>
        <span className="keeps">+ keeps it</span>
      </figcaption>
      <pre>
        {exampleLines(rule).map(({ kind, text }, at) => (
          <span key={at} className={kind} data-mark={MARKS[kind]} title={NAMES[kind]}>
            <span>
              <Shown text={text} blanks={kind !== 'fold' && text.includes('\r')} />
            </span>
          </span>
        ))}
      </pre>
    </figure>
  );
}
