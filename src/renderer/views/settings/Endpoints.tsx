import { useState } from 'react';
import { Plus } from 'lucide-react';
import type { EndpointId } from '../../../shared/model/ids.ts';
import type { EndpointInfo } from '../../../shared/rpc/contract.ts';
import { Button } from '../../components/Button.tsx';
import { Chip } from '../../components/Chip.tsx';
import { useApp } from '../../stores/app.ts';
import { EndpointEditor } from './EndpointEditor.tsx';
import { keyText } from './endpoint-form.ts';

/** All endpoints, and the chosen one beside them. */
export function Endpoints({
  add,
  onSaved,
}: {
  readonly add: boolean;
  readonly onSaved: (endpoint: EndpointInfo) => void;
}) {
  const endpoints = useApp((state) => state.endpoints);
  const [chosen, setChosen] = useState<EndpointId | 'new' | null>(
    add ? 'new' : (endpoints.find(({ builtIn }) => !builtIn)?.id ?? endpoints[0]?.id ?? 'new'),
  );
  const endpoint = endpoints.find(({ id }) => id === chosen);
  return (
    <div className="endpoints">
      <div className="endpoints-list">
        <ul aria-label="Endpoints">
          {endpoints.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                className={one.id === chosen ? 'endpoint chosen' : 'endpoint'}
                aria-current={one.id === chosen}
                onClick={() => setChosen(one.id)}
              >
                <b className="cut">{one.name}</b>
                <Chip>{one.builtIn ? 'built in' : one.type}</Chip>
                <span className="cut mono quiet">{one.baseUrl}</span>
                {!one.builtIn && <span className="quiet">{one.key.configured ? keyText(one.key) : 'no key'}</span>}
              </button>
            </li>
          ))}
        </ul>
        <Button icon={Plus} look="line" aria-pressed={chosen === 'new'} onClick={() => setChosen('new')}>
          Add an endpoint
        </Button>
      </div>
      {endpoint || chosen === 'new' ? (
        <EndpointEditor
          key={chosen}
          {...(endpoint && { endpoint })}
          onSaved={(saved) => {
            setChosen(saved.id);
            onSaved(saved);
          }}
          onRemoved={() => setChosen(null)}
        />
      ) : (
        <p className="settings-wait">Choose an endpoint, or add one.</p>
      )}
    </div>
  );
}
