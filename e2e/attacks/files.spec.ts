import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { envSchema } from "../../lib/env";
import { A, expect, test } from "../fixtures";
import { call } from "../support/guest";
import { pages } from "../support/pages";
import { speak } from "../support/raw";

// Nothing of the server can be read from outside: not its files, not its maps, not its environment.

/** What stands in the files that are asked for below. */
const GIVEN_AWAY =
  /lockfileVersion|"dependencies"|root:x:0|"mappings"|"sources"|ref: refs\/|\[core\]/;

const UP = [
  "../",
  "..%2f",
  "%2e%2e/",
  "%2e%2e%2f",
  "..%5c",
  "..\\",
  "..;/",
  "%252e%252e%252f",
  "....//",
];
const files = ["package.json", "etc/passwd"];
const addresses = [
  ...["/.env", "/.env.local", "/.env.example", "/.git/config", "/.git/HEAD", "/.data/secrets.json"],
  ...[
    "/package.json",
    "/package-lock.json",
    "/server.ts",
    "/dist/server.js",
    "/dist/server.js.map",
  ],
  ...["/.next/BUILD_ID", "/.next/server/app-paths-manifest.json", "/_next/BUILD_ID"],
  ...["/_next/server/app/page.js", "/_next/required-server-files.json", "/next.config.ts"],
  ...["/node_modules/next/package.json", "/prisma/schema.prisma", "/lib/env.ts"],
  ...["/proc/self/environ", "//etc/passwd", "/static/../package.json"],
  ...["/__nextjs_original-stack-frame", "/_next/mcp", "/_next/webpack-hmr"],
  ...["/etc/passwd", "http://169.254.169.254/", "//evil.example/a.png", "/api/session"].map(
    (url) => `/_next/image?url=${encodeURIComponent(url)}&w=64&q=75`,
  ),
  ...["/", "/_next/", "/_next/static/", "/_next/static/chunks/", "/docs/", "/api/uploads/"].flatMap(
    (folder) =>
      UP.flatMap((up) =>
        files.map((file) => `${folder}${up.repeat(file === files[0] ? 2 : 6)}${file}`),
      ),
  ),
];

const secrets = Object.entries(process.env)
  .filter(([name]) => /_(SECRET|KEY|TOKEN)$|^DATABASE_URL$|^AWS_SECRET_ACCESS_KEY$/.test(name))
  .filter(([name, value = ""]) => name in envSchema.shape && value.length >= 12)
  .map(([name, value = ""]) => ({ name, value }));

function holdSecrets(where: string, text: string): void {
  for (const { name, value } of secrets)
    expect(text.includes(value), `${where} gives away ${name}`).toBe(false);
}

/** Asks for an address as it is written: clients would tidy it up. */
async function get(path: string, host = "localhost") {
  const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  const { answers } = await speak(A, head, 30_000);
  return answers[0];
}

test("no file of the server can be read, however its address is written", async () => {
  test.slow();
  const open = [...addresses];
  const ask = async () => {
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      const { status = 0, headers, body = "" } = (await get(path)) ?? {};
      // Redirects tidy an address up, and stay here.
      expect(status, path).toBeGreaterThanOrEqual(300);
      expect(status, path).toBeLessThan(500);
      expect(headers?.get("location") ?? "/", path).toMatch(/^\/(?!\/|\\)/);
      expect(body, path).not.toMatch(GIVEN_AWAY);
      holdSecrets(path, body);
    }
  };
  await Promise.all([ask(), ask(), ask(), ask()]);
});

test("no answer repeats the host that a client makes up", async () => {
  for (const path of ["/", "/chat/", "/docs", "/api/session", "/api/nothing", "/socket.io/"]) {
    const { headers, body = "" } = (await get(path, "evil.example")) ?? {};
    expect([...(headers ?? [])].flat().join("\n"), path).not.toContain("evil");
    expect(body, path).not.toContain("evil.example");
  }
});

const STATIC = ".next/static";

test("no script names the environment or a secret, and none has a map", async () => {
  const names = Object.keys(envSchema.shape).filter((name) => name.includes("_"));
  expect(secrets.length).toBeGreaterThan(3);
  const built = (await readdir(STATIC, { recursive: true })).filter((name) => /\.\w+$/.test(name));
  const scripts = built.filter((name) => name.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(10);
  expect(built.filter((name) => name.endsWith(".map"))).toEqual([]);
  for (const name of scripts) {
    const text = await readFile(join(STATIC, name), "utf8");
    holdSecrets(name, text);
    for (const variable of names)
      expect(new RegExp(`\\b${variable}\\b`).test(text), `${name} names ${variable}`).toBe(false);
    expect(text.includes("sourceMappingURL"), `${name} names a map`).toBe(false);
    expect((await call(`/_next/static/${name}.map`)).status, name).toBe(404);
  }
});

test("no page says a secret, whoever asks", async () => {
  test.slow();
  const session = await call("/api/session", { method: "POST", body: "{}" });
  const cookie = session.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
  expect(cookie).not.toBe("");
  for (const page of pages) {
    const text = await (await call(page, { headers: { cookie } })).text();
    holdSecrets(page, text);
    // What a server component passes on by mistake would be the visitor's own token.
    expect(text.includes(cookie.split("=")[1] ?? ""), page).toBe(false);
  }
});
