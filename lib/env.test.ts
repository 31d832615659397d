import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { type Env, envSchema, loadEnvFile, malformed, parseEnv } from "./env";

const root = path.resolve(import.meta.dirname, "..");
const names = Object.keys(envSchema.shape) as (keyof Env)[];
const complete = {
  DATABASE_URL: "postgresql://user:password@localhost:5432/patternbook",
  SESSION_SECRET: "0123456789abcdef0123456789abcdef",
  S3_BUCKET: "uploads",
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret",
};
/** A value that each of these variables cannot have. */
const wrong = {
  DATABASE_URL: "mysql://user:hunter2@localhost/patternbook",
  SESSION_SECRET: "hunter2 is too short",
  SESSION_TTL_SECONDS: "a week",
  PORT: "abc",
  PEERS: "http://localhost:3000",
  ALLOWED_ORIGINS: "nonsense",
  TRUSTED_PROXY_HOPS: "1.5",
  SOCKETS_PER_ADDRESS: "many",
  GUESTS_PER_ADDRESS: "0",
  REDIS_URL: "http://localhost:6379",
  UPSTASH_REDIS_REST_URL: "localhost:8079",
  OPENAI_BASE_URL: "localhost:11434",
  S3_ENDPOINT: "localhost:9000",
  INNGEST_BASE_URL: "localhost:8288",
  INNGEST_SERVE_ORIGIN: "patternbook.example",
  INNGEST_DEV: "perhaps",
  LOG_LEVEL: "loud",
  DEMO_CONTROLS: "perhaps",
};

function refusalOf(source: Record<string, string | undefined>): string {
  try {
    parseEnv(source);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("this environment was taken");
}

describe(".env.example", () => {
  const lines = readFileSync(path.join(root, ".env.example"), "utf8").split("\n");
  const example = Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^#?\s*([A-Z][A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );

  it("names exactly the variables that are read", () => {
    expect(Object.keys(example).toSorted()).toEqual(names.toSorted());
  });

  it("is a valid environment once its secrets are filled in", () => {
    const { SESSION_SECRET, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = complete;
    const secrets = { SESSION_SECRET, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    expect(parseEnv({ ...example, ...secrets }).PORT).toBe(3000);
  });

  it("explains each variable in a comment above it", () => {
    const bare = lines.filter(
      (line, i) => /^[A-Z]/.test(line) && !/^(#|[A-Z_]+=)/.test(lines[i - 1] ?? ""),
    );
    expect(bare).toEqual([]);
  });
});

describe("parseEnv", () => {
  it("lists everything that is missing, with what it is for", () => {
    const message = refusalOf({});
    expect(message).toContain("DATABASE_URL is not set (the Postgres database (15 or newer))");
    expect(message).toContain(
      "SESSION_SECRET is not set (signs the guest session, at least 32 characters)",
    );
  });

  it("lists everything that is malformed at once", () => {
    const message = refusalOf(wrong);
    for (const name of Object.keys(wrong)) expect(message).toContain(`${name} is not valid`);
  });

  it("says of everything malformed what it is for", () => {
    const silent = Object.entries(wrong).filter(([name, value]) => {
      const lines = refusalOf({ ...complete, [name]: value }).split("\n");
      return !lines.some(
        (line) => line.includes(name) && / \(.+\)\. Example: [A-Z_0-9]+=./.test(line),
      );
    });
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it("never repeats a value, which may be secret", () => {
    expect(refusalOf(wrong)).not.toContain("hunter2");
  });

  it("takes an empty variable for one that is not set", () => {
    const empty = Object.fromEntries(names.map((name) => [name, ""]));
    expect(parseEnv({ ...empty, ...complete })).toEqual(parseEnv(complete));
    expect(refusalOf(empty)).toContain("DATABASE_URL is not set");
  });

  it("takes calls that are not signed for development only", () => {
    const dev = { ...complete, INNGEST_DEV: "1" };
    expect(parseEnv({ ...dev, NODE_ENV: "development" }).INNGEST_DEV).toBe(true);
    expect(refusalOf({ ...dev, NODE_ENV: "production" })).toContain("INNGEST_DEV");
    const off = { ...complete, INNGEST_DEV: "0", NODE_ENV: "production" };
    expect(parseEnv(off).INNGEST_DEV).toBe(false);
  });

  it.each([
    ["DATABASE_URL", "nonsense"],
    ["DATABASE_URL", "postgres://"],
    ["PORT", "0"],
    ["PORT", "65536"],
    ["PORT", "3000.5"],
    ["ALLOWED_ORIGINS", "https://a.example, b.example"],
    ["ALLOWED_ORIGINS", "https://a.example/path"],
    ["ALLOWED_ORIGINS", "ftp://a.example"],
    ["PEERS", "A=localhost:3000"],
    ["SESSION_SECRET", "x".repeat(31)],
    ["LOG_LEVEL", "verbose"],
    ["DIRECT_LANE", "2"],
  ])("refuses %s=%s by its name, also where nothing else is given", (name, value) => {
    expect(malformed({ [name]: value })).toEqual([
      expect.stringMatching(
        new RegExp(`^  ${name} is not valid: .+ \\(.+\\)\\. Example: ${name}=.`),
      ),
    ]);
    expect(refusalOf({ ...complete, [name]: value })).toContain(`${name} is not valid`);
  });

  it.each([
    ["DATABASE_URL", "postgresql:///patternbook?host=/run/postgresql"],
    ["DATABASE_URL", "postgres://db"],
    ["ALLOWED_ORIGINS", "https://A.example/,https://b.example:8443"],
    ["PORT", "65535"],
  ])("takes %s=%s", (name, value) => {
    expect(malformed({ [name]: value })).toEqual([]);
    expect(() => parseEnv({ ...complete, [name]: value })).not.toThrow();
  });

  it("finds nothing wrong where nothing is given", () => expect(malformed({})).toEqual([]));

  it("allows the own localhost origin where no other is given", () => {
    expect(parseEnv({ ...complete, PORT: "3107" }).ALLOWED_ORIGINS).toEqual([
      "http://localhost:3107",
    ]);
    expect(parseEnv({ ...complete, ALLOWED_ORIGINS: "https://a.example" }).ALLOWED_ORIGINS).toEqual(
      ["https://a.example"],
    );
  });

  it("refuses origins of http beside those of https, which decide what a session is kept in", () => {
    const mixed = "https://a.example, http://b.example/";
    expect(refusalOf({ ...complete, ALLOWED_ORIGINS: mixed })).toContain("ALLOWED_ORIGINS");
    const secure = "https://a.example/, https://b.example";
    expect(parseEnv({ ...complete, ALLOWED_ORIGINS: secure }).ALLOWED_ORIGINS).toHaveLength(2);
  });

  it("reads a list whatever blanks and empty items stand in it", () => {
    const blank = fc.constantFrom("", " ", "  ", "\t");
    const item = fc.record({
      before: blank,
      name: fc.stringMatching(/^[a-z:/.=]*$/),
      after: blank,
    });
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const EMBEDDED_SERVICES = items.map((i) => i.before + i.name + i.after).join(",");
        const expected = items.map((i) => i.name).filter((name) => name !== "");
        expect(parseEnv({ ...complete, EMBEDDED_SERVICES }).EMBEDDED_SERVICES).toEqual(expected);
      }),
    );
  });
});

describe("loadEnvFile", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "env-"));
  const file = path.join(folder, "variables");
  writeFileSync(file, "# a comment\nFROM_FILE=yes\nIN_BOTH=file\nEMPTY_OUTSIDE=file\n");
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => {
    vi.unstubAllEnvs();
    delete process.env.FROM_FILE;
  });

  it("adds what the environment does not have; an empty variable is one that it has", () => {
    vi.stubEnv("ENV_FILE", file);
    vi.stubEnv("IN_BOTH", "environment");
    vi.stubEnv("EMPTY_OUTSIDE", "");
    loadEnvFile();
    const { FROM_FILE, IN_BOTH, EMPTY_OUTSIDE } = process.env;
    expect([FROM_FILE, IN_BOTH, EMPTY_OUTSIDE]).toEqual(["yes", "environment", ""]);
  });

  it.each(["", path.join(folder, "absent")])("reads nothing where ENV_FILE is '%s'", (name) => {
    vi.stubEnv("ENV_FILE", name);
    loadEnvFile();
    expect(process.env.FROM_FILE).toBeUndefined();
  });
});

