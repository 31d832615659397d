import { isIPv6 } from "node:net";

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
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(address)) return address;
  const [left = "", right] = address.split("::");
  const head = left ? left.split(":") : [];
  const tail = right ? right.split(":") : [];
  const zeros = right === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [...head, ...Array<string>(Math.max(zeros, 0)).fill("0"), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
