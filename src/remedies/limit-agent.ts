// Slow a robot down that says who it is: 429 is an answer that well-made crawlers understand (RFC 6585, section 4).
import type { Preview, Reach, Remedy } from '../model/remedy.ts';
import { costOfAgent, reachOf } from './reach.ts';
import { robotToken, slug } from './safe.ts';
import { apacheFile, apacheUndo, forApache, forNginx, nginxFile, nginxUndo } from './shell.ts';

export const limitAgent: Remedy<'limit-agent'> = {
  kind: 'limit-agent',

  preview(plan, host): Preview {
    const token = robotToken(plan.agent);
    if (token === undefined) {
      return {
        title: 'Slow the robot down by its user agent, by hand',
        commands: [
          '# Its user agent has no word that browsers lack, or holds odd characters: it is not repeated here. The evidence quotes it.',
          '# If browsers send the same, limit its addresses in place of its name.',
        ],
        undo: [],
      };
    }
    const name = `seawall-agent-${slug(token)}`;
    const variable = name.replace(/-/g, '_');
    return {
      title: `Answer 429 (too many requests) to the robot ${token}, but let it read robots.txt`,
      commands: [
        '# For good, in robots.txt (many robots obey, some within a day):',
        `#   User-agent: ${token}`,
        '#   Crawl-delay: 10',
        ...forApache(
          host,
          apacheFile(name, [
            `<If "%{HTTP_USER_AGENT} =~ m#${token}#i && %{REQUEST_URI} != '/robots.txt'">`,
            '  Redirect 429',
            '</If>',
          ]),
        ),
        ...forNginx(
          host,
          nginxFile(name, [
            `map $http_user_agent $${variable} { default ""; "~*${token}" all; }`,
            `limit_req_zone $${variable} zone=${variable}:64k rate=30r/m;`,
            `limit_req zone=${variable} burst=5 nodelay;`,
          ]),
        ),
        '# Apache refuses the robot, nginx slows it to a page in two seconds (503, or 429 where limit_req_status says so).',
        `# Proof: curl -s -o /dev/null -w '%{http_code}\\n' -A ${token} https://SITE/ gives 429, without -A 200.`,
      ],
      undo: [...forApache(host, apacheUndo(name)), ...forNginx(host, nginxUndo(name))],
    };
  },

  /** An upper bound: a robot that is slowed, not refused, still gets some. Nobody else sends its name. */
  reach(plan, traffic): Reach | undefined {
    const token = robotToken(plan.agent);
    return token === undefined ? undefined : reachOf(traffic, costOfAgent(traffic, token), []);
  },
};
