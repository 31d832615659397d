import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * The client's address: the peer, or what the trusted proxies say. Each of them appends the address
 * it was called from, so the entries are counted from the right; what stands further left was
 * written by the client and means nothing. An entry that holds no address (RFC 7239, 6: `unknown`, a
 * made-up name, nonsense) never becomes a key of its own: the nearest trusted address after it counts.
 *
 * @param peer the address of the TCP connection
 * @param forwardedFor the X-Forwarded-For header
 * @param hops proxies of ours in front (TRUSTED_PROXY_HOPS)
 * @returns the key that limits by address count under: an IPv4 address, the /64 of an IPv6 address, or
 *   `unknown`, which all callers without an address share
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  hops: number,
) {
  const chain = [...(forwardedFor ?? "").split(","), peer ?? ""];
  // A chain that is shorter than it should be has lost a proxy of ours: only the peer is certain.
  const trusted = chain.length > hops ? chain.slice(-1 - hops) : [peer ?? ""];
  for (const node of trusted) {
    const address = addressIn(node.trim());
    if (address) return keyOf(address);
  }
  return "unknown";
}

/** RFC 7239, 6: an IPv6 address stands in brackets, and a port, real or made up, may follow either kind. */
const NODE = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(?:\d{1,5}|_[\w.-]+))?$/;

/** The address that a node names, without port, brackets and zone. */
function addressIn(node: string): string | undefined {
  const [, bracketed, bare] = NODE.exec(node) ?? [];
  // Most proxies append an IPv6 address as it is, without brackets and then without a port.
  const address = bracketed ?? bare ?? node;
  return isIP(address) ? address.replace(/%.*$/, "") : undefined;
}

/**
 * IPv6 ranges that carry an IPv4 address, and the bit at which it begins. Whoever owns that IPv4 address
 * is one caller, by whichever translation the request has come.
 */
const carriers: { range: string; bit: number }[] = [
  // IPv4-mapped, as a dual-stack socket reports IPv4 peers (RFC 4291, 2.5.5.2).
  { range: "::ffff:0:0/96", bit: 96 },
  // Translated by a stateless translator (RFC 2765, 2.1).
  { range: "::ffff:0:0:0/96", bit: 96 },
  // NAT64: the well-known prefix (RFC 6052, 2.1), and the local one (RFC 8215) as a /96 of it is used.
  { range: "64:ff9b::/96", bit: 96 },
  { range: "64:ff9b:1::/48", bit: 96 },
  // 6to4: one IPv4 address owns 65,536 networks of 64 bits (RFC 3056, 2).
  { range: "2002::/16", bit: 16 },
];
const ranges = carriers.map(({ range, bit }) => ({ range: ipaddr.IPv6.parseCIDR(range), bit }));

/** IPv4 as it is; IPv6 by its /64, which is what one household or machine gets. */
function keyOf(address: string): string {
  const parsed = ipaddr.parse(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const carrier = ranges.find(({ range }) => parsed.match(range));
  if (carrier)
    return parsed
      .toByteArray()
      .slice(carrier.bit / 8, carrier.bit / 8 + 4)
      .join(".");
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(":")}::/64`;
}
