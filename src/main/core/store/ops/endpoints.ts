/** The endpoints that people entered; their keys are not here. */
import type { EndpointId } from '../../../../shared/model/ids.ts';
import type { Connection } from '../connection.ts';
import { readOnly } from '../lookup.ts';
import { endpointColumns, endpointOf, type EndpointColumns } from '../rows.ts';
import type { StoredEndpoint } from '../stored.ts';
import { query, write } from './operation.ts';

const ALL = 'SELECT id, name, base_url, type, provider_name, limits, lends_key FROM endpoints ORDER BY nr';

export const endpoints = query({
  run: (db: Connection) => db.all<EndpointColumns>(ALL),
  layered: (own, stored) => [...new Map([...stored(), ...own()].map((row) => [row.id, row])).values()],
  result: (rows): readonly StoredEndpoint[] => rows.map(endpointOf),
});

const SAVE = `INSERT INTO endpoints (id, name, base_url, type, provider_name, limits, lends_key)
  VALUES (:id, :name, :base_url, :type, :provider_name, :limits, :lends_key)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, base_url = excluded.base_url, type = excluded.type,
    provider_name = excluded.provider_name, limits = excluded.limits, lends_key = excluded.lends_key`;

export const saveEndpoint = write({
  params: (endpoint: StoredEndpoint): [EndpointColumns] => [endpointColumns(endpoint)],
  run: ({ db }, endpoint: EndpointColumns): void => {
    db.run(SAVE, endpoint);
  },
});

const REMOVE = 'DELETE FROM endpoints WHERE id = ?';

export const removeEndpoint = write({
  run: ({ db, isBelow }, id: EndpointId): void => {
    if (isBelow('endpoints', id)) throw readOnly();
    db.run(REMOVE, id);
  },
});
