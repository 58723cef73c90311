// Saying it: findings become a report for a terminal, for a post-mortem, or for a program.
export { captureReport } from './capture.ts';
export { captureData } from './capture-schema.ts';
export { htmlReport } from './html.ts';
export type { Incident } from './incident-schema.ts';
export { jsonReport, jsonText } from './json.ts';
export { liveData, liveLine, liveScreen } from './live.ts';
export { markdownReport } from './markdown.ts';
export { packetsData, packetsReport } from './packets.ts';
export { terminalAnswer, terminalReport } from './terminal.ts';
export { trafficCsv } from './traffic/csv.ts';
export { trafficData } from './traffic/json.ts';
export { trafficReport } from './traffic.ts';
export { ownersWords } from './words/traffic.ts';
