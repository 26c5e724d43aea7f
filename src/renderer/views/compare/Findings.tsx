import { useEffect, useRef, useState, type ReactNode } from 'react';
import { ArrowUpRight, ChevronDown, ChevronRight, Copy } from 'lucide-react';
import { findingKind } from '../../../shared/compare/findings/registry.ts';
import { bytesText, capitalised } from '../../../shared/compare/say.ts';
import { SEVERITIES, type Finding, type Severity } from '../../../shared/model/findings.ts';
import { runCommand } from '../../commands/commands.ts';
import { Button } from '../../components/Button.tsx';
import { Chip } from '../../components/Chip.tsx';
import { count, plural } from '../../components/format.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { Icon } from '../../components/Icon.tsx';
import { Key } from '../../components/Key.tsx';
import { Shown } from '../../components/Shown.tsx';
import { setPane } from '../../stores/app.ts';
import { chooseFinding, useCompare } from '../../stores/compare.ts';
import { useLaneName } from '../../stores/lanes.ts';
import { selectEvent, useSession, useTrace } from '../../stores/open.ts';
import { alikeFindings } from './alike-findings.ts';
import { Failed } from './Failed.tsx';
import { Evidence } from './Evidence.tsx';
import { copyFinding } from './exports.ts';
import { SEVERITY_LOOKS } from './looks.ts';
import { useComparison } from './use-comparison.ts';
import './findings.css';

/** All that differs, in sentences with their evidence. The same numbers stand in the verdict, the lane map and the columns. */
export function Findings() {
  const { result, problem, retry } = useComparison();
  const phase = useTrace((trace) => trace.phase);
  const [least, setLeast] = useState<Severity>('info');
  const chosen = useCompare((state) => state.finding);
  if (problem !== null) return <Failed className="finds-none" problem={problem} retry={retry} />;
  if (!result)
    return (
      <p className="finds-none">
        {phase === 'live' ? 'The findings appear when the stream ends.' : 'Comparing the lanes.'}
      </p>
    );
  if (result.lanes.length === 1)
    return <p className="finds-none">Only the wire was decoded: there is no lane to compare with it.</p>;
  if (result.nothing !== null) return <p className="finds-none">{result.nothing}</p>;
  if (result.findings.length === 0)
    return (
      <p className="finds-none">
        {result.laneMap.events === 0
          ? 'No findings: there was no event that a lane could read otherwise than the wire.'
          : 'No findings: the lanes match the wire.'}
      </p>
    );
  const shown = result.findings.filter(({ severity }) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least));
  return (
    <div className="finds-pane">
      <h2 className="unseen">Findings</h2>
      <header className="finds-head">
        <label>
          Minimum severity
          <select value={least} onChange={(event) => setLeast(event.target.value as Severity)}>
            {SEVERITIES.map((severity) => (
              <option key={severity} value={severity}>
                {severity}
              </option>
            ))}
          </select>
        </label>
        <span className="quiet push">
          {shown.length === result.findings.length
            ? plural(shown.length, 'finding')
            : `${count(shown.length)} of ${plural(result.findings.length, 'finding')}`}
        </span>
        <Key chord="n" />
      </header>
      <ol className="finds" aria-label="Findings">
        {alikeFindings(shown).map((findings) => (
          <Item key={findings[0].number} findings={findings} chosen={chosen} />
        ))}
      </ol>
    </div>
  );
}

interface ItemProps {
  /** Of several lanes, alike. */
  readonly findings: readonly [Finding, ...Finding[]];
  /** Number of the chosen one. */
  readonly chosen: number | null;
}

