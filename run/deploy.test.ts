import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { patterns } from "../app/patterns.ts";
import { sourcePaths } from "../components/source-panel/source-paths.ts";
import { envSchema, parseEnv } from "../lib/env.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const compose = read("compose.yaml");

/** What is indented below a line that ends with a colon, or has an anchor. */
function below(heading: RegExp): string[] {
  const lines = compose.split("\n");
  const at = lines.findIndex((line) => heading.test(line));
  const depth = (lines[at] ?? "").search(/\S/);
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => line.trim() !== "" && line.search(/\S/) <= depth);
  return rest.slice(0, end < 0 ? undefined : end).filter((line) => !/^\s*(#|$)/.test(line));
}

const SECRET = "5ec4e7".repeat(11);
/** `${NAME:?}` and `${NAME:-default}` as compose fills them in, where only what must be is set. */
const filledIn = (value: string) =>
  value.replace(/\$\{\w+:([?-])([^}]*)\}/g, (_, kind, text) => (kind === "-" ? text : SECRET));
const pairs = (lines: string[]) =>
  lines.flatMap((line) => {
    const [, name = "", value = ""] = /^\s*([A-Z][A-Z0-9_]*): ?(.*)$/.exec(line) ?? [];
    return name ? [[name, value.replace(/^"(.*)"$/, "$1")] as const] : [];
  });
const ofApp = Object.fromEntries(pairs(below(/^x-environment:/)));
const services = below(/^services:/);

/** Variables with a default that are the image's own, or each instance's, or not for a deployment. */
const OF_THE_IMAGE = [
  ...["HOST", "PORT", "INSTANCE_NAME", "INNGEST_DEV", "DEMO_CONTROLS", "EMBEDDED_SERVICES"],
  ...["DIRECT_LANE"],
];

