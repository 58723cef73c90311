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
  changetype<Name>(made).facts = describeAddress(made);
  return made;
}

/** 0 when it is not surely in its one spelling. */
function newAddress(text: usize, length: u32, hash: u32): u32 {
  const ipv4 = ipv4Network(text, length);
  const network = ipv4 ? ipv4 : ipv6Network(text, length);
  if (network == 0) return 0;
  const made = create(Kind.Address, text, length, hash);
  changetype<Name>(made).link = intern(Kind.Network, networkText, network);
  if (asksAddress || mayBeProxy) changetype<Name>(made).facts = describeAddress(made);
  return made;
}

function newClient(text: usize, length: u32, hash: u32): u32 {
  const plain = newAddress(text, length, hash);
  if (plain) return plain;
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

/** The same with the /64, for eight groups of which none begins with a zero: there is but one way to write such an address. */
function ipv6Network(text: usize, length: u32): u32 {
  if (length < 15 || length > 39) return 0;
  const end = text + length;
  let at = text;
  let first: u32 = 0;
  let fourth: usize = 0;
  for (let group: u32 = 0; group < 8; group++) {
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
    if (digits == 0 || digits > 4 || load<u8>(begin) == 0x30) return 0;
    if (group == 0) first = value;
    if (group == 3) fourth = at;
    if (group < 7) {
      if (at >= end || load<u8>(at) != 0x3a) return 0;
      at++;
    }
  }
  if (at != end) return 0;
  mayBeProxy = (load<u8>(proxies6 + (first >>> 3)) & (1 << (first & 7))) != 0;
  const kept = <u32>(fourth - text);
  copy(networkText, text, kept);
  // `::/64`
  store<u32>(networkText + kept, 0x362f3a3a);
  store<u8>(networkText + kept + 4, 0x34);
  return kept + 5;
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
