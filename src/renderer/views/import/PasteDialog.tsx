import { useId, useMemo, useRef, useState } from 'react';
import { ClipboardPaste } from 'lucide-react';
import type { Api } from '../../../shared/model/stream.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Field } from '../../components/Field.tsx';
import { FormField } from '../../components/FormField.tsx';
import { count } from '../../components/format.ts';
import { Segments } from '../../components/Segments.tsx';
import type { OverlayProps } from '../view.ts';
import { useProviders } from '../../stores/providers.ts';
import { detectText, looksLikeStream } from './detect-text.ts';
import { importStream, PASTED } from './import-stream.ts';
import './import.css';

/** A stream as text, without times: it opens as order only. */
export function PasteDialog({ input: given = {}, close }: OverlayProps<'paste'>) {
  const [name, setName] = useState(given.name ?? PASTED);
  const [text, setText] = useState(given.text ?? '');
  const [said, setSaid] = useState<Api | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const reasonId = useId();
  const { providers } = useProviders();
  const detected = useMemo(() => detectText(text), [text]);
  const api = said ?? detected?.api ?? null;
  const reason = reasonOf(text, api);
  const open = async () => {
    if (reason !== null || api === null) return;
    setBusy(true);
    setProblem(null);
    try {
      await importStream({ name: name.trim() === '' ? PASTED : name.trim(), text, api });
      close();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Paste a stream"
      className="paste"
      onClose={close}
      initialFocus={area}
      footer={
        <>
          <p id={reasonId} role="status" className="run-reason">
            {problem === null ? reason : `It could not be read: ${problem}`}
          </p>
          <Button size="big" onClick={close}>
            Cancel
          </Button>
          <Button
            look="main"
            size="big"
            icon={ClipboardPaste}
            disabled={reason !== null || busy}
            aria-describedby={reasonId}
            onClick={() => void open()}
          >
            Open
          </Button>
        </>
      }
    >
      <div className="paste-body">
        <FormField
          className="paste-text"
          label="The response’s body"
          hint="Server-sent events or JSON lines as received, or any part of them. Without times, the trace shows order only."
        >
          {(ids) => (
            <textarea
              {...ids}
              ref={area}
              spellCheck={false}
              placeholder={'event: message_start\ndata: {"type":"message_start", …'}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </FormField>
        <div className="paste-facts">
          <div className="form-field">
            <span className="form-legend">API</span>
            <Segments<Api | ''>
              label="API"
              values={providers.map(({ id, label }) => ({ value: id, label }))}
              value={api ?? ''}
              onChoose={(one) => setSaid(one === '' ? null : one)}
            />
            <p className="form-hint">
              {said !== null ? 'Chosen by you.' : (detected?.why ?? 'Detected from the first events.')}
            </p>
          </div>
          <FormField label="Name">
            {(ids) => <Field {...ids} value={name} onChange={(event) => setName(event.target.value)} />}
          </FormField>
          <span className="quiet">{count(text.length)} characters</span>
        </div>
      </div>
    </Dialog>
  );
}

/** Why it cannot be opened yet; null when it can. */
function reasonOf(text: string, api: Api | null): string | null {
  if (text.trim() === '') return 'Paste the text of a stream first.';
  if (!looksLikeStream(text))
    return 'This is not a stream: no line starts with data: or event:, and no API is recognized.';
  return api === null ? 'The API could not be detected; choose one.' : null;
}