describe("compose.yaml", () => {
  it("sets variables of the application, and no others", () => {
    expect(Object.keys(ofApp).filter((name) => !(name in envSchema.shape))).toEqual([]);
  });

  it("sets all that the application cannot start without, in values that it takes", () => {
    const values = Object.entries(ofApp).map(([name, value]) => [name, filledIn(value)]);
    const env = parseEnv({ ...Object.fromEntries(values), NODE_ENV: "production" });
    expect(env).toMatchObject({
      TRUSTED_PROXY_HOPS: 1,
      INNGEST_DEV: false,
      DEMO_CONTROLS: false,
      ALLOWED_ORIGINS: ["http://localhost:8080"],
    });
    // They have no defaults: without them the parts would not find, or not believe, each other.
    for (const name of ["REDIS_URL", "UPSTASH_REDIS_REST_TOKEN", "INNGEST_SERVE_ORIGIN"] as const)
      expect(env[name]).toBeTruthy();
  });

  it("gives it to both instances, each with a name of its own", () => {
    const names = ["a", "b"].map((name) =>
      below(new RegExp(`^  app-${name}:`))
        .join("\n")
        .match(/\*environment, INSTANCE_NAME: (\w+)/),
    );
    expect(names.map((match) => match?.[1])).toEqual(["A", "B"]);
  });

  it("has no secret of its own: docs/deploy.md makes all that it asks for", () => {
    const all = pairs(compose.split("\n"));
    const secret = all.filter(([name]) => /SECRET|PASSWORD|TOKEN|_KEY$/.test(name));
    expect(secret.length).toBeGreaterThan(8);
    for (const [name, value] of secret) expect(`${name} ${value}`).toMatch(/ \$\{\w+:[?-][^}]*\}$/);
    for (const [, , password] of compose.matchAll(/\/\/(\w+):([^@\s]+)@/g))
      expect(password).toMatch(/^\$\{/);
    const [, made = ""] = /^for name in (.*)$/m.exec(read("docs/deploy.md")) ?? [];
    const wanted = [...compose.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
    expect([...new Set(wanted)].sort()).toEqual(made.split(" ").sort());
  });

  it("names the version of each image", () => {
    const images = services.flatMap((line) => /^\s+image: (\S+)/.exec(line)?.[1] ?? []);
    expect(images.length).toBeGreaterThan(4);
    for (const image of images) expect(image).toMatch(/:(v?\d|RELEASE\.\d)/);
  });

  it("keeps what Redis has of sleeping runs", () => {
    const redis = below(/^ {2}redis:/).join("\n");
    expect(redis).toContain('"--appendonly", "yes"');
    expect(redis).toContain('"redis:/data"');
  });

  it("asks Postgres over TCP, and lets the migrations try again", () => {
    expect(below(/^ {2}postgres:/).join("\n")).toContain('"pg_isready", "-h", "127.0.0.1"');
    expect(below(/^ {2}migrate:/).join("\n")).toMatch(/for i in .* db:seed && exit 0; sleep \d/);
  });

  it("passes on every limit and choice that a deployment may want to set", () => {
    const defaults = envSchema.partial().parse({});
    const left = Object.keys(defaults).filter((name) => !(name in ofApp));
    expect(left.toSorted()).toEqual(OF_THE_IMAGE.toSorted());
  });

  it("names the stages of the Dockerfile, and nginx the instances", () => {
    const stages = [...read("Dockerfile").matchAll(/^FROM \S+ AS (\w+)/gm)].map(([, name]) => name);
    for (const [, target] of compose.matchAll(/target: (\w+)/g)) expect(stages).toContain(target);
    const upstream = [
      ...read("deploy/nginx.conf").matchAll(/^ *server (app-\w):(\d+) max_fails=0;/gm),
    ];
    expect(upstream.map(([, name]) => name)).toEqual(["app-a", "app-b", "app-a", "app-b"]);
    for (const [, name, port] of upstream) {
      expect(services).toContain(`  ${name}:`);
      expect(read("Dockerfile")).toContain(` PORT=${port}`);
    }
  });
});

describe("Dockerfile", () => {
  const text = read("Dockerfile");
  const last = text.slice(text.lastIndexOf("\nFROM ") + 1);

  it("serves as somebody who may not change what is served, and is asked whether it is ready", () => {
    expect(last).toMatch(/^USER node$/m);
    expect(last).not.toMatch(/--chown|^RUN /m);
    expect(last).toMatch(/^HEALTHCHECK .*\n.*\/readyz/m);
    expect(last).toMatch(/^CMD \["node", "dist\/server.js"\]$/m);
  });

  it("copies what is there or is built, and all that pages read while they run", () => {
    const copied = [...last.matchAll(/ \/app\/(\S+)(?= )/g)].map(([, path = ""]) => path);
    const built = [".next", "dist", "node_modules"];
    expect(copied).toEqual(expect.arrayContaining([...built, "package.json"]));
    for (const path of copied)
      expect(built.includes(path) || existsSync(new URL(`../${path}`, import.meta.url)), path).toBe(
        true,
      );
    // Next serves it where there is one.
    expect(copied.includes("public")).toBe(existsSync(new URL("../public", import.meta.url)));
    const read = [...patterns.flatMap(sourcePaths), "bench/results/latest.json"];
    const lacking = read.filter((path) => !copied.includes(path.split("/")[0] ?? ""));
    expect(lacking).toEqual([]);
    const ignored = readFileSync(new URL("../.dockerignore", import.meta.url), "utf8").split("\n");
    expect(read.filter((path) => ignored.some((one) => one && path.startsWith(one)))).toEqual([]);
  });

  it("names the version of Node that all of it is built on, one we admit", () => {
    const images = [...text.matchAll(/^FROM (node:\S+)/gm)].map(([, image]) => image);
    expect(new Set(images).size).toBe(1);
    expect(Number(/^node:(\d+)-/.exec(images[0] ?? "")?.[1])).toBeGreaterThanOrEqual(24);
  });

  it("takes along no secret and nothing of this machine", () => {
    const ignored = read(".dockerignore").split("\n");
    for (const path of [".git", ".data", ".env*", "node_modules", ".next"])
      expect(ignored).toContain(path);
    expect(text).not.toMatch(/^(ARG|ENV) .*(SECRET|PASSWORD|TOKEN|KEY)/m);
  });
});
