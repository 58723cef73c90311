// Writes docs/incident.schema.json from the schema that checks the JSON report: `npm run schema`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { incidentSchemaText } from './incident-schema.ts';

writeFileSync(join(import.meta.dirname, '../../docs/incident.schema.json'), incidentSchemaText());
