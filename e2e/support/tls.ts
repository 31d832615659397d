import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { pipeline } from "node:stream";
import { createServer } from "node:tls";

/** DER (ITU-T X.690): tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const hex = (text: string) => Buffer.from(text, "hex");

/** A certificate for localhost that signs itself (RFC 5280, version 1), and its key. */
function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = sequence(der(0x06, hex("2a8648ce3d040302")));
  const commonName = sequence(der(0x06, hex("550403")), der(0x0c, Buffer.from("localhost")));
  const name = sequence(der(0x31, commonName));
  const time = (at: number) => {
    const digits = new Date(at).toISOString().replace(/\D/g, "").slice(2, 14);
    return der(0x17, Buffer.from(`${digits}Z`));
  };
  const day = 86_400_000;
  const body = sequence(
    ...[der(0x02, Buffer.of(1)), ecdsaWithSha256, name],
    ...[sequence(time(Date.now() - day), time(Date.now() + day)), name],
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = der(0x03, Buffer.of(0), sign("sha256", body, privateKey));
  const bytes = sequence(body, ecdsaWithSha256, signature).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${bytes.match(/.{1,64}/g)?.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}

/** A proxy that ends TLS, and passes on what is in it as it is. */
export async function openTlsProxy() {
  let target = 0;
  const server = createServer(selfSigned(), (socket) => {
    const upstream = connect(target, "127.0.0.1");
    // Whichever end breaks off takes the other with it.
    pipeline(socket, upstream, () => {});
    pipeline(upstream, socket, () => {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    /** Where it leads. */
    to(base: string) {
      target = Number(new URL(base).port);
    },
    close: () => server.close(),
  };
}
