import { useEffect, useState } from 'react';
import type { CaptureInfo, CaptureRoute } from '../../../shared/rpc/contract.ts';
import { Button } from '../../components/Button.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { FormField } from '../../components/FormField.tsx';
import { Glyph } from '../../components/Glyph.tsx';
import { Segments } from '../../components/Segments.tsx';
import { Select } from '../../components/Select.tsx';
import { openOverlay, selectTrace, useApp } from '../../stores/app.ts';
import { useCapture } from '../../stores/capture.ts';
import { useRuns } from '../../stores/runs.ts';
import type { OverlayProps } from '../view.ts';
import { clientUrl, linesFor, type Tool } from './lines.ts';
import './capture.css';

const TOOLS: readonly { readonly value: Tool; readonly label: string }[] = [
  { value: 'python', label: 'Python' },
  { value: 'javascript', label: 'JavaScript' },
  { value: 'curl', label: 'curl' },
  { value: 'agents', label: 'Coding agents' },
];

/** How another program is captured: lines to copy, and a card that waits for what comes of them. */
export function CaptureDialog({ close }: OverlayProps<'capture'>) {
  const { info } = useCapture();
  return (
    <Dialog title="Capture a program" className="capture" onClose={close} footer={<Waiting close={close} />}>
      <div className="capture-body">
        {info === null ? null : info.url === null ? <NotListening info={info} /> : <Lines info={info} url={info.url} />}
      </div>
    </Dialog>
  );
}

function NotListening({ info }: { readonly info: CaptureInfo }) {
  return (
    <p role="alert" className="k k-error">
      {info.problem}
    </p>
  );
}

function Lines({ info, url }: { readonly info: CaptureInfo; readonly url: string }) {
  const commandLine = useApp((app) => app.info?.commandLine);
  const [name, setName] = useState(info.routes[0]?.name ?? null);
  const [tool, setTool] = useState<Tool>('python');
  const route = info.routes.find((one) => one.name === name) ?? info.routes[0];
  return (
    <>
      {info.remark !== undefined && <p className="k k-warn">{info.remark}</p>}
      <p className="quiet">
        The capture proxy at <code>{url}</code> forwards requests and records them on their way. It changes nothing but
        the address.
      </p>
      {typeof commandLine === 'string' && (
        <section>
          <h3>Any program</h3>
          <Code what="the command" text={`${commandLine} capture -- COMMAND`} />
          <p className="quiet">
            Sets the base URLs that SDKs read, for this one command. For another server, add <code>--to URL</code>.
          </p>
        </section>
      )}
      {route && (
        <section>
          <h3>One client</h3>
          <div className="capture-choose">
            <FormField label="Forward to">
              {(ids) => (
                <Select
                  ids={ids}
                  groups={groupsOf(info.routes)}
                  value={route.name}
                  placeholder="Choose an endpoint"
                  onChoose={setName}
                />
              )}
            </FormField>
            <Segments label="Lines for" values={TOOLS} value={tool} onChoose={setTool} />
          </div>
          <RouteLines info={info} route={route} tool={tool} />
        </section>
      )}
    </>
  );
}

function RouteLines({
  info,
  route,
  tool,
}: {
  readonly info: CaptureInfo;
  readonly route: CaptureRoute;
  readonly tool: Tool;
}) {
  const lines = linesFor(info, route, tool);
  return (
    <>
      <Code what="the base URL" text={clientUrl(info, route) ?? ''} title="Base URL" />
      {lines.map(({ title, text }) => (
        <Code key={title} what={`the line for ${title}`} text={text} title={title} />
      ))}
      <p className="quiet">
        {route.lendsKey
          ? 'This endpoint lends its key: the key in these lines is the proxy’s own, valid on this machine only.'
          : 'The client’s own key passes through, and is not stored.'}
      </p>
    </>
  );
}

function Code({ what, text, title }: { readonly what: string; readonly text: string; readonly title?: string }) {
  return (
    <div className="capture-line">
      {title !== undefined && <span className="quiet">{title}</span>}
      <code>{text}</code>
      <CopyButton what={what} text={() => text} />
    </div>
  );
}

const groupsOf = (routes: readonly CaptureRoute[]) => {
  const optionOf = ({ name, baseUrl }: CaptureRoute) => ({ value: name, label: name, note: new URL(baseUrl).host });
  const own = routes.filter(({ endpoint, name }) => endpoint !== undefined && !name.startsWith('sample-'));
  const samples = routes.filter(({ name }) => name.startsWith('sample-'));
  const others = routes.filter((route) => !own.includes(route) && !samples.includes(route));
  return [
    { title: 'Your endpoints', options: own.map(optionOf) },
    { title: 'Providers', options: others.map(optionOf) },
    { title: 'Samples', options: samples.map(optionOf) },
  ].filter(({ options }) => options.length > 0);
};

/** Waits for the first exchange that begins while it is shown, and then makes way for it. */
function Waiting({ close }: { readonly close: () => void }) {
  const [since] = useState(() => new Set(useRuns.getState().rows.keys()));
  const captured = useRuns(({ ids, rows }) => ids.find((id) => !since.has(id) && rows.get(id)?.source === 'capture'));
  useEffect(() => {
    if (captured === undefined) return;
    selectTrace(captured, true);
    close();
  }, [captured, close]);
  return (
    <>
      <span className="capture-wait" role="status">
        <Glyph name="live" size={12} className="k-wait" />
        Waiting for the first request. It opens as soon as it begins.
      </span>
      <Button className="push" onClick={() => openOverlay('settings', { tab: 'endpoints' })}>
        Endpoints
      </Button>
    </>
  );
}
