import ipaddr from "ipaddr.js";

/**
 * The client's address: the peer, or what the trusted proxies say. Each of them appends the address
 * it was called from, so the entries are counted from the right; what stands further left was
 * written by the client and means nothing.
 *
 * @param peer the address of the TCP connection
 * @param forwardedFor the X-Forwarded-For header
 * @param hops proxies of ours in front (TRUSTED_PROXY_HOPS)
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  hops: number,
) {
  const chain = [...(forwardedFor ?? "").split(",").map((item) => item.trim()), peer ?? ""];
  return canonical(chain.at(-1 - hops) || peer || "unknown");
}

/** IPv4-mapped IPv6 as IPv4; other IPv6 by its /64, which is what one household or machine gets. */
function canonical(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(":")}::/64`;
}
