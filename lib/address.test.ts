import { isIP, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientAddress } from "./address";

const keyOf = (peer: string) => clientAddress(peer, undefined, 0);

const group = fc.oneof(fc.constantFrom(0, 0, 1), fc.integer({ min: 0, max: 0xffff }));
const half = fc.array(group, { minLength: 4, maxLength: 4 });
/** The network half of an IPv6 address: not ::/64, where the IPv4-mapped ones are, and not of 6to4. */
const network = half.filter((groups) => groups.some((n) => n !== 0) && groups[0] !== 0x2002);

interface Spelling {
  capitals: boolean;
  /** Digits that each group is padded to. */
  digits: number;
  /** Writes the last two groups as an IPv4 address does. */
  dotted: boolean;
  /** Which run of zeros is left out, where there is one. */
  gap: number;
  zone: string;
}
const spelling: fc.Arbitrary<Spelling> = fc.record({
  capitals: fc.boolean(),
  digits: fc.integer({ min: 1, max: 4 }),
  dotted: fc.boolean(),
  gap: fc.nat({ max: 8 }),
  zone: fc.constantFrom("", "", "%eth0", "%1"),
});

/** An IPv6 address, spelled as RFC 4291, section 2.2 lets one. */
function spell(address: number[], { capitals, digits, dotted, gap, zone }: Spelling): string {
  const parts = address.map((n) => n.toString(16).padStart(digits, "0"));
  if (dotted) {
    const [high = 0, low = 0] = address.slice(6);
    parts.splice(6, 2, [high >> 8, high & 255, low >> 8, low & 255].join("."));
  }
  const zeros = parts.map((part) => /^0+$/.test(part));
  const runs = zeros.flatMap((zero, i) => (zero && !zeros[i - 1] ? [i] : []));
  const from = runs[gap];
  let text = parts.join(":");
  if (from !== undefined) {
    const end = zeros.indexOf(false, from);
    const rest = end < 0 ? [] : parts.slice(end);
    text = `${parts.slice(0, from).join(":")}::${rest.join(":")}`;
  }
  return (capitals ? text.toUpperCase() : text) + zone;
}

describe("clientAddress", () => {
  it("is the peer's where no proxy is trusted, whatever X-Forwarded-For says", () => {
    fc.assert(
      fc.property(fc.option(fc.string(), { nil: undefined }), fc.ipV4(), (forged, peer) => {
        expect(clientAddress(peer, forged, 0)).toBe(peer);
      }),
    );
  });

  it("counts trusted proxies from the right: what the client wrote changes nothing", () => {
    const chain = fc.array(fc.ipV4(), { minLength: 1, maxLength: 4 });
    const forged = fc.array(fc.oneof(fc.ipV4(), fc.constantFrom("", "unknown", "a, b", "::1")));
    fc.assert(
      fc.property(forged, chain, fc.ipV4(), (left, trusted, peer) => {
        const header = [...left, ...trusted].join(", ");
        expect(clientAddress(peer, header, trusted.length)).toBe(trusted[0]);
      }),
    );
  });

  it("is the peer's where the proxies added less than they should", () => {
    expect(clientAddress("10.0.0.1", undefined, 1)).toBe("10.0.0.1");
    expect(clientAddress("10.0.0.1", "", 1)).toBe("10.0.0.1");
    expect(clientAddress("10.0.0.1", "192.0.2.1", 2)).toBe("10.0.0.1");
    expect(clientAddress(undefined, undefined, 0)).toBe("unknown");
  });

  it("takes blanks around the entries, or none", () => {
    expect(clientAddress("10.0.0.1", "192.0.2.1 ,198.51.100.7", 1)).toBe("198.51.100.7");
    expect(clientAddress("10.0.0.1", " 192.0.2.1  ,198.51.100.7", 2)).toBe("192.0.2.1");
  });
});

