import { createHmac, randomUUID } from "node:crypto";
import fc from "fast-check";
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { createTokens } from "./token";

const secret = "0123456789abcdef0123456789abcdef";
const key = new TextEncoder().encode(secret);
const NOW = 1_760_000_000;
const ttlSeconds = 600;
const guest = { userId: randomUUID(), name: "Zoë 🦉" };

/** Tokens on a clock of their own, in seconds. */
const at = (seconds: number) =>
  createTokens({ secret, ttlSeconds, now: () => Math.round(seconds * 1_000) });
const tokens = at(NOW);

/** What `issue` would sign. */
const claims = () => ({
  sub: guest.userId,
  sid: randomUUID(),
  name: guest.name,
  aud: "patternbook",
  iat: NOW,
  nbf: NOW,
  exp: NOW + ttlSeconds,
});
type Claims = Record<string, unknown>;

const sign = (payload: Claims, alg = "HS256", by: Uint8Array = key) =>
  new SignJWT(payload).setProtectedHeader({ alg }).sign(by);

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const without = (name: string): Claims => ({ ...claims(), [name]: undefined });

describe("a token", () => {
  it("gives back, once verified, what it was issued for", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.uuid(), async (name, sessionId) => {
        const { token, identity } = await tokens.issue({ ...guest, name, sessionId });
        expect(identity).toEqual({
          userId: guest.userId,
          name,
          sessionId,
          issuedAt: NOW,
          expiresAt: NOW + ttlSeconds,
        });
        expect(await tokens.verify(token)).toEqual(identity);
      }),
    );
  });

  it("begins a session of its own, unless it renews one", async () => {
    const [first, second] = [await tokens.issue(guest), await tokens.issue(guest)];
    expect(first.identity.sessionId).not.toBe(second.identity.sessionId);
    const renewed = await at(NOW + 400).issue(first.identity);
    expect(renewed.identity).toEqual({
      ...first.identity,
      issuedAt: NOW + 400,
      expiresAt: NOW + 400 + ttlSeconds,
    });
    expect(await at(NOW + 401).verify(renewed.token)).toEqual(renewed.identity);
  });

  // The 32 bytes of the signature take 43 characters, of which the last has two bits that mean
  // nothing: four spellings of one signature. RFC 7515 lets a verifier read them all, and no harm
  // comes of it, since nothing here goes by the text of a token: sessions are revoked by their id.
  // So every change is refused, but for a signature that is spelled otherwise and the same.
  it("is refused with any one of its characters changed", async () => {
    const { token, identity } = await tokens.issue(guest);
    const start = token.lastIndexOf(".") + 1;
    const bytes = (text: string) => Buffer.from(text.slice(start), "base64url").toString("hex");
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ~\n\0é";
    const change = fc.record({
      place: fc.oneof(fc.nat({ max: token.length - 1 }), fc.constant(token.length - 1)),
      character: fc.constantFrom(...alphabet, ""),
    });
    let respelled = 0;
    await fc.assert(
      fc.asyncProperty(change, async ({ place, character }) => {
        fc.pre(token[place] !== character);
        const changed = token.slice(0, place) + character + token.slice(place + 1);
        const same = place >= start && /^[\w-]$/.test(character) && bytes(changed) === bytes(token);
        if (same) respelled++;
        expect(await tokens.verify(changed)).toEqual(same ? identity : null);
      }),
      { numRuns: 3_000 },
    );
    expect(respelled).toBeGreaterThan(0);
  });

  it("is refused with parts of another token", async () => {
    const [a, b] = [await tokens.issue(guest), await tokens.issue({ ...guest, name: "Mallory" })];
    const [header, payload] = a.token.split(".");
    const [, otherPayload, otherSignature] = b.token.split(".");
    expect(await tokens.verify(`${header}.${payload}.${otherSignature}`)).toBeNull();
    expect(
      await tokens.verify(a.token.replace(payload as string, otherPayload as string)),
    ).toBeNull();
  });

  it("is refused whatever else it may be", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(fc.base64String(), { maxLength: 6 }).map((p) => p.join(".")),
        ),
        async (text) => {
          expect(await tokens.verify(text)).toBeNull();
        },
      ),
    );
  });
});

