// A web server of this host, as remedies need to know it: how it is run, what its configuration says, which sites it serves.
import type { ApacheTree } from '../../../config/apache.ts';
import type { NginxTree } from '../../../config/nginx.ts';
import type { Site as ConfiguredSite } from '../../../config/site.ts';
import type { Service } from '../../../model/act.ts';
import type { Manager } from '../manager.ts';
import type { LiveProcess } from '../processes.ts';

/** A site that can be asked: its name, or that of the host; its address, or loopback where it listens everywhere. */
export interface Site extends ConfiguredSite {
  readonly address: string;
}

const SITES_MAX = 500;

export function askable(sites: readonly ConfiguredSite[]): readonly Site[] {
  return sites
    .slice(0, SITES_MAX)
    .map((site) => ({ ...site, name: site.name || 'localhost', address: site.address ?? '127.0.0.1' }));
}

interface Common {
  readonly service: Service;
  readonly manager: Manager;
  /** Its main process, when it runs. */
  readonly main?: LiveProcess;
  readonly version: string;
  /** What the configuration test says when the configuration is broken. */
  readonly broken?: string;
  readonly sites: readonly Site[];
}

export interface Apache extends Common {
  readonly kind: 'apache';
  /** "event", "worker", "prefork". */
  readonly mpm: string;
  readonly modules: ReadonlySet<string>;
  readonly tree: ApacheTree;
  readonly mainFile: string;
  /** A folder whose `*.conf` are read for the whole server. */
  readonly folder?: string;
}

export interface Nginx extends Common {
  readonly kind: 'nginx';
  readonly tree: NginxTree;
  readonly mainFile: string;
  /** A folder whose `*.conf` are read in the context `http`. */
  readonly folder?: string;
}

export type WebServer = Apache | Nginx;

/** What a configuration test said against it, shortened; `undefined` when it passed. */
export function complaintOf(result: {
  code?: number;
  stdout: string;
  stderr: string;
  failure?: string;
}): string | undefined {
  if (result.code === 0) return undefined;
  if (result.failure !== undefined) return `the test ended with: ${result.failure}`;
  const lines = `${result.stderr}\n${result.stdout}`.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => line !== '' && !/^AH00558|^Action '|error log may have more/.test(line));
  return telling.slice(0, 3).join(' ').slice(0, 400) || `the test ended with exit code ${result.code}`;
}
