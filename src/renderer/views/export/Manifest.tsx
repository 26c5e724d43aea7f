/** What leaves: the traces, their parts, and each secret with its place and the reason why it is taken for one. */
import {
  EXPORT_PARTS,
  type ExportManifest,
  type ExportPart,
  type Redacted,
  type SecretChoice,
} from '../../../shared/model/export.ts';
import type { ExportFormatInfo } from '../../../shared/rpc/contract.ts';
import { Chip } from '../../components/Chip.tsx';
import { byteSize, plural } from '../../components/format.ts';
import { Check } from '../../components/FormField.tsx';
import { Glyph } from '../../components/Glyph.tsx';
import { Shown } from '../../components/Shown.tsx';
import { apiChip, useProviders } from '../../stores/providers.ts';

interface ManifestProps {
  readonly manifest: ExportManifest;
  readonly format: ExportFormatInfo;
  readonly parts: readonly ExportPart[];
  readonly secrets: SecretChoice;
  readonly onParts: (parts: readonly ExportPart[]) => void;
  readonly onSecrets: (secrets: SecretChoice) => void;
}

export function Manifest({ manifest, format, parts, secrets, onParts, onSecrets }: ManifestProps) {
  const offered = EXPORT_PARTS.filter((part) => format.parts[part] !== undefined);
  const now = manifest.redacted.filter(({ when }) => when === 'exported');
  const before = manifest.redacted.filter(({ when }) => when === 'recorded');
  return (
    <div className="export-manifest">
      <section aria-label="Runs">
        <h3>{manifest.traces.length === 1 ? 'The run' : plural(manifest.traces.length, 'run')}</h3>
        <Traces manifest={manifest} />
      </section>
      <section aria-label="What leaves">
        <h3>What leaves</h3>
        {offered.map((part) => (
          <Check
            key={part}
            label={PARTS[part].label}
            hint={hintOf(part, format, manifest)}
            checked={parts.includes(part)}
            onChange={(on) => onParts(EXPORT_PARTS.filter((one) => (one === part ? on : parts.includes(one))))}
          />
        ))}
      </section>
      <section aria-label="Secrets">
        <h3>Secrets</h3>
        {now.length === 0 && before.length === 0 && <p className="quiet">None were found.</p>}
        {now.length > 0 && (
          <>
            <p>
              {manifest.secrets === 'keep' && <Glyph name="error" size={12} className="k-error" />}{' '}
              {manifest.secrets === 'keep'
                ? `${plural(now.length, 'secret')} will be exported unchanged:`
                : `${plural(now.length, 'secret')} will be replaced:`}
            </p>
            <Secrets secrets={now} />
            <Check
              label="Export them unchanged"
              hint={
                secrets === 'keep' && manifest.secrets === 'redact'
                  ? 'This format always has variables in their place.'
                  : 'The file will say so. Whoever gets it can use them.'
              }
              checked={secrets === 'keep'}
              onChange={(on) => onSecrets(on ? 'keep' : 'redact')}
            />
          </>
        )}
        {before.length > 0 && (
          <>
            <p className="quiet">
              {plural(before.length, 'secret')} {before.length === 1 ? 'was' : 'were'} replaced when the run was
              recorded, and cannot be restored:
            </p>
            <Secrets secrets={before} />
          </>
        )}
      </section>
      {manifest.remarks.length > 0 && (
        <ul className="export-remarks" aria-label="Remarks">
          {manifest.remarks.map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

const PARTS: Readonly<Record<ExportPart, { readonly label: string; readonly hint: string }>> = {
  request: { label: 'Request body', hint: 'What was asked: messages, tools, parameters' },
  heads: { label: 'Heads', hint: 'Address, status and headers of both sides' },
  bytes: { label: 'Response body', hint: 'The stream itself' },
};

function hintOf(part: ExportPart, format: ExportFormatInfo, { traces }: ExportManifest): string {
  const having = traces.filter((trace) => trace.parts.includes(part)).length;
  if (having === 0) return traces.length === 1 ? 'The run has none.' : 'None of the runs has one.';
  const { hint } = PARTS[part];
  const whole = part === 'bytes' ? `${hint}, ${byteSize(traces.reduce((sum, { bytes }) => sum + bytes, 0))}` : hint;
  const some = having < traces.length ? `; ${having} of ${traces.length} runs have it` : '';
  return `${whole}${some}${format.parts[part] === 'needed' ? '; this format needs it' : ''}.`;
}

function Traces({ manifest: { traces } }: { readonly manifest: ExportManifest }) {
  const known = useProviders();
  return (
    <ul className="export-traces">
      {traces.map(({ id, title, api, reads, bytes, timed }) => (
        <li key={id}>
          <Chip>{apiChip(known, api)}</Chip>{' '}
          <span className="cut">
            <Shown text={title} />
          </span>
          <span className="quiet">
            {plural(reads, 'read')}, {byteSize(bytes)}, {timed ? 'with times' : 'order only'}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Secrets({ secrets }: { readonly secrets: readonly Redacted[] }) {
  return (
    <ul className="export-secrets">
      {secrets.map(({ trace, place, why }) => (
        <li key={`${trace} ${place}`}>
          <code>{place}</code>
          <span className="quiet">{why}</span>
        </li>
      ))}
    </ul>
  );
}