describe("a signed token is refused", () => {
  it("without a signature (alg none)", async () => {
    for (const alg of ["none", "None", "NONE", "nOnE"]) {
      const unsigned = `${encode({ alg })}.${encode(claims())}`;
      expect(await tokens.verify(`${unsigned}.`)).toBeNull();
      const hmac = createHmac("sha256", secret).update(unsigned).digest("base64url");
      expect(await tokens.verify(`${unsigned}.${hmac}`)).toBeNull();
    }
  });

  it("with another algorithm, although the key is ours", async () => {
    const long = new TextEncoder().encode(secret.repeat(2));
    const own = createTokens({ secret: secret.repeat(2), ttlSeconds, now: () => NOW * 1_000 });
    expect(await own.verify(await sign(claims(), "HS256", long))).not.toBeNull();
    for (const alg of ["HS384", "HS512"])
      expect(await own.verify(await sign(claims(), alg, long))).toBeNull();
  });

  it("with another key", async () => {
    const other = new TextEncoder().encode("f".repeat(32));
    expect(await tokens.verify(await sign(claims(), "HS256", other))).toBeNull();
  });

  it("with another audience, or several that leave ours out", async () => {
    for (const aud of ["somebody-else", "", ["a", "b"], "Patternbook", undefined])
      expect(await tokens.verify(await sign({ ...claims(), aud }))).toBeNull();
    expect(await tokens.verify(await sign({ ...claims(), aud: "patternbook" }))).not.toBeNull();
  });

  it("without any one of its claims", async () => {
    for (const name of ["sub", "sid", "name", "aud", "iat", "nbf", "exp"])
      expect(await tokens.verify(await sign(without(name))), name).toBeNull();
  });

  it("with a claim of another kind", async () => {
    const strange: Claims[] = [
      { sub: "not-a-uuid" },
      { sub: 7 },
      { sid: "1" },
      { name: null },
      { name: { toString: "Ada" } },
      { exp: String(NOW + 60) },
      { iat: String(NOW) },
      { nbf: "now" },
    ];
    for (const change of strange)
      expect(
        await tokens.verify(await sign({ ...claims(), ...change })),
        JSON.stringify(change),
      ).toBeNull();
  });

  it("from the second in which it expires", async () => {
    const { token } = await tokens.issue(guest);
    expect(await at(NOW + ttlSeconds - 0.001).verify(token)).not.toBeNull();
    expect(await at(NOW + ttlSeconds).verify(token)).toBeNull();
    expect(await at(NOW + ttlSeconds * 1_000).verify(token)).toBeNull();
  });

  it("until the second from which it is valid, which allows for a clock that is behind", async () => {
    const { token } = await tokens.issue(guest);
    expect(await at(NOW - 31).verify(token)).toBeNull();
    expect(await at(NOW - 30.001).verify(token)).toBeNull();
    expect(await at(NOW - 30).verify(token)).not.toBeNull();
  });
});

describe("isAging", () => {
  it("turns true once half of the life is over", async () => {
    const { identity } = await tokens.issue(guest);
    const seconds = [0, 1, 299, 300, 300.999, 301, 599, 600];
    expect(seconds.filter((s) => at(NOW + s).isAging(identity))).toEqual([301, 599, 600]);
  });

  it("turns true once in a life, at its middle, for any length", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 10 ** 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ttl, part) => {
          const passed = Math.floor(ttl * part);
          const identity = { ...guest, sessionId: "", issuedAt: NOW, expiresAt: NOW + ttl };
          expect(at(NOW + passed).isAging(identity)).toBe(passed > ttl / 2);
        },
      ),
    );
  });
});
