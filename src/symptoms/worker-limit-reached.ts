// The configured maximum of workers is reached, as the web server's or PHP-FPM's log says.
import type { Symptom } from '../model/symptom.ts';
import type { Detector } from './view/detector.ts';
import { eventSpan, eventsOf, quotes, totalOf } from './view/events.ts';

export const workerLimitReached: Detector<'worker-limit-reached'> = {
  id: 'worker-limit-reached',
  detect(dossier) {
    const found: Symptom<'worker-limit-reached'>[] = [];
    const web = eventsOf(dossier, 'web', (event) =>
      ['worker-limit-reached', 'scoreboard-full', 'connections-exhausted'].includes(event.what),
    );
    const [first] = web;
    if (first) {
      const server = first.server === 'other' ? 'other' : first.server;
      const setting = first.what === 'connections-exhausted' ? 'worker_connections' : 'MaxRequestWorkers';
      found.push({
        id: 'worker-limit-reached',
        span: eventSpan(web),
        certainty: 'observed',
        measure: { server, setting, times: totalOf(web) },
        evidence: quotes(web),
      });
    }
    const fpm = eventsOf(dossier, 'fpm', (event) => event.what === 'max-children-reached');
    const [pool] = fpm;
    if (pool) {
      found.push({
        id: 'worker-limit-reached',
        span: eventSpan(fpm),
        certainty: 'observed',
        measure: {
          server: 'php-fpm',
          setting: pool.pool === undefined ? 'pm.max_children' : `pm.max_children of pool ${pool.pool}`,
          times: totalOf(fpm),
          ...(pool.limit !== undefined && { limit: pool.limit }),
        },
        evidence: quotes(fpm),
      });
    }
    return found;
  },
};
