// What a web server's configuration says that bears on a diagnosis: sites, logs, limits, the page of its state.
import type { Site } from '../../../config/site.ts';

export interface LogFile {
  readonly path: string;
  readonly kind: 'access' | 'error';
  /** The format as it is written in the configuration, where it says one. */
  readonly format?: string;
}

export interface WebConfig {
  readonly server: 'apache' | 'nginx';
  /** The file that it begins with. */
  readonly main: string;
  readonly sites: readonly Site[];
  readonly logs: readonly LogFile[];
  /** Requests that are worked on at once, at most: MaxRequestWorkers, or worker_processes x worker_connections. */
  readonly workersMax?: number;
  /** prefork, worker, event. */
  readonly mpm?: string;
  /** Path of Apache's server-status page, where it is on. */
  readonly statusPath?: string;
  /** Directives and files that could not be read. */
  readonly unread: number;
}
