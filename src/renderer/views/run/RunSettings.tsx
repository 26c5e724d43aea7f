import { Button } from '../../components/Button.tsx';
import { FormField } from '../../components/FormField.tsx';
import { Segments } from '../../components/Segments.tsx';
import { Select, type SelectGroup } from '../../components/Select.tsx';
import type { Api } from '../../../shared/model/stream.ts';
import type { EndpointInfo, SampleInfo } from '../../../shared/rpc/contract.ts';
import { useApp } from '../../stores/app.ts';
import { OptionFields } from '../../components/OptionFields.tsx';
import { apiLabel, apisOf } from '../../stores/providers.ts';
import { jsonText, onEndpoint, type Draft } from './draft.ts';

interface RunSettingsProps {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  /** The request as it stands. */
  readonly text: string;
  /** Names of the request's tools. */
  readonly offered: readonly string[];
  readonly onAddEndpoint: () => void;
}

/** Where the request goes and how the answer is read. */
export function RunSettings({ draft, onChange, text, offered, onAddEndpoint }: RunSettingsProps) {
  const { endpoints, samples, providers } = useApp();
  const endpoint = endpoints.find(({ id }) => id === draft.endpoint);
  const fitting = apisOf(providers, endpoint);
  const choose = (id: string) => {
    const next = endpoints.find((one) => one.id === id);
    if (next) onChange(onEndpoint(draft, next, providers));
  };
  return (
    <div className="run-settings">
      <FormField label="Endpoint" hint={endpoint && <span className="mono">{endpoint.baseUrl}</span>}>
        {(ids) => (
          <Select
            ids={ids}
            groups={endpointGroups(endpoints)}
            value={draft.endpoint}
            placeholder="Choose an endpoint"
            onChoose={choose}
          />
        )}
      </FormField>
      {endpoint && !endpoint.builtIn && !endpoint.key.configured && (
        <p className="form-hint">This endpoint has no key; requests are sent without one.</p>
      )}
      <Button className="run-add" onClick={onAddEndpoint}>
        Add an endpoint
      </Button>
      <div className="form-field">
        <span className="form-legend">API</span>
        <Segments
          label="API"
          values={fitting.map((api) => ({ value: api, label: apiLabel(providers, api) }))}
          value={draft.api}
          onChoose={(api: Api) => onChange({ api })}
        />
      </div>
      {endpoint?.builtIn === true && <SampleField samples={samples} draft={draft} text={text} onChange={onChange} />}
      <OptionFields options={draft.options} offered={offered} onChange={(options) => onChange({ options })} />
    </div>
  );
}

function endpointGroups(endpoints: readonly EndpointInfo[]): readonly SelectGroup[] {
  const option = ({ id, name, type }: EndpointInfo) => ({ value: id, label: name, note: type });
  const own = endpoints.filter(({ builtIn }) => !builtIn).map(option);
  const builtIn = endpoints.filter((endpoint) => endpoint.builtIn).map(option);
  return [...(own.length > 0 ? [{ title: 'Yours', options: own }] : []), { title: 'Built in', options: builtIn }];
}

/** The sample provider says what the model's name asks for. */
function SampleField({
  samples,
  draft,
  text,
  onChange,
}: {
  readonly samples: readonly SampleInfo[];
  readonly draft: Draft;
  readonly text: string;
  readonly onChange: RunSettingsProps['onChange'];
}) {
  const speaking = samples.filter(({ api }) => api === draft.api);
  const option = ({ model, title }: SampleInfo) => ({ value: model, label: title, note: model });
  const groups = [
    { title: 'Named by what goes wrong', options: speaking.filter(({ number }) => number !== undefined).map(option) },
    { title: 'Others', options: speaking.filter(({ number }) => number === undefined).map(option) },
  ].filter(({ options }) => options.length > 0);
  const model = modelOf(text);
  const choose = (name: string) => {
    const sample = speaking.find((one) => one.model === name);
    if (sample) onChange({ texts: { ...draft.texts, [draft.api]: jsonText(sample.request) }, options: sample.options });
  };
  return (
    <FormField label="Sample" hint="The name of the model selects the response.">
      {(ids) => (
        <Select
          ids={ids}
          groups={groups}
          value={speaking.some((one) => one.model === model) ? model : null}
          placeholder="Choose a sample"
          onChoose={choose}
        />
      )}
    </FormField>
  );
}

function modelOf(text: string): string | null {
  return /"model"\s*:\s*"([^"\\]*)"/.exec(text)?.[1] ?? null;
}
