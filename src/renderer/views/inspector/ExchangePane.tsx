import { useEffect, useState } from 'react';
import type { CaptureFacts, Crossing, HeadChange } from '../../../shared/model/capture.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import type { Partner } from '../../../shared/pairing/partners.ts';
import { client } from '../../client/client.ts';
import { Button } from '../../components/Button.tsx';
import { byteSize, count, durationText, plural } from '../../components/format.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { Shown } from '../../components/Shown.tsx';
import { pickTraces, selectTrace } from '../../stores/app.ts';
import { compareWith } from '../../stores/compare.ts';
import { useTrace } from '../../stores/open.ts';
import { useRuns } from '../../stores/runs.ts';
import { Empty, Fact, Facts, Section } from './Section.tsx';
import './exchange.css';

/** How a captured exchange passed: the certificate, what was changed, and what else the proxy saw of it. */
export function ExchangePane() {
  const id = useTrace((trace) => trace.id);
  const known = useTrace((trace) => trace.detail?.capture);
  const facts = useFacts(id) ?? known;
  if (!facts) return <Empty>This run was sent from here. Exchanges of other programs say how they passed.</Empty>;
  return (
    <div className="insp-pane">
      <Section title="Certificate">
        <Certificate facts={facts} />
      </Section>
      {facts.certificate && <Partners id={id} />}
      <Section title="Changed on the way">
        <Changes title="Request" changes={facts.requestChanges} />
        <Changes title="Response" changes={facts.answerChanges} />
      </Section>
      <Section title="Exchange">
        <Facts>
          <Fact name="Route">
            <code>{facts.tls ? facts.route : `/${facts.route}`}</code>
          </Fact>
          {facts.tls && <Fact name="Encryption">{encryption(facts.tls.offered)}</Fact>}
          {facts.userAgent !== null && (
            <Fact name="Client">
              <Shown text={facts.userAgent} />
            </Fact>
          )}
          {facts.again !== undefined && (
            <Fact name="Sent again after">
              <Earlier id={facts.again} />
            </Fact>
          )}
          <Fact name="Connection">{count(facts.connection)}</Fact>
          <Fact name="Request body">
            {byteSize(facts.requestBytes)}
            {facts.requestMissing !== undefined && ` · ${facts.requestMissing}`}
          </Fact>
          <Fact name="Encoding">
            {facts.encoding === null ? 'none' : `${facts.encoding}, ${byteSize(facts.encodedBytes)} on the wire`}
          </Fact>
          {facts.protocol !== undefined && <Fact name="Protocol">{facts.protocol}</Fact>}
          {facts.sent?.map(({ tNs, kind, bytes, type }, i) => (
            <Fact key={i} name="Sent">
              {type === undefined ? kind : <code>{type}</code>}, {byteSize(bytes)}, at {durationText(tNs)}
            </Fact>
          ))}
          {facts.informational.map(({ status, statusText, tNs }) => (
            <Fact key={tNs} name={`HTTP ${status}`}>
              {statusText} at {durationText(tNs)}
            </Fact>
          ))}
          {facts.trailers.map(([name, value], i) => (
            <Fact key={i} name={name}>
              <Shown text={value} />
            </Fact>
          ))}
        </Facts>
      </Section>
    </div>
  );
}

const SIDES: Readonly<Record<Partner['side'], string>> = {
  client: 'What the gateway’s client got',
  provider: 'What the gateway’s provider sent',
};

