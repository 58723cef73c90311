// Whose request it is: see src/engine/client.ts.
import { addressOf, describeAddress, forwardedAddress } from './host.ts';
import { copy, reserve } from './memory.ts';
import { create, Fact, find, intern, Kind, Name } from './names.ts';
import { Line } from './record.ts';
import { hash32 } from './text.ts';

/** A bit for each first 16 bits of an address in which a proxy may stand: IPv4, then IPv6. */
export const proxies4: usize = memory.data(8192);
export const proxies6: usize = memory.data(8192);
/** Whether a filter asks for addresses. */
let asksAddress: bool = false;

export function askForAddresses(asks: bool): void {
  asksAddress = asks;
}

/** Whose request the line is. */
export function clientName(line: Line): u32 {
  let address = line.addressName;
  if (address == 0) address = find(Kind.Address, line.client, line.clientLength, line.clientHash);
  if (address == 0) address = newAddress(line.client, line.clientLength, line.clientHash);
  if (address == 0) {
    const alias = find(Kind.Client, line.client, line.clientLength, line.clientHash);
    address = alias ? changetype<Name>(alias).link : newClient(line.client, line.clientLength, line.clientHash);
  }
  return (changetype<Name>(address).facts & Fact.Trusted) != 0
    ? behind(address, line.forwarded, line.forwardedLength)
    : address;
}

/** The name of an address in its one spelling, or of a host. */
export function addressName(text: usize, length: u32): u32 {
  const hash = hash32(text, length);
  const known = find(Kind.Address, text, length, hash);
  if (known) return known;
  const plain = newAddress(text, length, hash);
  if (plain) return plain;
  const made = create(Kind.Address, text, length, hash);
  changetype<Name>(made).facts = <u8>describeAddress(made);
  return made;
}

/** 0 when it is not surely in its one spelling. */
function newAddress(text: usize, length: u32, hash: u32): u32 {
  const ipv4 = ipv4Network(text, length);
  const network = ipv4 ? ipv4 : ipv6Network(text, length);
  if (network == 0) return 0;
  const made = create(Kind.Address, text, length, hash);
  changetype<Name>(made).link = intern(Kind.Network, networkText, network);
  if (asksAddress || mayBeProxy) changetype<Name>(made).facts = <u8>describeAddress(made);
  return made;
}

function newClient(text: usize, length: u32, hash: u32): u32 {
  const address = addressOf(text, length);
  // Its own spelling may have been the right one.
  if (!find(Kind.Address, text, length, hash)) changetype<Name>(create(Kind.Client, text, length, hash)).link = address;
  return address;
}

const networkText: usize = memory.data(64);
let mayBeProxy: bool = false;

/** Writes the /24 of an address in the one right spelling, and returns its length; 0 for anything else. */
function ipv4Network(text: usize, length: u32): u32 {
  if (length < 7 || length > 15) return 0;
  const end = text + length;
  let at = text;
  let bits: u32 = 0;
  let third: usize = 0;
  for (let octet: u32 = 0; octet < 4; octet++) {
    const begin = at;
    let value: u32 = 0;
    while (at < end) {
      const digit = <u32>load<u8>(at) - 0x30;
      if (digit > 9) break;
      value = value * 10 + digit;
      at++;
    }
    const digits = at - begin;
    if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && load<u8>(begin) == 0x30)) return 0;
    bits = (bits << 8) | value;
    if (octet == 2) third = at;
    if (octet < 3) {
      if (at >= end || load<u8>(at) != 0x2e) return 0;
      at++;
    }
  }
  if (at != end) return 0;
  mayBeProxy = (load<u8>(proxies4 + (bits >>> 19)) & (1 << ((bits >>> 16) & 7))) != 0;
  const kept = <u32>(third - text);
  copy(networkText, text, kept);
  // `.0/24`
  store<u32>(networkText + kept, 0x322f302e);
  store<u8>(networkText + kept + 4, 0x34);
  return kept + 5;
}

const groups: usize = memory.data(16, 2);

function groupAt(i: u32): u32 {
  return load<u16>(groups + (i << 1));
}

