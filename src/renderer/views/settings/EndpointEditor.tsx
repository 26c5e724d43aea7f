import { useState, type FormEvent } from 'react';
import { mendedBaseUrl } from '../../../shared/providers/base-url.ts';
import type { EndpointInfo } from '../../../shared/rpc/contract.ts';
import { Button } from '../../components/Button.tsx';
import { Field } from '../../components/Field.tsx';
import { Check, FieldError, FormField } from '../../components/FormField.tsx';
import { Segments } from '../../components/Segments.tsx';
import { removeEndpoint, saveEndpoint, setEndpointKey } from '../../stores/endpoints.ts';
import { apiLabel, apisOf, useProviders } from '../../stores/providers.ts';
import {
  EMPTY_FORM,
  formOf,
  presetsOf,
  readForm,
  withPreset,
  withType,
  type EndpointForm,
  type FormErrors,
} from './endpoint-form.ts';

interface EndpointEditorProps {
  /** Absent: a new one. */
  readonly endpoint?: EndpointInfo;
  readonly onSaved: (endpoint: EndpointInfo) => void;
  readonly onRemoved: () => void;
}

export function EndpointEditor({ endpoint, onSaved, onRemoved }: EndpointEditorProps) {
  const [form, setForm] = useState<EndpointForm>(endpoint ? formOf(endpoint) : EMPTY_FORM);
  const [errors, setErrors] = useState<FormErrors>({});
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const known = useProviders();
  const { endpointKinds } = known;
  const mended = mendedBaseUrl(form.baseUrl);
  const kind = endpointKinds.find(({ id }) => id === form.type);
  const spoken = apisOf(known, form).map((api) => apiLabel(known, api));
  const put = (part: Partial<EndpointForm>) => {
    setForm({ ...form, ...part });
    // What is being mended is no error until it is saved again.
    setErrors(Object.fromEntries(Object.entries(errors).filter(([field]) => !(field in part))));
  };
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    setRefused(null);
    try {
      await act();
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const read = readForm(form, endpoint?.id);
    if ('errors' in read) {
      setErrors(read.errors);
      return;
    }
    await attempt(async () => {
      const saved = await saveEndpoint(read.input);
      onSaved(form.key === '' ? saved : await setEndpointKey(saved.id, form.key));
      setForm((now) => ({ ...now, key: '' }));
    });
  };
  if (endpoint?.builtIn === true) return <BuiltIn endpoint={endpoint} />;

  return (
    <form className="endpoint-form" onSubmit={(event) => void save(event)} noValidate>
      {!endpoint && (
        <div className="presets" role="group" aria-label="Start from">
          {presetsOf(endpointKinds).map((preset) => (
            <Button key={`${preset.type} ${preset.name}`} look="line" onClick={() => setForm(withPreset(form, preset))}>
              {preset.name}
            </Button>
          ))}
        </div>
      )}
      <FormField label="Name" error={errors.name}>
        {(ids) => <Field {...ids} value={form.name} onChange={(event) => put({ name: event.target.value })} />}
      </FormField>
      <FormField label="Base URL" error={errors.baseUrl} hint={kind?.baseUrlHint}>
        {(ids) => (
          <Field
            {...ids}
            className="mono"
            type="url"
            inputMode="url"
            spellCheck={false}
            placeholder="https://"
            value={form.baseUrl}
            onChange={(event) => put({ baseUrl: event.target.value })}
          />
        )}
      </FormField>
      {mended !== null && (
        <p className="form-mend" role="status">
          <span>This URL ends in the path of an API, which Tracelane adds to each request itself.</span>
          <Button look="line" onClick={() => put({ baseUrl: mended })}>
            Use {mended}
          </Button>
        </p>
      )}
      <div className="form-field">
        <span className="form-legend">Kind of server</span>
        <Segments
          label="Kind of server"
          values={endpointKinds.map(({ id, label }) => ({ value: id, label }))}
          value={form.type}
          onChoose={(type) => setForm(withType(form, type, endpointKinds))}
        />
        <p className="form-hint">
          {spoken.length > 0 && `Speaks ${spoken.join(' and ')}.`} This decides which adapters decode its streams.
        </p>
      </div>
      <FormField
        label={<code>provider_name</code>}
        error={errors.provider_name}
        hint={
          <>
            The agent server’s name for this endpoint, passed to the adapters. With <code>lmstudio_openai</code> they
            treat it as a proxy and count tokens themselves if usage is missing.
          </>
        }
      >
        {(ids) => (
          <Field
            {...ids}
            className="mono"
            spellCheck={false}
            value={form.provider_name}
            onChange={(event) => put({ provider_name: event.target.value })}
          />
        )}
      </FormField>
      <KeyField
        endpoint={endpoint}
        value={form.key}
        onType={(key) => put({ key })}
        onRemove={() => attempt(async () => void (await setEndpointKey(endpoint!.id, '')))}
      />
      <Check
        label="Lend this key to captured requests"
        hint="The capture proxy sends it with requests that carry the proxy’s own key. When this is off, captured programs use keys of their own."
        checked={form.lendsKey}
        onChange={(lendsKey) => put({ lendsKey })}
      />
      <div className="limits">
        <FormField
          label="Response timeout"
          hint="Seconds to wait for the response headers. Leave it empty for no limit: a local model may take minutes to load."
          error={errors.answer}
        >
          {(ids) => (
            <Field
              {...ids}
              inputMode="numeric"
              placeholder="no limit"
              value={form.answer}
              onChange={(event) => put({ answer: event.target.value })}
              trail={<span>s</span>}
            />
          )}
        </FormField>
        <FormField
          label="Idle timeout"
          hint="Seconds without data, not counting keep-alive. Leave it empty for no limit."
          error={errors.silence}
        >
          {(ids) => (
            <Field
              {...ids}
              inputMode="numeric"
              placeholder="no limit"
              value={form.silence}
              onChange={(event) => put({ silence: event.target.value })}
              trail={<span>s</span>}
            />
          )}
        </FormField>
      </div>
      {refused !== null && (
        <div role="alert">
          <FieldError text={`It could not be saved: ${refused}`} />
        </div>
      )}
      <footer>
        {endpoint && (
          <Remove endpoint={endpoint} onRemove={() => attempt(() => removeEndpoint(endpoint.id).then(onRemoved))} />
        )}
        <Button type="submit" look="main" size="big" className="push" disabled={busy}>
          {endpoint ? 'Save' : 'Add endpoint'}
        </Button>
      </footer>
    </form>
  );
}

