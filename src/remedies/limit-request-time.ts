// Don't wait long for a request that doesn't come: frees the workers that slow clients hold.
import type { Preview, Remedy } from '../model/remedy.ts';
import { apacheFile, apacheUndo, forApache, forNginx, nginxFile, nginxUndo } from './shell.ts';

const NAME = 'seawall-request-time';

export const limitRequestTime: Remedy<'limit-request-time'> = {
  kind: 'limit-request-time',

  preview(_plan, host): Preview {
    return {
      title: 'Give a client 10 seconds to send its request, and longer only while it keeps sending',
      commands: [
        ...forApache(host, [
          'a2enmod -q reqtimeout',
          ...apacheFile(NAME, [
            'RequestReadTimeout header=10-20,MinRate=500 body=10,MinRate=500',
            'KeepAliveTimeout 2',
          ]),
        ]),
        ...forNginx(host, [
          ...nginxFile(NAME, [
            'client_header_timeout 10s;',
            'client_body_timeout 10s;',
            'reset_timedout_connection on;',
          ]),
          '# If nginx -t says "directive is duplicate", change the line where it stands already.',
        ]),
        '# Uploads over slow lines keep working: the body gets longer as long as 500 bytes a second arrive (nginx: one read in 10 s).',
        ...forApache(host, ['# mpm_event waits for requests with far fewer workers than mpm_prefork.']),
      ],
      undo: [...forApache(host, apacheUndo(NAME)), ...forNginx(host, nginxUndo(NAME))],
    };
  },

  /** Requests that never came are hardly in the log. */
  reach: () => undefined,
};