/** The same with the /64, for an IPv6 address that is spelled as RFC 5952 wants it. */
function ipv6Network(text: usize, length: u32): u32 {
  if (length < 2 || length > 39) return 0;
  const end = text + length;
  let at = text;
  let count: u32 = 0;
  let gap: i32 = -1;
  if (load<u16>(at) == 0x3a3a) {
    gap = 0;
    at += 2;
  }
  while (at < end) {
    const begin = at;
    let value: u32 = 0;
    while (at < end) {
      const byte = <u32>load<u8>(at);
      if (byte - 0x30 < 10) value = (value << 4) | (byte - 0x30);
      else if (byte - 0x61 < 6) value = (value << 4) | (byte - 0x57);
      else break;
      at++;
    }
    const digits = at - begin;
    if (digits == 0 || digits > 4 || (digits > 1 && load<u8>(begin) == 0x30) || count == 8) return 0;
    store<u16>(groups + (count++ << 1), <u16>value);
    if (at == end) break;
    if (load<u8>(at) != 0x3a || ++at == end) return 0;
    if (load<u8>(at) != 0x3a) continue;
    if (gap >= 0) return 0;
    gap = count;
    at++;
  }
  if (gap < 0 ? count != 8 || longestZeros(0, 8) > 1 : count > 6 || !isRightGap(<u32>gap, count)) return 0;
  if (gap >= 0) fillGap(<u32>gap, count);
  // An IPv4 address in disguise goes by that.
  if (groupAt(5) == 0xffff && longestZeros(0, 5) == 5) return 0;
  const first = groupAt(0);
  mayBeProxy = (load<u8>(proxies6 + (first >>> 3)) & (1 << (first & 7))) != 0;
  return writeNetwork();
}

/** Of the groups from one to another, how many zeros stand together at most. */
function longestZeros(from: u32, to: u32): u32 {
  let longest: u32 = 0;
  let run: u32 = 0;
  for (let i = from; i < to; i++) {
    run = groupAt(i) == 0 ? run + 1 : 0;
    longest = max(longest, run);
  }
  return longest;
}

/** The longest run of zeros is left out, the first of equal ones, and all of it. */
function isRightGap(gap: u32, count: u32): bool {
  const zeros: u32 = 8 - count;
  if ((gap > 0 && groupAt(gap - 1) == 0) || (gap < count && groupAt(gap) == 0)) return false;
  return longestZeros(0, gap) < zeros && longestZeros(gap, count) <= zeros;
}

function fillGap(gap: u32, count: u32): void {
  for (let i: u32 = 1; i <= count - gap; i++) store<u16>(groups + ((8 - i) << 1), <u16>groupAt(count - i));
  for (let i = gap; i < gap + 8 - count; i++) store<u16>(groups + (i << 1), 0);
}

function writeNetwork(): u32 {
  let kept: u32 = 4;
  while (kept > 0 && groupAt(kept - 1) == 0) kept--;
  let length: u32 = 0;
  for (let i: u32 = 0; i < kept; i++) {
    if (i > 0) store<u8>(networkText + length++, 0x3a);
    const value = groupAt(i);
    for (let shift: i32 = value > 0xfff ? 12 : value > 0xff ? 8 : value > 0xf ? 4 : 0; shift >= 0; shift -= 4) {
      const digit = (value >>> shift) & 15;
      store<u8>(networkText + length++, <u8>(digit < 10 ? 0x30 + digit : 0x57 + digit));
    }
  }
  // `::/64`
  store<u32>(networkText + length, 0x362f3a3a);
  store<u8>(networkText + length + 4, 0x34);
  return length + 5;
}

const PEERS_MAX: u32 = 1000;
export const PEER_SIZE: u32 = 12;
/** Trusted proxies: name, requests whose forwarded address was believed, requests without one. */
export const peers: usize = reserve(PEERS_MAX * PEER_SIZE);
export let peerCount: u32 = 0;

/** Whose request it is that came through a proxy. */
function behind(proxy: u32, forwarded: usize, forwardedLength: u32): u32 {
  let address: u32 = 0;
  if (forwarded) {
    const hash = hash32(forwarded, forwardedLength);
    let list = find(Kind.Forwarded, forwarded, forwardedLength, hash);
    if (list == 0) {
      list = create(Kind.Forwarded, forwarded, forwardedLength, hash);
      changetype<Name>(list).link = forwardedAddress(forwarded, forwardedLength);
    }
    address = changetype<Name>(list).link;
  }
  note(proxy, address != 0);
  return address ? address : proxy;
}

function note(proxy: u32, believed: bool): void {
  let peer: usize = 0;
  for (let i: u32 = 0; i < peerCount; i++) {
    if (load<u32>(peers + i * PEER_SIZE) == proxy) {
      peer = peers + i * PEER_SIZE;
      break;
    }
  }
  if (peer == 0) {
    if (peerCount == PEERS_MAX) return;
    peer = peers + peerCount++ * PEER_SIZE;
    store<u32>(peer, proxy);
  }
  const at = peer + (believed ? 4 : 8);
  store<u32>(at, load<u32>(at) + 1);
}
