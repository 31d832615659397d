import { createHmac, randomUUID } from "node:crypto";
import { decodeJwt, SignJWT } from "jose";

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Tokens in the name of whoever a good token is of, by what is wrong with each. */
export async function forgeriesOf(token: string): Promise<Record<string, string>> {
  const secret = process.env.SESSION_SECRET ?? "";
  const claims = decodeJwt(token);
  const now = Math.floor(Date.now() / 1_000);
  const sign = (payload: object, key = secret, alg = "HS256") =>
    new SignJWT({ ...claims, ...payload })
      .setProtectedHeader({ alg })
      .sign(new TextEncoder().encode(key));
  const [header, body, signature] = token.split(".");
  const unsigned = `${encode({ alg: "none", typ: "JWT" })}.${body}`;
  return {
    "no algorithm": `${unsigned}.`,
    "no algorithm, and a signature": `${unsigned}.${createHmac("sha256", secret).update(unsigned).digest("base64url")}`,
    "another key": await sign({}, "0123456789abcdef0123456789abcdef"),
    "an empty key": `${header}.${body}.${createHmac("sha256", "").update(`${header}.${body}`).digest("base64url")}`,
    "another algorithm": await sign({}, secret.padEnd(64, "0"), "HS512"),
    "another audience": await sign({ aud: "somebody-else" }),
    "no audience": await sign({ aud: undefined }),
    expired: await sign({ exp: now - 1 }),
    "not valid yet": await sign({ nbf: now + 3_600 }),
    "no user": await sign({ sub: undefined }),
    "no session": await sign({ sid: undefined }),
    "another user under its signature": `${header}.${encode({ ...claims, sub: randomUUID() })}.${signature}`,
    "the id of a user": String(claims.sub),
    nothing: "",
  };
}

/** The same claims under the right key: what a forgery lacks is nothing else. */
export const genuine = (token: string) =>
  new SignJWT(decodeJwt(token))
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(process.env.SESSION_SECRET));
