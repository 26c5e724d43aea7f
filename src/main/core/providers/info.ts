/** `providers.list`: what the window says of the providers and of the kinds of server, as the registry has it. */
import { endpointKinds, PROVIDERS } from '../../../shared/providers/registry.ts';
import type { ProvidersInfo } from '../../../shared/rpc/contract.ts';

export const providersInfo = (): ProvidersInfo => ({
  providers: [...PROVIDERS.values()].map(({ id, label, chip, endpointKinds: kinds, request }) => ({
    id,
    label,
    chip,
    endpointKinds: kinds.map((kind) => kind.id),
    template: request.template(''),
  })),
  endpointKinds: endpointKinds().map(({ providerName: _providerName, ...facts }) => facts),
});
