// The tables of the whole record.
import { newPairTable, newTable } from './groups.ts';

export const networks: usize = newTable(4096);
export const endpoints: usize = newTable(4096);
export const agents: usize = newTable(2048);
export const referers: usize = newTable(1024);
export const hosts: usize = newTable(512);
export const methods: usize = newTable(512);
export const statuses: usize = newTable(512);
/** Of what is asked for: pairs are many. */
export const groups: usize = newPairTable(4096);
