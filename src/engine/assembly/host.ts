// What the kernel asks its host: all that is asked once of a text, and lines that it does not read itself.

/** Facts of an address that may be a proxy's or that a filter asks for, or of an address whose network is not known; links the network. */
export declare function describeAddress(name: u32): u32;

/** The address of a client that is not spelled as addresses should be. */
export declare function addressOf(text: usize, length: u32): u32;

/** The client's address that a trusted proxy forwards; 0 when there is none. */
export declare function forwardedAddress(text: usize, length: u32): u32;

/** Facts of a path; links what it is called when its numbers are folded. */
export declare function describePath(name: u32): u32;

/** Facts of a query's shape; links what its parameters are called in an endpoint. */
export declare function describeShape(name: u32): u32;

/** Facts of an agent, a host or a method: whether a filter leaves it out. */
export declare function describeText(kind: u32, name: u32): u32;

/** The endpoint of a method, a path and a shape (or 0), where it is too long to be put together here. */
export declare function composeEndpoint(method: u32, path: u32, shape: u32): u32;

export declare function isQueryProbe(text: usize, length: u32): u32;

/** Epoch ms of 26 characters; NaN when they are no time. */
export declare function clfTime(text: usize): f64;

/** Reads a line with the reference parser. */
export declare function readLine(start: usize, end: usize, line: u32): void;
