import { toolNames } from '../../../shared/providers/tool-names.ts';
import { DEFAULT_OPTIONS, type AdapterOptions } from '../../../shared/model/trace.ts';
import { Button } from '../../components/Button.tsx';
import { readWith, useCompare } from '../../stores/compare.ts';
import { useTrace } from '../../stores/open.ts';

/** A request may offer hundreds of tools; those that need approval are then chosen in the run. */
const TOOLS_SHOWN = 12;

/** The options the adapters read the stream with. A change reads the stored bytes again, in every view. */
export function OptionsBar() {
  const detail = useTrace((trace) => trace.detail);
  const other = useCompare((state) => state.options);
  const recorded = detail?.options ?? DEFAULT_OPTIONS;
  const options = other ?? recorded;
  const offered = detail ? toolNames(detail.api, detail.request) : [];
  const tools = [...new Set([...offered, ...recorded.requires_approval_tools])].slice(0, TOOLS_SHOWN);
  const change = (part: Partial<AdapterOptions>) => {
    const next = { ...options, ...part };
    readWith(sameOptions(next, recorded) ? null : next);
  };
  const approve = (tool: string, on: boolean) =>
    change({
      requires_approval_tools: on
        ? [...options.requires_approval_tools, tool]
        : options.requires_approval_tools.filter((name) => name !== tool),
    });
  return (
    <fieldset className="options-bar" aria-label="Adapter options">
      <Check
        name="use_assistant_message"
        on={options.use_assistant_message}
        onChange={(on) => change({ use_assistant_message: on })}
      />
      <Check
        name="put_inner_thoughts_in_kwarg"
        on={options.put_inner_thoughts_in_kwarg}
        onChange={(on) => change({ put_inner_thoughts_in_kwarg: on })}
      />
      {tools.length > 0 && <span className="quiet">approval for</span>}
      {tools.map((tool) => (
        <Check
          key={tool}
          name={tool}
          on={options.requires_approval_tools.includes(tool)}
          onChange={(on) => approve(tool, on)}
        />
      ))}
      {other !== null && (
        <Button look="line" onClick={() => readWith(null)}>
          As recorded
        </Button>
      )}
    </fieldset>
  );
}

function Check({
  name,
  on,
  onChange,
}: {
  readonly name: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}) {
  return (
    <label className="option-check mono">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} />
      {name}
    </label>
  );
}

export function sameOptions(a: AdapterOptions, b: AdapterOptions): boolean {
  const tools = (options: AdapterOptions) => [...new Set(options.requires_approval_tools)].toSorted().join('\n');
  return (
    a.use_assistant_message === b.use_assistant_message &&
    a.put_inner_thoughts_in_kwarg === b.put_inner_thoughts_in_kwarg &&
    tools(a) === tools(b)
  );
}