function Item({ findings, chosen }: ItemProps) {
  const item = useRef<HTMLLIElement>(null);
  const [first, ...others] = findings;
  const mine = findings.some(({ number }) => number === chosen);
  const own = mine ? chosen : null;
  useEffect(() => {
    if (own !== null) item.current?.scrollIntoView({ block: 'nearest' });
  }, [own]);
  const look = SEVERITY_LOOKS[first.severity];
  return (
    <li ref={item} className={mine ? 'find chosen' : 'find'} data-finding={first.number}>
      <Glyph name={look.glyph} size={14} className={look.tone} label={first.severity} />
      <div>
        <Sentence finding={first} chosen={first.number === chosen}>
          <Shown text={capitalised(first.sentence)} />
        </Sentence>
        <Where finding={first} />
        {first.number === chosen && <Detail finding={first} />}
        {others.map((finding) => (
          <Same key={finding.number} finding={finding} chosen={finding.number === chosen} />
        ))}
      </div>
    </li>
  );
}

interface OfFinding {
  readonly finding: Finding;
  readonly chosen: boolean;
}

function Sentence({ finding, chosen, children }: OfFinding & { readonly children: ReactNode }) {
  return (
    <button type="button" className="find-sentence" aria-expanded={chosen} onClick={() => chooseFinding(finding)}>
      <b className={chosen ? 'no chosen' : 'no'}>{finding.number}</b> {children}
    </button>
  );
}

/** Another lane of which the same is true. */
function Same({ finding, chosen }: OfFinding) {
  const nameOf = useLaneName();
  return (
    <div className="find-same" data-finding={finding.number}>
      <Sentence finding={finding} chosen={chosen}>
        <Chip>{nameOf(finding.lane)}</Chip> the same
      </Sentence>
      {chosen && <Detail finding={finding} />}
    </div>
  );
}

/** Opens a finding's event, with what is marked of it, in another pane. */
function goTo(finding: Finding, pane: string): void {
  chooseFinding(finding);
  selectEvent(finding.event);
  setPane(pane);
}

/** Leads to the event and to its bytes. */
function Where({ finding }: { readonly finding: Finding }) {
  const nameOf = useLaneName();
  const { event, lastEvent, bytes, lane } = finding;
  const go = (pane: string) => goTo(finding, pane);
  return (
    <p className="where">
      <Chip>{nameOf(lane)}</Chip>
      {event === null ? (
        <span>after the end</span>
      ) : (
        <button type="button" className="link" onClick={() => go('event')}>
          {lastEvent === null || lastEvent === event
            ? `event ${count(event)}`
            : `events ${count(event)}–${count(lastEvent)}`}
        </button>
      )}
      {bytes && (
        <button type="button" className="link cut" onClick={() => go('raw')}>
          {bytesText(bytes)} <Icon of={ArrowUpRight} size={12} />
        </button>
      )}
    </p>
  );
}

function Detail({ finding }: { readonly finding: Finding }) {
  const session = useSession();
  const [helped, setHelped] = useState(false);
  const kind = findingKind(finding.kind);
  return (
    <div className="find-detail">
      {finding.expected !== undefined && <Quoted name="Expected" text={finding.expected} />}
      {finding.got !== undefined && <Quoted name="Got" text={finding.got} />}
      <Evidence finding={finding} onRaw={() => goTo(finding, 'raw')} />
      <div className="find-actions">
        <button type="button" className="find-help" aria-expanded={helped} onClick={() => setHelped(!helped)}>
          <Icon of={helped ? ChevronDown : ChevronRight} size={12} />
          What causes it
        </button>
        <span className="push" />
        <Button icon={Copy} onClick={() => void copyFinding(session, finding)}>
          Copy as issue
        </Button>
        <Button onClick={() => runCommand('compare.next')}>Next</Button>
      </div>
      {helped && (
        <div className="find-cause">
          <h3>
            {kind?.title} <code className="quiet">{finding.kind}</code>
          </h3>
          {kind?.help.split('\n\n').map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </div>
      )}
    </div>
  );
}

function Quoted({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <>
      <h3>{name}</h3>
      <pre className="find-quote" tabIndex={0} role="region" aria-label={name}>
        {text === '' ? <span className="quiet">nothing</span> : text}
      </pre>
    </>
  );
}