describe("the key of an address", () => {
  it("is the IPv4 address for IPv4-mapped IPv6, as a dual-stack socket reports it", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.boolean(), (address, capitals) => {
        expect(keyOf(capitals ? `::FFFF:${address}` : `::ffff:${address}`)).toBe(address);
      }),
    );
  });

  it("is the IPv4 address for IPv4-mapped IPv6 in every other spelling", () => {
    fc.assert(
      fc.property(fc.ipV4(), spelling, (address, how) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const mapped = [0, 0, 0, 0, 0, 0xffff, a * 256 + b, c * 256 + d];
        expect(keyOf(spell(mapped, { ...how, zone: "" }))).toBe(address);
      }),
    );
  });

  it("is one for all addresses of a /64, in every spelling", () => {
    fc.assert(
      fc.property(network, half, half, spelling, spelling, (net, one, other, a, b) => {
        const mine = spell([...net, ...one], { ...a, dotted: false });
        const neighbour = spell([...net, ...other], { ...b, dotted: false });
        expect([mine, neighbour].filter((text) => !isIPv6(text))).toEqual([]);
        expect(keyOf(mine)).toBe(keyOf(neighbour));
      }),
      { numRuns: 1_000 },
    );
  });

  it("is another for another /64", () => {
    fc.assert(
      fc.property(network, network, half, spelling, spelling, (net, other, host, a, b) => {
        fc.pre(net.join() !== other.join());
        const here = spell([...net, ...host], { ...a, dotted: false });
        const there = spell([...other, ...host], { ...b, dotted: false });
        expect(keyOf(here)).not.toBe(keyOf(there));
      }),
      { numRuns: 1_000 },
    );
  });

  it("is the same where the last 32 bits are spelled as IPv4", () => {
    fc.assert(
      fc.property(network, half, spelling, (net, host, how) => {
        const dotted = spell([...net, ...host], { ...how, dotted: true });
        expect(isIPv6(dotted)).toBe(true);
        expect(keyOf(dotted)).toBe(keyOf(spell([...net, ...host], { ...how, dotted: false })));
      }),
      { numRuns: 1_000 },
    );
  });

  it("names its network", () => {
    expect(keyOf("2001:0DB8::1")).toBe("2001:db8:0:0::/64");
    expect(keyOf("::1")).toBe("0:0:0:0::/64");
    expect(keyOf("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
  });

  it("is the IPv4 address of what carries one through IPv6", () => {
    const prefixes = ["64:ff9b::", "64:ff9b:1::", "64:ff9b:1:fffe::", "::ffff:0:"];
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom(...prefixes), (address, prefix) => {
        expect(keyOf(prefix + address)).toBe(address);
      }),
    );
    // 6to4: whichever of its 65,536 networks the owner of 192.0.2.4 takes.
    for (const rest of ["", "1:", "ffff:"])
      expect(keyOf(`2002:c000:204:${rest}:1`)).toBe("192.0.2.4");
  });

  it("has no zone, however it is named", () => {
    for (const zone of ["eth0", "eth0.100", "br-lan", "1", "25eth0"])
      expect(keyOf(`fe80::1%${zone}`)).toBe("fe80:0:0:0::/64");
  });
});

describe("an entry of X-Forwarded-For (RFC 7239, 6)", () => {
  const keyBehind = (entry: string) => clientAddress("10.0.0.1", entry, 1);
  const port = fc.oneof(
    fc.integer({ min: 0, max: 65_535 }).map(String),
    fc.stringMatching(/^_[A-Za-z0-9._-]{1,8}$/),
  );

  it("is the same caller on every port", () => {
    fc.assert(
      fc.property(fc.ipV4(), port, (address, at) => {
        expect(keyBehind(`${address}:${at}`)).toBe(address);
      }),
    );
    fc.assert(
      fc.property(network, half, spelling, port, (net, host, how, at) => {
        const address = spell([...net, ...host], { ...how, dotted: false });
        expect(keyBehind(`[${address}]:${at}`)).toBe(keyOf(address));
        expect(keyBehind(`[${address}]`)).toBe(keyOf(address));
      }),
    );
  });

  it("never gives a key of its own to what is no address: the proxy's counts", () => {
    const junk = fc.oneof(
      fc.string(),
      fc.stringMatching(/^_[A-Za-z0-9._-]{1,12}$/),
      fc.constantFrom("unknown", "1.2.3.4.5", "1.2.3", "127.1", "0x7f000001", "2130706433", "g::1"),
      fc.constantFrom("1:2", "192.0.2.1:", "192.0.2.1:123456", "192.0.2.1:80:81", "010.0.0.1"),
      fc.constantFrom("[]", "[", "[192.0.2.1", "::1]", "[2001:db8::1]x", "%eth0", "192.0.2.1 80"),
    );
    fc.assert(
      fc.property(junk, (entry) => {
        fc.pre(!entry.includes(",") && !isIP(entry.trim()));
        expect(keyBehind(entry)).toBe("10.0.0.1");
        expect(clientAddress("10.0.0.1", `192.0.2.9, ${entry}, 198.51.100.7`, 2)).toBe(
          "198.51.100.7",
        );
      }),
    );
  });

  it("is one key for all where there is no address at all", () => {
    expect(clientAddress("", "nonsense", 1)).toBe("unknown");
    expect(clientAddress("/run/app.sock", "_a", 1)).toBe("unknown");
    expect(clientAddress("/run/app.sock", undefined, 0)).toBe("unknown");
  });
});
