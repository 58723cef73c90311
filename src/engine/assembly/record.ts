// What a line of an access log says: places in memory, figures, and the names of what stands there.

/** One line, taken apart. Places are 0, and figures -1, where there is nothing. */
// biome-ignore format: one field a line tells the layout
@unmanaged
export class Line {
  moment: f64;
  bytes: f64;
  durationMs: f64;
  upstreamMs: f64;
  requestBytes: f64;
  /** What is quoted of it. */
  start: usize;
  length: u32;
  number: u32;
  status: u32;
  client: usize;
  clientLength: u32;
  clientHash: u32;
  method: usize;
  methodLength: u32;
  path: usize;
  pathLength: u32;
  pathHash: u32;
  /** Where the target ends that the path begins. */
  targetEnd: usize;
  protocol: usize;
  protocolLength: u32;
  /** The host of the page that led here. */
  referer: usize;
  refererLength: u32;
  agent: usize;
  agentLength: u32;
  host: usize;
  hostLength: u32;
  forwarded: usize;
  forwardedLength: u32;
  targetHash: u32;
  /** Where its query begins, when it has one. */
  query: usize;
  /** The query may hold what attackers use. */
  isOdd: u32;
  isQueryProbe: u32;
  hasOtherAction: u32;
  // Names, once they were looked up; 0 for what the request has not.
  addressName: u32;
  pathName: u32;
  shapeName: u32;
  methodName: u32;
  agentName: u32;
  refererName: u32;
  hostName: u32;
  endpointName: u32;
}

export const LINE_SIZE: u32 = offsetof<Line>();
