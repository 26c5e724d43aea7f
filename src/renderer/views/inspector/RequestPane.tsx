import { useMemo } from 'react';
import { chordOf, runCommand } from '../../commands/commands.ts';
import { Button } from '../../components/Button.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { Key } from '../../components/Key.tsx';
import { JsonText } from '../../components/JsonText.tsx';
import { Shown } from '../../components/Shown.tsx';
import { seenText } from '../../components/visible.ts';
import { useTrace } from '../../stores/open.ts';
import { indentJson } from '../../../shared/json/indent.ts';
import type { RequestChange } from '../../../shared/model/request-change.ts';
import { sentBody } from '../../../shared/providers/sent-body.ts';
import type { ImportFacts, TraceDetail } from '../../../shared/model/trace.ts';
import { Empty, Fact, Facts, Section, Headers } from './Section.tsx';

/** What was asked, of whom, and with what the answer is read. Secrets are replaced before anything is stored. */
export function RequestPane() {
  const detail = useTrace((trace) => trace.detail);
  if (!detail) return <Empty>Reading the request.</Empty>;
  return (
    <div className="insp-pane">
      {detail.requestHead ? (
        <Head detail={detail} />
      ) : (
        <section className="quiet">This stream was imported; the request that led to it is unknown.</section>
      )}
      {detail.imported && <Imported imported={detail.imported} />}
      <Section title="Endpoint">
        <Facts>
          <Fact name="Kind">{detail.endpoint.type}</Fact>
          <Fact name="Provider">
            {detail.endpoint.provider_name === '' ? (
              <span className="quiet">not named</span>
            ) : (
              <Shown isName text={detail.endpoint.provider_name} />
            )}
          </Fact>
          <Fact name="Model" title={seenText(detail.endpoint.model)}>
            <span className="mono">
              <Shown isName text={detail.endpoint.model} />
            </span>
          </Fact>
          <Fact name="API">{detail.api}</Fact>
        </Facts>
      </Section>
      <Options detail={detail} />
      <Changes changes={detail.requestHead?.changes ?? []} />
      <Bodies detail={detail} />
    </div>
  );
}

/** How the stream came out of its file: what was changed is no fault of the server. */
function Imported({ imported: { file, format, repaired } }: { readonly imported: ImportFacts }) {
  return (
    <Section title="Imported">
      <Facts>
        <Fact name="File" title={file}>
          {file === '' ? <span className="quiet">pasted</span> : <Shown isName text={file} />}
        </Fact>
        <Fact name="Format">{format.label}</Fact>
      </Facts>
      {repaired.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </Section>
  );
}

function Head({ detail }: { readonly detail: TraceDetail }) {
  const { method, url, headers } = detail.requestHead!;
  return (
    <Section
      title="Sent"
      end={
        <Button onClick={() => runCommand('trace.curl')}>
          Copy as cURL <Key chord={chordOf('trace.curl')!} />
        </Button>
      }
    >
      <p className="mono wrap">
        <b>{method}</b> <Shown whole text={url} />
      </p>
      <Headers headers={headers} />
    </Section>
  );
}

function Options({ detail }: { readonly detail: TraceDetail }) {
  const { use_assistant_message, put_inner_thoughts_in_kwarg, requires_approval_tools } = detail.options;
  return (
    <Section title="Adapter options, as recorded">
      <Facts>
        <Fact name="send_message becomes text">{use_assistant_message ? 'yes' : 'no'}</Fact>
        <Fact name="Thoughts in arguments">{put_inner_thoughts_in_kwarg ? 'yes' : 'no'}</Fact>
        <Fact name="Ask for approval" title={requires_approval_tools.join(', ')}>
          {requires_approval_tools.length === 0 ? (
            'no tool'
          ) : (
            <Shown isName text={requires_approval_tools.join(', ')} />
          )}
        </Fact>
      </Facts>
    </Section>
  );
}

/** What was added to the request as it was written, or taken out of it, and what would have been. */
function Changes({ changes }: { readonly changes: readonly RequestChange[] }) {
  if (changes.length === 0) return null;
  const made = changes.filter(({ off }) => off !== true);
  const off = changes.filter((change) => change.off === true);
  return (
    <>
      <Section title="Added to what was written">
        <ChangeList changes={made} />
      </Section>
      {off.length > 0 && (
        <Section title="Switched off for this run">
          <ChangeList changes={off} />
        </Section>
      )}
    </>
  );
}

function ChangeList({ changes }: { readonly changes: readonly RequestChange[] }) {
  return (
    <ul className="request-changes">
      {changes.map(({ id, where, name, value, why }) => (
        <li key={id}>
          <span className="mono">
            <Shown
              text={
                value === null ? `${name} is taken out` : where === 'body' ? `"${name}": ${value}` : `${name}: ${value}`
              }
            />
          </span>{' '}
          <span className="quiet">{why}</span>
        </li>
      ))}
    </ul>
  );
}

/** As it was sent; of a run with changes to it, as it was written, too. */
function Bodies({ detail: { request, requestHead } }: { readonly detail: TraceDetail }) {
  const { written, changes = [] } = requestHead ?? {};
  const sent = useMemo(() => {
    const text = written === undefined ? JSON.stringify(request, null, 2) : sentBody(written, changes);
    return text === undefined || text === 'null' ? '' : text;
  }, [request, written, changes]);
  if (sent === '') return null;
  return (
    <>
      <Body title={written === undefined ? 'Body' : 'Body, as sent'} text={sent} />
      {written !== undefined && written !== sent && <Body title="Body, as written" text={written} />}
    </>
  );
}

function Body({ title, text }: { readonly title: string; readonly text: string }) {
  const shown = useMemo(() => indentJson(text) ?? text, [text]);
  return (
    <Section title={title} end={<CopyButton what="the request as JSON" text={() => text} />}>
      <JsonText text={shown} />
    </Section>
  );
}
