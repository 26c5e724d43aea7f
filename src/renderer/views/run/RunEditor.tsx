import { useMemo, useRef, useState } from 'react';
import { Play } from 'lucide-react';
import type { Api } from '../../../shared/model/stream.ts';
import { runCommand, useCommand } from '../../commands/commands.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { DialogFoot } from '../../components/DialogFoot.tsx';
import { Editor, type EditorHandle } from '../../components/Editor.tsx';
import { plural } from '../../components/format.ts';
import { Key } from '../../components/Key.tsx';
import { closeOverlay, markTrace, openOverlay, selectTrace, useApp } from '../../stores/app.ts';
import { client } from '../../client/client.ts';
import type { OverlayProps } from '../view.ts';
import { toolNames } from '../../../shared/providers/tool-names.ts';
import { apiLabel, apisOf } from '../../stores/providers.ts';
import { indentJson } from '../../../shared/json/indent.ts';
import { Changes } from './Changes.tsx';
import { checkRequest } from './check-request.ts';
import { onEndpoint, startText, useDraft, type Draft } from './draft.ts';
import { Problems } from './Problems.tsx';
import { RunSettings } from './RunSettings.tsx';
import { usePreview } from './use-preview.ts';
import './run.css';

/** Writes a request, checks it as it is typed, and sends it. What is wrong cannot be sent, and the reason stands beside the button. */
export function RunEditor({ input: given = {}, close }: OverlayProps<'run'>) {
  const [draft, change] = useDraft(given);
  const app = useApp();
  const { endpoints, providers } = app;
  const endpoint = endpoints.find(({ id }) => id === draft.endpoint);
  const { api } = draft;
  const text = draft.texts[api] ?? startText(api, endpoint, app);
  const { value, problems } = useChecked(text, api);
  const editor = useRef<EditorHandle>(null);
  const [sending, setSending] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);

  const preview = usePreview(
    endpoint && apisOf(providers, endpoint).includes(api) ? draft.endpoint : null,
    api,
    value === undefined ? null : text,
    draft.without,
  );
  const label = apiLabel(providers, api);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const reason = reasonOf({
    draft,
    label,
    known: endpoint !== undefined,
    fits: apisOf(providers, endpoint).includes(api),
    errors,
  });
  const write = (next: string) => change({ texts: { ...draft.texts, [api]: next } });
  const format = () => write(indentJson(text) ?? text);
  const run = async () => {
    if (reason !== null || !value || sending) return;
    setSending(true);
    setRefused(null);
    try {
      const { id } = await client().call('runs.start', {
        endpoint: draft.endpoint!,
        api,
        request: text,
        without: [...draft.without],
        options: draft.options,
      });
      closeOverlay();
      selectTrace(id, true);
      // The two stand beside each other in the comparison.
      if (given.again) markTrace(given.again.id);
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
    } finally {
      setSending(false);
    }
  };
  /** The way to a new endpoint and back. */
  const addEndpoint = () =>
    openOverlay('settings', {
      tab: 'endpoints',
      add: true,
      done: (saved) => {
        if (saved) change(onEndpoint(draft, saved, providers));
        openOverlay('run', given);
      },
    });
  useCommand('run.start', () => void run());

  return (
    <Dialog
      title={given.again ? 'Run again' : 'New run'}
      lead={given.again && <span className="quiet cut">{given.again.title}</span>}
      className="run-dialog"
      onClose={close}
      initialFocus={false}
      footer={
        <DialogFoot
          status={refused === null ? reason : `The run could not be started: ${refused}`}
          onCancel={close}
          icon={Play}
          disabled={reason !== null || sending}
          onDo={() => runCommand('run.start')}
        >
          {sending ? 'Starting' : 'Run'} <Key chord="Mod+Enter" />
        </DialogFoot>
      }
    >
      <div className="run-body">
        <RunSettings
          draft={draft}
          onChange={change}
          text={text}
          offered={toolNames(api, value)}
          onAddEndpoint={addEndpoint}
        />
        <section className="run-request" aria-label="Request">
          <header>
            <h3>Request</h3>
            <span className="quiet">
              {label} · JSON{problems.length > 0 && ` · ${plural(problems.length, 'remark')}`}
            </span>
            <Button className="push" onClick={format} disabled={!value}>
              Format
            </Button>
          </header>
          <Editor
            value={text}
            onChange={write}
            label="Request as JSON"
            marks={problems}
            autoFocus
            handle={(handle) => {
              editor.current = handle;
            }}
          />
          <Problems problems={problems} onGo={(from) => editor.current?.goTo(from)} />
          <Changes
            preview={preview}
            without={draft.without}
            onChange={(without) => change({ without: [...without] })}
          />
        </section>
      </div>
    </Dialog>
  );
}

const useChecked = (text: string, api: Api) => useMemo(() => checkRequest(text, api), [text, api]);

/** Why the draft cannot be sent, as a sentence; null when it can. */
function reasonOf({
  draft,
  label,
  known,
  fits,
  errors,
}: {
  readonly draft: Draft;
  /** The API's name. */
  readonly label: string;
  readonly known: boolean;
  readonly fits: boolean;
  readonly errors: number;
}): string | null {
  if (draft.endpoint === null) return 'Choose an endpoint first.';
  if (!known) return 'The endpoint no longer exists; choose another.';
  if (!fits) return `The endpoint does not support ${label}; choose another API.`;
  if (errors > 0) return `${errors === 1 ? 'One error' : `${errors} errors`} in the request must be fixed first.`;
  return null;
}