function KeyField({
  endpoint,
  value,
  onType,
  onRemove,
}: {
  readonly endpoint: EndpointInfo | undefined;
  readonly value: string;
  readonly onType: (key: string) => void;
  readonly onRemove: () => void;
}) {
  const kept = endpoint?.key.configured === true;
  return (
    <FormField
      label="Key"
      hint={
        kept
          ? `${endpoint.key.last4 === undefined ? 'A key is set' : `The key ends in ${endpoint.key.last4}`}. It is never shown whole; enter another to replace it.`
          : 'Stored separately from the runs, sent only to this endpoint, and never shown again.'
      }
    >
      {(ids) => (
        <Field
          {...ids}
          className="mono"
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder={kept ? 'set' : 'none'}
          value={value}
          onChange={(event) => onType(event.target.value)}
          trail={kept && <Button onClick={onRemove}>Remove key</Button>}
        />
      )}
    </FormField>
  );
}

/** In two steps, since the key cannot be brought back. */
function Remove({ endpoint, onRemove }: { readonly endpoint: EndpointInfo; readonly onRemove: () => void }) {
  const [asked, setAsked] = useState(false);
  if (!asked)
    return (
      <Button className="k k-error" onClick={() => setAsked(true)}>
        Remove…
      </Button>
    );
  return (
    <span className="remove" role="group" aria-label="Remove the endpoint">
      <span>
        Remove {endpoint.name}
        {endpoint.key.configured && ' and its key'}? Its runs stay.
      </span>
      <Button look="line" className="k k-error" onClick={onRemove} autoFocus>
        Remove
      </Button>
      <Button onClick={() => setAsked(false)}>Keep</Button>
    </span>
  );
}

function BuiltIn({ endpoint }: { readonly endpoint: EndpointInfo }) {
  return (
    <div className="endpoint-form">
      <h3>{endpoint.name}</h3>
      <p className="settings-say">
        It is part of Tracelane, and answers with samples over real HTTP on this machine. It needs no key, and cannot be
        changed or removed.
      </p>
      <code className="built-in-url">{endpoint.baseUrl}</code>
    </div>
  );
}
