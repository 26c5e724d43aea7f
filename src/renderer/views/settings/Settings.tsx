import { useState } from 'react';
import type { EndpointInfo } from '../../../shared/rpc/contract.ts';
import { Dialog } from '../../components/Dialog.tsx';
import { Tabs } from '../../components/Tabs.tsx';
import { closeOverlay } from '../../stores/app.ts';
import type { OverlayProps } from '../view.ts';
import { About } from './About.tsx';
import { AdapterDefaults } from './AdapterDefaults.tsx';
import { Endpoints } from './Endpoints.tsx';
import { General } from './General.tsx';
import { Storage } from './Storage.tsx';
import './settings.css';

const TABS = [
  { id: 'general', title: 'General' },
  { id: 'endpoints', title: 'Endpoints' },
  { id: 'adapters', title: 'Adapter options' },
  { id: 'storage', title: 'Storage' },
  { id: 'about', title: 'About' },
] as const;

export function Settings({ input }: OverlayProps<'settings'>) {
  const { tab = 'general', add = false, done } = input ?? {};
  const [chosen, setChosen] = useState<string>(tab);
  const [saved, setSaved] = useState<EndpointInfo | null>(null);
  const leave = () => (done ? done(saved) : closeOverlay());
  return (
    <Dialog
      title="Settings"
      className="settings"
      onClose={leave}
      initialFocus={(popup) => popup.querySelector(add ? '.endpoint-form input' : '[role="tab"][aria-selected="true"]')}
    >
      <Tabs tabs={TABS} chosen={chosen} onChoose={setChosen} label="Settings">
        {chosen === 'general' && <General />}
        {chosen === 'endpoints' && (
          <Endpoints
            add={add}
            onSaved={(endpoint) => {
              setSaved(endpoint);
              // Whoever came only to add one is done.
              if (add && done) done(endpoint);
            }}
          />
        )}
        {chosen === 'adapters' && <AdapterDefaults />}
        {chosen === 'storage' && <Storage />}
        {chosen === 'about' && <About />}
      </Tabs>
    </Dialog>
  );
}
