// Writes the schemas in docs/ from those that check the JSON reports: `npm run schema`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { captureSchemaText } from './capture-schema.ts';
import { incidentSchemaText } from './incident-schema.ts';
import { responseSchemaText } from './response-schema.ts';
import { trafficSchemaText } from './traffic-schema.ts';

const docs = join(import.meta.dirname, '../../docs');
writeFileSync(join(docs, 'incident.schema.json'), incidentSchemaText());
writeFileSync(join(docs, 'traffic.schema.json'), trafficSchemaText());
writeFileSync(join(docs, 'capture.schema.json'), captureSchemaText());
writeFileSync(join(docs, 'response.schema.json'), responseSchemaText());
