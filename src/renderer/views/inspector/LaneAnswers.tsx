import { lowerBound } from '../../stores/lower-bound.ts';
import { Shown } from '../../components/Shown.tsx';
import { useLaneName, useLanes } from '../../stores/lanes.ts';
import { useSession } from '../../stores/open.ts';
import type { EventSummary } from '../../../shared/model/stream.ts';
import type { TraceModel } from '../../stores/trace-model.ts';
import { amount, emissionsByLane, type LaneEmissions } from '../../parts/emissions.ts';

/** Characters of content shown of each kind of message. */
const SHOWN_CHARS = 90;

/** Emissions stand in the order of the events that caused them. */
function emissionsOf({ messages }: TraceModel, index: number) {
  const place = (at: number) => messages[at]!.event ?? -1;
  const first = lowerBound(messages.length, (at) => place(at) >= index);
  return messages.slice(
    first,
    lowerBound(messages.length, (at) => place(at) > index),
  );
}

/** What each lane emitted because of one event. Nothing is hatched: in rose where the wire has content. */
export function LaneAnswers({ event }: { readonly event: EventSummary }) {
  const { model } = useSession();
  const lanes = emissionsByLane(emissionsOf(model, event.index), useLanes());
  const wireChars = lanes[0]!.chars;
  return (
    <dl className="answers">
      {lanes.map((answer) => (
        <Answer
          key={answer.lane}
          answer={answer}
          wireChars={wireChars}
          event={event}
          endedAt={model.blocks.errorEvent(answer.lane)}
        />
      ))}
    </dl>
  );
}

interface AnswerProps {
  readonly answer: LaneEmissions;
  readonly wireChars: number;
  readonly event: EventSummary;
  /** The event at which the lane ended with an error. */
  readonly endedAt: number | null;
}

function Answer({ answer, wireChars, event, endedAt }: AnswerProps) {
  const nameOf = useLaneName();
  const { lane, said, more } = answer;
  const differs = more !== null && more !== 0;
  if (said.length === 0)
    return (
      <>
        <dt>{nameOf(lane)}</dt>
        <dd className={wireChars > 0 ? 'said-nothing lost' : 'said-nothing'}>
          {endedAt !== null && endedAt < event.index
            ? `nothing: it ended with an error at event ${endedAt}`
            : 'nothing'}
        </dd>
        <dd className={differs ? 'k k-del' : 'quiet'}>{amount(answer)}</dd>
      </>
    );
  return (
    <>
      <dt>{nameOf(lane)}</dt>
      <dd>
        {said.map(({ what, content }) => (
          <p key={what}>
            <span className={differs ? 'k k-del' : 'quiet'}>
              <Shown text={what} />
            </span>
            {content !== null && (
              <>
                {': '}
                <span className={`mono ${differs && more > 0 ? 'added' : ''}`}>
                  <Shown
                    whole
                    text={content.length > SHOWN_CHARS ? `${content.slice(0, SHOWN_CHARS)}…` : content}
                    blanks
                  />
                </span>
              </>
            )}
          </p>
        ))}
      </dd>
      <dd className={differs ? 'k k-del' : 'quiet'}>{amount(answer)}</dd>
    </>
  );
}
