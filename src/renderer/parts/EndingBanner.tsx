import { runCommand, useHandlers } from '../commands/commands.ts';
import { Button } from '../components/Button.tsx';
import { Glyph } from '../components/Glyph.tsx';
import { lookOf } from '../components/names.ts';
import { Shown } from '../components/Shown.tsx';
import { useTrace } from '../stores/open.ts';
import './ending.css';

/** What is wrong with a trace: why it could not be read, what of it is damaged, how its stream ended when it did not end well. */
export function EndingBanner() {
  const problem = useTrace((trace) => trace.problem);
  const damaged = useTrace((trace) => trace.detail?.damaged);
  return (
    <div className="endings">
      {problem !== null ? (
        <Fault text={`This run could not be read: ${problem}`} />
      ) : (
        <>
          {damaged !== undefined && <Fault text={damaged} />}
          <Ended />
        </>
      )}
    </div>
  );
}

function Fault({ text }: { readonly text: string }) {
  return (
    <div className="ending k-error" role="alert">
      <Glyph name="error" size={14} className="k-error" />
      <p>
        <Shown text={text} />
      </p>
    </div>
  );
}

/** The fact, the next step, and the raw answer one click away. */
function Ended() {
  useTrace((trace) => trace.phase);
  const model = useTrace((trace) => trace.model);
  const { ending } = model;
  const hasRaw = useHandlers(({ stacks }) => stacks.has('trace.raw'));
  if (!ending || ending.state === 'complete') return null;
  const look = lookOf({ ending, httpStatus: model.head?.status, metrics: model.metrics });
  return (
    <div className={`ending ${look.tone}`} role="status">
      <Glyph name={look.glyph} size={14} className={look.tone} label={look.label} />
      <p>
        <Shown text={ending.rule} />{' '}
        {ending.advice !== undefined && (
          <span>
            <Shown text={ending.advice} />
          </span>
        )}
      </p>
      {hasRaw && (
        <Button look="line" onClick={() => runCommand('trace.raw')}>
          Raw response
        </Button>
      )}
    </div>
  );
}
