import { useEffect, useId, useMemo, useState } from 'react';
import { Download } from 'lucide-react';
import type { ExportPart, SecretChoice } from '../../../shared/model/export.ts';
import { EXPORT_PARTS } from '../../../shared/model/export.ts';
import type { ExportFormatInfo } from '../../../shared/rpc/contract.ts';
import { bytesOf } from '../../../shared/text/base64.ts';
import { client } from '../../client/client.ts';
import { Dialog } from '../../components/Dialog.tsx';
import { DialogFoot } from '../../components/DialogFoot.tsx';
import { plural } from '../../components/format.ts';
import { saveFile } from '../../components/save-file.ts';
import type { OverlayProps } from '../view.ts';
import { Manifest } from './Manifest.tsx';
import { useExportPreview, type ExportChoice, type PreviewOf } from './use-export-preview.ts';
import './export.css';

/** The first of the registry: the one that loses nothing. */
const FIRST = 'bundle';
const NONE: readonly never[] = [];

/** One file of one or several traces: its format, and all that leaves with it, before it is saved. */
export function ExportDialog({ input, close }: OverlayProps<'export'>) {
  const ids = input?.ids ?? NONE;
  const [format, setFormat] = useState(FIRST);
  const [parts, setParts] = useState<readonly ExportPart[]>(EXPORT_PARTS);
  const [secrets, setSecrets] = useState<SecretChoice>('redact');
  const [saving, setSaving] = useState<AbortController | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const choice = useMemo(
    (): ExportChoice => ({ ids: [...ids], format, parts: [...parts], secrets }),
    [ids, format, parts, secrets],
  );
  const told = useExportPreview(choice);
  const formats = told.preview?.formats ?? NONE;
  const chosen = formats.find(({ id }) => id === format);
  const inTheWay = failed ?? told.problem ?? chosen?.refusal ?? chosen?.missing ?? null;
  // With the dialog goes the file that is being made.
  useEffect(() => () => saving?.abort(), [saving]);
  const save = async () => {
    const caller = new AbortController();
    setSaving(caller);
    setFailed(null);
    try {
      const { name, mediaType, base64 } = await client().call('exports.make', choice, caller.signal);
      saveFile(name, new Blob([bytesOf(base64)], { type: mediaType }));
      close();
    } catch (error) {
      if (caller.signal.aborted) return;
      setFailed(`It could not be saved: ${error instanceof Error ? error.message : String(error)}`);
      setSaving(null);
    }
  };
  const change = <Value,>(set: (value: Value) => void) => {
    return (value: Value) => {
      setFailed(null);
      set(value);
    };
  };
  return (
    <Dialog
      title={ids.length > 1 ? `Export ${plural(ids.length, 'run')}` : 'Export'}
      className="export"
      onClose={close}
      footer={
        <DialogFoot
          status={inTheWay ?? (saving ? `Making the file${GIVEN_UP}` : stateOf(told, ids.length))}
          onCancel={close}
          icon={Download}
          disabled={!told.current || inTheWay !== null || saving !== null}
          onDo={() => void save()}
        >
          {saving ? 'Saving' : 'Save'}
        </DialogFoot>
      }
    >
      <div className="export-body">
        <Formats formats={formats} chosen={format} onChoose={change(setFormat)} />
        {told.preview && chosen && (
          <Manifest
            manifest={told.preview.manifest}
            format={chosen}
            parts={parts}
            secrets={secrets}
            onParts={change(setParts)}
            onSecrets={change(setSecrets)}
          />
        )}
      </div>
    </Dialog>
  );
}

const GIVEN_UP = ' … Cancel gives it up.';

function stateOf({ preview, current }: PreviewOf, runs: number): string {
  if (preview && current) return `It will be saved as ${preview.name}`;
  return runs > 1 ? `Reading ${plural(runs, 'run')}${GIVEN_UP}` : 'Reading …';
}

interface FormatsProps {
  readonly formats: readonly ExportFormatInfo[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

function Formats({ formats, chosen, onChoose }: FormatsProps) {
  const name = useId();
  return (
    <fieldset className="export-formats">
      <legend className="form-legend">Format</legend>
      {formats.map(({ id, label, description, loses, refusal }) => (
        <label key={id} className={refusal === null ? '' : 'refused'}>
          <input type="radio" name={name} checked={id === chosen} onChange={() => onChoose(id)} />
          <span>{label}</span>
          <span className="quiet">{refusal ?? `${description} ${loses}`}</span>
        </label>
      ))}
    </fieldset>
  );
}
