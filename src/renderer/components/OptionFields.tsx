import { useState } from 'react';
import { X } from 'lucide-react';
import type { AdapterOptions } from '../../shared/model/trace.ts';
import { Button, IconButton } from './Button.tsx';
import { Field } from './Field.tsx';
import { Check, FormField } from './FormField.tsx';
import './option-fields.css';

interface OptionFieldsProps {
  readonly options: AdapterOptions;
  /** Names of the tools at hand; others can be added by name. */
  readonly offered: readonly string[];
  readonly onChange: (options: AdapterOptions) => void;
}

/** What the adapters are told about the run; names as the agent server has them. */
export function OptionFields({ options, offered, onChange }: OptionFieldsProps) {
  return (
    <fieldset className="options">
      <legend className="form-legend">Adapter options</legend>
      <Check
        label={<code>use_assistant_message</code>}
        hint="The arguments of send_message become assistant messages."
        checked={options.use_assistant_message}
        onChange={(use_assistant_message) => onChange({ ...options, use_assistant_message })}
      />
      <Check
        label={<code>put_inner_thoughts_in_kwarg</code>}
        hint="Inner thoughts travel in the tool arguments, under the key thinking."
        checked={options.put_inner_thoughts_in_kwarg}
        onChange={(put_inner_thoughts_in_kwarg) => onChange({ ...options, put_inner_thoughts_in_kwarg })}
      />
      <ApprovalTools
        chosen={options.requires_approval_tools}
        offered={offered}
        onChange={(names) => onChange({ ...options, requires_approval_tools: [...names] })}
      />
    </fieldset>
  );
}

function ApprovalTools({
  chosen,
  offered,
  onChange,
}: {
  readonly chosen: readonly string[];
  readonly offered: readonly string[];
  readonly onChange: (names: readonly string[]) => void;
}) {
  const [name, setName] = useState('');
  const own = chosen.filter((one) => !offered.includes(one));
  const add = () => {
    const trimmed = name.trim();
    if (trimmed !== '' && !chosen.includes(trimmed)) onChange([...chosen, trimmed]);
    setName('');
  };
  return (
    <fieldset className="options">
      <legend className="form-legend">Tools that need approval</legend>
      {offered.map((tool) => (
        <Check
          key={tool}
          label={<code className="cut">{tool}</code>}
          checked={chosen.includes(tool)}
          onChange={(on) => onChange(on ? [...chosen, tool] : chosen.filter((one) => one !== tool))}
        />
      ))}
      {own.map((tool) => (
        <div key={tool} className="own-tool">
          <code className="cut">{tool}</code>
          <IconButton
            icon={X}
            label={`Remove ${tool}`}
            onClick={() => onChange(chosen.filter((one) => one !== tool))}
          />
        </div>
      ))}
      <FormField label={<span className="unseen">Name of another tool</span>}>
        {(ids) => (
          <Field
            {...ids}
            value={name}
            placeholder={offered.length > 0 ? 'Another tool by name' : 'A tool by name'}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
              event.preventDefault();
              add();
            }}
            trail={
              <Button onClick={add} disabled={name.trim() === ''}>
                Add
              </Button>
            }
          />
        )}
      </FormField>
    </fieldset>
  );
}
