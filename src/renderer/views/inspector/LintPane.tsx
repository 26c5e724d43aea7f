import { useEffect, useState } from 'react';
import { ArrowUpRight, ChevronDown, ChevronRight } from 'lucide-react';
import type { LintRemark } from '../../../shared/lint/rule.ts';
import { Button } from '../../components/Button.tsx';
import { bytesText } from '../../../shared/compare/say.ts';
import { count, plural } from '../../components/format.ts';
import { Glyph, type GlyphName } from '../../components/Glyph.tsx';
import { Icon } from '../../components/Icon.tsx';
import { late } from '../../components/late.tsx';
import { lowerBound } from '../../stores/lower-bound.ts';
import { Shown } from '../../components/Shown.tsx';
import { selectEvent, useSession, useTrace } from '../../stores/open.ts';
import type { NoteMark } from '../../stores/trace-model.ts';
import { Empty } from './Section.tsx';

const LOOKS: Readonly<Record<LintRemark['severity'], readonly [glyph: GlyphName, tone: string]>> = {
  error: ['error', 'k-error'],
  warning: ['refused', 'k-warn'],
  info: ['meta', 'k-meta'],
};
const NOTES_SHOWN = 200;

/** Where the stream does not keep to its protocol, and what was noticed in its bytes. Each jumps to its event. */
export function LintPane() {
  const { model } = useSession();
  const live = useTrace((trace) => trace.phase === 'live');
  const lint = useTrace((trace) => trace.compare?.lint);
  useTrace((trace) => trace.pulse);
  const { problem, ask } = useLint();
  const { notes } = model;
  return (
    <div className="insp-pane">
      {problem !== null && (
        <Empty>
          <p>The stream could not be checked: {problem}</p>
          <Button look="line" onClick={ask}>
            Check again
          </Button>
        </Empty>
      )}
      {lint && lint.length > 0 && (
        <ul className="remarks" aria-label="Protocol remarks">
          {lint.map((remark, at) => (
            <Remark key={at} remark={remark} />
          ))}
        </ul>
      )}
      {lint?.length === 0 && <Empty>The stream follows its protocol: there are no remarks.</Empty>}
      {!lint && problem === null && (
        <Empty>{live ? 'The protocol is checked when the stream ends.' : 'Checking the protocol.'}</Empty>
      )}
      {notes.length > 0 && (
        <section>
          <h2>
            In the bytes <span className="quiet">{plural(notes.length, 'note')}</span>
          </h2>
          <ul className="notes">
            {notes.slice(0, NOTES_SHOWN).map((note, at) => (
              <Note key={at} note={note} />
            ))}
          </ul>
          {notes.length > NOTES_SHOWN && (
            <p className="quiet">
              and {plural(notes.length - NOTES_SHOWN, 'more note', 'more notes')}; the Events tab has all.
            </p>
          )}
        </section>
      )}
    </div>
  );
}

/** Asks for the comparison, which holds the lint, once the stream is over. */
function useLint(): { readonly problem: string | null; readonly ask: () => void } {
  const session = useSession();
  const ended = useTrace((trace) => trace.phase === 'ended');
  const [tries, setTries] = useState(0);
  const [failed, setFailed] = useState<{ readonly tries: number; readonly problem: string } | null>(null);
  useEffect(() => {
    if (!ended) return;
    session
      .loadCompare()
      .catch((error: unknown) => setFailed({ tries, problem: error instanceof Error ? error.message : String(error) }));
  }, [session, ended, tries]);
  return { problem: failed?.tries === tries ? failed.problem : null, ask: () => setTries(tries + 1) };
}

const RuleHelp = late(async () => (await import('./RuleHelp.tsx')).RuleHelp);

function Remark({ remark }: { readonly remark: LintRemark }) {
  const { severity, fact, sentence, rule, event, bytes } = remark;
  const [helped, setHelped] = useState(false);
  const api = useTrace((trace) => trace.detail?.api);
  const [glyph, tone] = LOOKS[severity];
  const chosen = useTrace((trace) => event !== null && trace.event === event);
  return (
    <li className={chosen ? 'remark chosen' : 'remark'}>
      <Glyph name={glyph} size={14} className={tone} label={severity} />
      <div>
        <p>
          <b>
            <Shown text={fact} />
          </b>
          <Shown text={sentence.slice(fact.length)} />
        </p>
        <p className="where">
          {event === null ? (
            'the stream as a whole'
          ) : (
            <button type="button" className="link" onClick={() => selectEvent(event)}>
              event {event} <Icon of={ArrowUpRight} size={12} />
            </button>
          )}
          {bytes && <span>{bytesText(bytes)}</span>}
          <button
            type="button"
            className="link remark-rule cut"
            aria-expanded={helped}
            title="What the rule is about, with an example"
            onClick={() => setHelped(!helped)}
          >
            <Icon of={helped ? ChevronDown : ChevronRight} size={12} />
            <span className="mono cut">{rule}</span>
          </button>
        </p>
        {helped && api !== undefined && <RuleHelp rule={rule} api={api} />}
      </div>
    </li>
  );
}

function Note({ note }: { readonly note: NoteMark }) {
  const { events } = useSession().model;
  // The event it stands in, else the one before which it came.
  const at = lowerBound(events.length, (index) => events[index]!.end > note.start);
  const event = events[Math.min(at, events.length - 1)];
  return (
    <li>
      {event ? (
        <button type="button" className="link" onClick={() => selectEvent(event.index)}>
          byte {count(note.start)}
        </button>
      ) : (
        <span>byte {count(note.start)}</span>
      )}{' '}
      {note.type}
      {note.text !== '' && (
        <>
          :{' '}
          <span className="mono">
            <Shown text={note.text} blanks />
          </span>
        </>
      )}
    </li>
  );
}
