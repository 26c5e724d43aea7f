import { useMemo, useRef, useState } from 'react';
import { FileInput } from 'lucide-react';
import { OTHER_API, type Api } from '../../../shared/model/stream.ts';
import type { RecognizedStreamInfo } from '../../../shared/rpc/contract.ts';
import { Chip } from '../../components/Chip.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { DialogFoot } from '../../components/DialogFoot.tsx';
import { Field } from '../../components/Field.tsx';
import { FormField } from '../../components/FormField.tsx';
import { byteSize, count, plural } from '../../components/format.ts';
import { Segments } from '../../components/Segments.tsx';
import type { OverlayProps } from '../view.ts';
import { apiChip, apiLabel, useProviders } from '../../stores/providers.ts';
import type { ImportSource } from './import-source.ts';
import { cancelImport, importStreams, watchImport, type RunningImport } from './import-stream.ts';
import { useRecognized, type Recognition } from './use-recognized.ts';
import './import.css';

/** What a text that has no name is called. */
const PASTED = 'Pasted stream';

/** A pasted text or a file, with what was recognized in it, before anything becomes a trace. */
export function ImportDialog({ input: given = {}, close }: OverlayProps<'import'>) {
  const file = given.source?.base64 === undefined ? null : given.source;
  const [name, setName] = useState(given.source?.name || PASTED);
  const [text, setText] = useState(given.source?.text ?? '');
  const [api, setApi] = useState<Api>();
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const [problem, setProblem] = useState<string | null>(null);
  const [running, setRunning] = useState<RunningImport | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const source = useMemo(
    (): ImportSource | null => file ?? (text.trim() === '' ? null : { name: '', text }),
    [file, text],
  );
  const recognition = useRecognized(source, api, given);
  const streams = recognition.state === 'found' ? recognition.found.streams : [];
  const chosen = streams.map((_stream, at) => at).filter((at) => !left.has(at));
  const open = async () => {
    if (source === null || recognition.state !== 'found' || chosen.length === 0) return;
    const ticket = crypto.randomUUID();
    setRunning({ ticket, share: 0 });
    setProblem(null);
    const unwatch = watchImport(ticket, (share) => setRunning({ ticket, share }));
    try {
      const named = name.trim() === '' ? PASTED : name.trim();
      const { held } = recognition.found;
      await importStreams({ source, held, name: named, streams: chosen, ticket, ...(api !== undefined && { api }) });
      close();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setRunning(null);
    } finally {
      unwatch();
    }
  };
  const leave = () => {
    if (running) cancelImport(running.ticket);
    close();
  };
  return (
    <Dialog
      title="Open a stream"
      className="import"
      onClose={leave}
      {...(file === null && { initialFocus: area })}
      footer={
        <DialogFoot
          status={
            running
              ? `Opening … ${percentText(running.share)} Cancel skips the rest.`
              : problem === null
                ? stateOf(recognition, chosen.length, sizeOf(source))
                : `It could not be opened: ${problem}`
          }
          onCancel={() => (running ? cancelImport(running.ticket) : close())}
          icon={FileInput}
          disabled={chosen.length === 0 || running !== null}
          onDo={() => void open()}
        >
          {chosen.length > 1 ? `Open ${count(chosen.length)} streams` : 'Open'}
        </DialogFoot>
      }
    >
      <div className="import-body">
        {file === null ? (
          <FormField
            className="import-text"
            label="Text"
            hint="A response body, curl output, a HAR, a cassette, JSON lines, a log: anything that contains the stream."
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
        ) : (
          <p className="import-file mono">{file.name}</p>
        )}
        {streams.length > 0 && <Streams streams={streams} left={left} onLeave={setLeft} />}
        {(api !== undefined || isUnknown(recognition)) && <ChooseApi api={api} onChoose={setApi} />}
        <FormField label="Name">
          {(ids) => <Field {...ids} value={name} onChange={(event) => setName(event.target.value)} />}
        </FormField>
      </div>
    </Dialog>
  );
}

/** A person may know the API where the bytes do not say it. */
const isUnknown = (recognition: Recognition): boolean =>
  recognition.state === 'found'
    ? recognition.found.streams.every((stream) => stream.api === OTHER_API)
    : recognition.state === 'refused' && recognition.code === 'unknown-api';

function ChooseApi({ api, onChoose }: { readonly api: Api | undefined; readonly onChoose: (api: Api) => void }) {
  const { providers } = useProviders();
  return (
    <div className="form-field">
      <span className="form-legend">API</span>
      <Segments<Api | ''>
        label="API"
        values={providers.map(({ id, label }) => ({ value: id, label }))}
        value={api ?? ''}
        onChoose={(one) => one !== '' && onChoose(one)}
      />
    </div>
  );
}

interface StreamsProps {
  readonly streams: readonly RecognizedStreamInfo[];
  /** Places of those that are not opened. */
  readonly left: ReadonlySet<number>;
  readonly onLeave: (left: ReadonlySet<number>) => void;
}

function Streams({ streams, left, onLeave }: StreamsProps) {
  const toggle = (at: number) => {
    const next = new Set(left);
    if (!next.delete(at)) next.add(at);
    onLeave(next);
  };
  return (
    <ul className="import-streams" aria-label="Streams found">
      {streams.map((stream, at) => (
        <li key={at}>
          {streams.length > 1 && (
            <input
              type="checkbox"
              aria-label={`Open stream ${at + 1}`}
              checked={!left.has(at)}
              onChange={() => toggle(at)}
            />
          )}
          <Stream stream={stream} number={streams.length > 1 ? at + 1 : null} />
        </li>
      ))}
    </ul>
  );
}

/** `number`: its place in the file; null for the only one. */
function Stream({
  number,
  stream: { api, format, label, events, bytes, timed, repaired },
}: {
  readonly number: number | null;
  readonly stream: RecognizedStreamInfo;
}) {
  const known = useProviders();
  return (
    <div>
      <p>
        {number !== null && <span className="mono quiet">{count(number)} </span>}
        <Chip>{apiChip(known, api)}</Chip> {capital(format.label)}
        <span className="quiet">
          {` · ${apiLabel(known, api)} · ${plural(events, 'event')} · ${timed ? 'with times' : 'order only'} · ${plural(bytes, 'byte')}`}
        </span>
      </p>
      {label !== '' && <p className="mono quiet import-label">{label}</p>}
      {repaired.length > 0 && (
        <ul className="import-repairs">
          {repaired.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

const percentText = (share: number): string => `${Math.floor(share * 100)} %.`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What may take longer than somebody waits without a word. */
const LARGE_BYTES = 1024 * 1024;
const sizeOf = (source: ImportSource | null): number =>
  source?.text?.length ?? Math.floor(((source?.base64?.length ?? 0) * 3) / 4);

/** What the foot says: why nothing can be opened yet, or what will be. */
function stateOf(recognition: Recognition, chosen: number, bytes: number): string | null {
  switch (recognition.state) {
    case 'nothing':
      return 'Paste the text of a stream first.';
    case 'asking':
      return bytes < LARGE_BYTES ? 'Reading …' : `Reading ${byteSize(bytes)} … Cancel stops it.`;
    case 'refused':
      return recognition.sentence;
    case 'found': {
      const { others } = recognition.found;
      if (chosen === 0) return 'Choose at least one stream.';
      return others === 0
        ? null
        : `${count(others)} other ${others === 1 ? 'exchange contains' : 'exchanges contain'} no stream.`;
    }
  }
}
