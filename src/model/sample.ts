// The state of the host at one moment, from a sampler, a live host, or a person's `ps`, `top`, `free`, `df`, `ss`.
import type { Evidence } from './evidence.ts';
import type { EpochMs } from './time.ts';

/** Load averages over 1, 5 and 15 minutes. */
export type LoadAverage = readonly [number, number, number];

/** kB, as /proc/meminfo has it; a missing figure is `undefined`, never 0. */
export interface MemoryState {
  readonly totalKb?: number;
  readonly freeKb?: number;
  readonly availableKb?: number;
  readonly cachedKb?: number;
  readonly anonKb?: number;
  readonly swapTotalKb?: number;
  readonly swapFreeKb?: number;
}

/** Share of time in percent, `avg10` of PSI (Documentation/accounting/psi.rst). */
export interface PressureState {
  readonly cpuSome?: number;
  readonly memorySome?: number;
  readonly memoryFull?: number;
  readonly ioSome?: number;
  readonly ioFull?: number;
}

export interface ProcessState {
  readonly pid: number;
  readonly ppid?: number;
  readonly user?: string;
  /** One letter as `ps` has it: R, S, D, Z, T. */
  readonly state?: string;
  /** Seconds since it began. */
  readonly elapsedS?: number;
  readonly rssKb?: number;
  readonly pssKb?: number;
  readonly swapKb?: number;
  /** Badness in thousandths of the memory, 0 to 1000. */
  readonly oomScore?: number;
  /** Percent of one core, as `ps` and `top` print it. */
  readonly cpuPercent?: number;
  /** The command line, or the name alone. */
  readonly args: string;
}

/** All processes of one program in one sample. */
export interface ProgramState {
  /** The program's name: "php-cgi", "mariadbd", "php-fpm" (pool workers only: the master is in `masters`). */
  readonly name: string;
  readonly count: number;
  /** Sum of RSS; shared pages count once a process. Absent when no process told. */
  readonly rssKb?: number;
  /** Where only some processes told: their mean for each. */
  readonly pssKb?: number;
  readonly swapKb?: number;
  readonly largestRssKb?: number;
  readonly largestPid?: number;
  readonly users: readonly string[];
  /** Processes in state D, R, Z. */
  readonly blocked: number;
  readonly running: number;
  readonly zombies: number;
  /** Seconds since the begin of the oldest and of the median process. */
  readonly oldestS?: number;
  readonly medianS?: number;
  readonly maxOomScore?: number;
}

export interface ConnectionState {
  /** The address on the other side, canonical. */
  readonly peer: string;
  /** As `ss` names it: ESTAB, SYN-RECV, TIME-WAIT, CLOSE-WAIT, SYN-SENT ... */
  readonly state: string;
  readonly count: number;
  /** Our own port, where told. */
  readonly localPort?: number;
  readonly peerPort?: number;
}

export interface ProbeState {
  readonly url: string;
  /** Absent when there was no answer. */
  readonly status?: number;
  readonly ms: number;
  /** The first characters of the answer. */
  readonly body?: string;
}

export interface DatabaseState {
  readonly alive: boolean;
  readonly threadsConnected?: number;
  readonly threadsRunning?: number;
  readonly maxUsedConnections?: number;
  readonly maxConnections?: number;
  readonly abortedConnects?: number;
}

/** One file system, as `df` or `df -i` prints it. */
export interface DiskState {
  readonly mount: string;
  readonly device?: string;
  readonly sizeKb?: number;
  readonly availableKb?: number;
  readonly inodes?: number;
  readonly inodesFree?: number;
}

/** What a file or folder takes, with all that lies in it, as `du` prints it. */
export interface DiskUse {
  readonly path: string;
  readonly kb?: number;
  readonly inodes?: number;
}

/** Pages per second in and out of swap. */
export interface SwapActivity {
  readonly inPerS: number;
  readonly outPerS: number;
}

/** A request that has not been answered yet: it holds a worker, or waits for one. The access log will have it when it ends. */
export interface InFlightRequest {
  /**
   * Who told of it: the environment of a CGI process, the status of PHP-FPM or Apache, or the socket of a client that has
   * asked and was not answered yet.
   */
  readonly seenBy: 'cgi' | 'fpm' | 'apache' | 'socket';
  /** Canonical address; absent where who told of it does not know (PHP-FPM). */
  readonly client?: string;
  readonly method?: string;
  /** Path and query, cut at 200 characters, secrets masked. Hostile. */
  readonly target?: string;
  /** The virtual host that was asked for. Hostile. */
  readonly host?: string;
  /** The user agent, cut at 200 characters. Hostile. */
  readonly agent?: string;
  /** Seconds since it began. */
  readonly forS?: number;
  /** The process that holds it, and its state as `ps` has it. */
  readonly pid?: number;
  readonly state?: string;
}

/** Of one sample. */
export const IN_FLIGHT_MAX = 256;

export interface SampleData {
  readonly cpus?: number;
  readonly load?: LoadAverage;
  /** Seconds since the kernel started. */
  readonly uptimeS?: number;
  readonly memory?: MemoryState;
  readonly pressure?: PressureState;
  readonly processes?: readonly ProcessState[];
  readonly connections?: readonly ConnectionState[];
  /** Connections by state where nobody told the peers (`ss -s`), or there were too many peers to keep. */
  readonly connectionCounts?: readonly { readonly state: string; readonly count: number }[];
  /** Listen queues, where `ss -ltn` told: connections waiting to be accepted and the limit. */
  readonly listen?: readonly { readonly port: number; readonly queued: number; readonly backlog: number }[];
  readonly probe?: ProbeState;
  readonly database?: DatabaseState;
  readonly disks?: readonly DiskState[];
  readonly diskUse?: readonly DiskUse[];
  readonly swapping?: SwapActivity;
  /** What is being worked on, the oldest first, at most `IN_FLIGHT_MAX`; absent when nobody looked. */
  readonly inFlight?: readonly InFlightRequest[];
  /** How many more there were. */
  readonly inFlightMore?: number;
  /** The OOM killer's best candidate (`dstat --top-oom`). */
  readonly oomCandidate?: { readonly name: string; readonly score: number };
}

/** A sample in the dossier: the processes are gathered by program. */
export type Sample = Omit<SampleData, 'processes'> & {
  readonly at: EpochMs;
  readonly programs?: readonly ProgramState[];
  /** The largest processes by RSS, at most eight. */
  readonly largest?: readonly ProcessState[];
  readonly evidence: Evidence;
};