/** Recordings that may be the other side of a gateway: each can be put on one axis with this one. */
function Partners({ id }: { readonly id: TraceId }) {
  // The other side may end later.
  const ended = useRuns(({ rows }) => [...rows.values()].filter(({ ending }) => ending !== undefined).length);
  const [found, setFound] = useState<{ readonly of: TraceId; readonly partners: readonly Partner[] }>();
  useEffect(() => {
    let gone = false;
    client()
      .call('traces.partners', { id })
      .then((partners) => !gone && setFound({ of: id, partners }))
      // Nothing is offered then; what is wrong with the store is said elsewhere.
      .catch(() => undefined);
    return () => {
      gone = true;
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [id, ended]);
  if (found?.of !== id || found.partners.length === 0) return null;
  const compare = (other: TraceId): void => {
    pickTraces([other]);
    compareWith();
  };
  return (
    <Section title="Other side of a gateway">
      {found.partners.map((partner) => (
        <p key={partner.id}>
          {SIDES[partner.side]}: <Shown isName text={partner.title} />{' '}
          <Button onClick={() => compare(partner.id)}>See who held it</Button>
        </p>
      ))}
    </Section>
  );
}

/** The exchange whose answer had not ended well. */
function Earlier({ id }: { readonly id: TraceId }) {
  const title = useRuns(({ rows }) => rows.get(id)?.title);
  return (
    <button type="button" className="link" onClick={() => selectTrace(id)}>
      {title === undefined ? 'an earlier exchange' : <Shown isName text={title} />}
    </button>
  );
}

/** HTTP/2 is not passed on, so a client that would have spoken it speaks HTTP/1.1, which its provider may answer otherwise. */
function encryption(offered: readonly string[]): string {
  const others = offered.filter((protocol) => protocol !== 'http/1.1');
  const read = 'Undone for the recording, and made again to the provider';
  if (others.length === 0) return `${read}.`;
  return `${read}. The client offered ${offered.join(', ')}; HTTP/1.1 was chosen.`;
}

/** The latest facts: the certificate comes after the end. */
function useFacts(id: TraceId): CaptureFacts | undefined {
  // Its row changes with each fact that is kept.
  const row = useRuns(({ rows }) => rows.get(id));
  const [facts, setFacts] = useState<{ readonly of: TraceId; readonly facts: CaptureFacts | undefined }>();
  const complete = facts?.of === id && facts.facts?.certificate;
  useEffect(() => {
    if (complete) return undefined;
    let gone = false;
    client()
      .call('traces.get', { id })
      .then(({ capture }) => !gone && setFacts({ of: id, facts: capture }))
      // The trace may be deleted by now; its view says so.
      .catch(() => undefined);
    return () => {
      gone = true;
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [id, row, complete]);
  return facts?.of === id ? facts.facts : undefined;
}

function Certificate({ facts }: { readonly facts: CaptureFacts }) {
  const { certificate, missing } = facts;
  if (!certificate) return <p className="quiet">It is made when the exchange is over.</p>;
  const same = isSame(certificate.request) && isSame(certificate.answer);
  return (
    <>
      <p className="certificate-said">
        <Glyph name={same ? 'complete' : 'error'} size={12} className={same ? 'k-ok' : 'k-error'} />{' '}
        {same ? 'Every byte went out as it came in.' : 'What went out is not what came in.'}
      </p>
      {missing !== undefined && <p className="k k-error">{missing}</p>}
      <table className="certificate">
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">Fact</span>
            </th>
            <th scope="col">Request</th>
            <th scope="col">Response</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([name, say]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{say(certificate.request)}</td>
              <td>{say(certificate.answer)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const isSame = ({ in: came, out }: Crossing): boolean => came.sha256 === out.sha256 && came.bytes === out.bytes;

const ROWS: readonly (readonly [name: string, say: (crossing: Crossing) => React.ReactNode])[] = [
  ['In', (crossing) => `${plural(crossing.in.bytes, 'byte')} in ${plural(crossing.in.reads, 'read')}`],
  ['Out', (crossing) => `${plural(crossing.out.bytes, 'byte')} in ${plural(crossing.out.reads, 'write')}`],
  [
    'SHA-256',
    (crossing) => (
      <code title={isSame(crossing) ? crossing.in.sha256 : `${crossing.in.sha256} in, ${crossing.out.sha256} out`}>
        {isSame(crossing)
          ? crossing.in.sha256.slice(0, 16)
          : `${crossing.in.sha256.slice(0, 16)} ≠ ${crossing.out.sha256.slice(0, 16)}`}
      </code>
    ),
  ],
  ['First byte', (crossing) => (crossing.firstDelayNs === null ? '–' : `+${durationText(crossing.firstDelayNs)}`)],
  [
    'Any read',
    (crossing) => (crossing.largestDelayNs === null ? '–' : `at most +${durationText(crossing.largestDelayNs)}`),
  ],
  ['Receiver waited for', (crossing) => (crossing.heldNs === 0 ? 'never' : durationText(crossing.heldNs))],
];

const WORDS = { replaced: 'replaced', removed: 'removed', added: 'added' } as const;

function Changes({ title, changes }: { readonly title: string; readonly changes: readonly HeadChange[] }) {
  return (
    <p>
      {title}:{' '}
      {changes.length === 0
        ? 'nothing'
        : changes.map(({ field, change }, i) => (
            <span key={i}>
              {i > 0 && ', '}
              <code>{field}</code> {WORDS[change]}
            </span>
          ))}
    </p>
  );
}
