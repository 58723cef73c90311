// The tables of the whole record.
import { newPairTable, newTable, settle } from './groups.ts';

export const networks: usize = newTable(4096, 1024);
export const endpoints: usize = newTable(16_384, 1024);
export const agents: usize = newTable(2048, 512);
export const referers: usize = newTable(1024, 256);
export const hosts: usize = newTable(512, 128);
export const methods: usize = newTable(512, 128);
export const statuses: usize = newTable(512, 128);
/** Of what is asked for: pairs are many. */
export const groups: usize = newPairTable(4096);

/** Leaves of all what is told. */
export function settleAll(): void {
  settle(networks);
  settle(endpoints);
  settle(agents);
  settle(referers);
  settle(hosts);
  settle(methods);
  settle(statuses);
}
