// The live remedies of services, by kind; those that keep addresses out are made where it is known who must not be.
import type { LiveRemedy } from '../../model/act.ts';
import type { RemedyKind } from '../../model/remedy.ts';
import { denyEndpointLive } from './deny-endpoint.ts';
import { limitEndpointLive } from './limit-endpoint.ts';
import { limitWorkersLive } from './limit-workers.ts';
import { repairTablesLive } from './repair-tables.ts';
import { restartWebLive } from './restart-web.ts';
import { startServiceLive } from './start-service.ts';

export const SERVICE_REMEDIES: { readonly [K in RemedyKind]?: LiveRemedy<K> } = {
  'restart-web': restartWebLive,
  'start-service': startServiceLive,
  'repair-tables': repairTablesLive,
  'deny-endpoint': denyEndpointLive,
  'limit-endpoint': limitEndpointLive,
  'limit-workers': limitWorkersLive,
};