/** The code below a folder; tests and fixtures read what they like. */
function codeBelow(folder: string): string[] {
  // A folder may be called as a file is: a route's folder is its address.
  const entries = readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(root, folder), path.join(entry.parentPath, entry.name)))
    .filter((name) => /\.[cm]?[jt]sx?$/.test(name) && !/\.(test|fixture)\.tsx?$/.test(name))
    .map((name) => path.posix.join(folder, name.replaceAll("\\", "/")));
}

/** `process.env` in all its spellings, a comment that only names it left out. */
function readsEnvironment(code: string): boolean {
  const bare = code.replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;])\/\/.*$/gm, "");
  const member = /\bprocess\s*(\?\.|\.|\[)\s*["'`]?env\b/;
  const taken =
    /\{[^{}]*\benv\b[^{}]*\}\s*(=\s*(globalThis\.)?process\b|from\s*["'](node:)?process["'])/;
  return member.test(bare) || taken.test(bare) || /\bimport\.meta\.env\b/.test(bare);
}

describe("lib/env.ts", () => {
  it("is the only reader of the environment", () => {
    const files = ["server.ts", ...["app", "components", "lib", "server"].flatMap(codeBelow)];
    expect(files.length).toBeGreaterThan(50);
    const readers = files
      .filter((file) => !file.startsWith("lib/db/generated/"))
      .filter((file) => readsEnvironment(readFileSync(path.join(root, file), "utf8")));
    expect(readers).toEqual(["lib/env.ts"]);
  });

  it("could not be joined by another unnoticed", () => {
    const readers = [
      "const url = process.env.DATABASE_URL;",
      "process?.env",
      'process["env"].PORT',
      "const { env } = process;",
      "const { argv, env: given } = globalThis.process;",
      'import { env } from "node:process";',
      'const site = "https://a.example"; process.env.PORT',
    ];
    expect(readers.filter((code) => !readsEnvironment(code))).toEqual([]);
    const others = [
      'import { env } from "@/lib/env"; env().PORT',
      "// the only reader of process.env",
      "const { argv } = process; const { env } = given;",
    ];
    expect(others.filter(readsEnvironment)).toEqual([]);
  });
});
