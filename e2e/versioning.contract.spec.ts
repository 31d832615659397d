import { readFileSync } from "node:fs";
import { articlesV2, articleV1, articleV2, lifeCycles } from "../app/(versioning)/contract";
import { A, B, expect, test } from "./fixtures";
import { call, type Guest, newGuest } from "./support/guest";

const [v1, v2] = [1, 2].map((n) => `application/vnd.patternbook.v${n}+json`) as [string, string];
const json = "application/json";
const id = "5eed0000-0000-4000-8000-000000000002";
const golden = (name: string) => readFileSync(`app/(versioning)/goldens/${name}.golden`, "utf8");
const { deprecation, sunset } = lifeCycles[1] as { deprecation: Date; sunset: Date };
const justBefore = (date: Date) => new Date(date.getTime() - 1_000);
/** While version 1 is deprecated. Most tests are asked at this time: they hold after its end as well. */
const usual = new Date("2026-10-01T00:00:00Z");

interface Asked {
  header?: string;
  accept?: string;
  /** The clock of the request; null: the server's own. */
  at?: Date | null;
  guest?: Guest;
  base?: string;
}
function ask(path: string, { header, accept, at = usual, ...rest }: Asked = {}) {
  const headers = new Headers();
  if (header !== undefined) headers.set("x-api-version", header);
  if (accept !== undefined) headers.set("accept", accept);
  if (at) headers.set("demo-clock", at.toISOString());
  return call(path, { headers, ...rest });
}
function post(path: string, body: unknown, asked: Asked & { type?: string } = {}) {
  const { type = json, header, accept, at = usual, ...rest } = asked;
  const headers = new Headers({ "content-type": type });
  if (header) headers.set("x-api-version", header);
  if (accept) headers.set("accept", accept);
  if (at) headers.set("demo-clock", at.toISOString());
  return call(path, { method: "POST", body: JSON.stringify(body), headers, ...rest });
}
async function expectProblem(response: Response, status: number, slug: string, more: object = {}) {
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = await response.json();
  expect(problem).toMatchObject({ type: `/problems/${slug}`, status, ...more });
  return problem;
}
const supported = [
  { version: 2, path: "/api/v2", header: "X-API-Version: 2", accept: v2 },
  { version: 1, path: "/api/v1", header: "X-API-Version: 1", accept: v1 },
];

test.describe("version 1, byte for byte", () => {
  for (const base of [A, B])
    test(`on ${base}`, async () => {
      const text = async (path: string, asked: Asked = {}) =>
        (await ask(path, { base, ...asked })).text();
      expect(await text("/api/v1/articles")).toBe(golden("v1-articles"));
      expect(await text(`/api/v1/articles/${id}`)).toBe(golden("v1-article"));
      expect(await text("/api/articles", { header: "1" })).toBe(golden("v1-articles"));
      expect(await text(`/api/articles/${id}`, { accept: v1 })).toBe(golden("v1-article"));
    });
});

test.describe("the three ways", () => {
  test("answer alike, and name the version in a header and in the type", async () => {
    for (const [version, type] of [
      ["1", v1],
      ["2", v2],
    ] as const) {
      const answers = await Promise.all([
        ask(`/api/v${version}/articles/${id}`),
        ask(`/api/articles/${id}`, { header: version }),
        ask(`/api/articles/${id}`, { accept: type }),
      ]);
      for (const { status, headers } of answers) {
        expect([status, headers.get("x-api-version")]).toEqual([200, version]);
        expect(headers.get("content-type")).toBe(type);
      }
      expect(new Set(await Promise.all(answers.map((one) => one.text()))).size).toBe(1);
    }
  });

  test("have a Vary where there is something to negotiate, and there alone", async () => {
    const varyOf = async (path: string, asked: Asked = {}) =>
      (await ask(path, asked)).headers.get("vary");
    const negotiated = "Accept, X-API-Version";
    expect(await varyOf("/api/articles")).toBe(negotiated);
    expect(await varyOf(`/api/articles/${id}`, { header: "1" })).toBe(negotiated);
    expect(await varyOf("/api/articles", { accept: "text/html" })).toBe(negotiated);
    expect(await varyOf("/api/articles", { header: "9" })).toBe(negotiated);
    expect(await varyOf("/api/v1/articles")).toBeNull();
    expect(await varyOf(`/api/v2/articles/${id}`, { accept: v2 })).toBeNull();
    expect(await varyOf("/api/v9/articles")).toBeNull();
  });

  test("let any cache keep what is everybody's, and none what is not", async () => {
    const cacheOf = async (path: string, at: Date | null) =>
      (await ask(path, { at })).headers.get("cache-control");
    expect(await cacheOf(`/api/articles/${id}`, null)).toBe("public, max-age=60");
    expect(await cacheOf(`/api/v2/articles/${id}`, null)).toBe("public, max-age=60");
    expect(await cacheOf("/api/v2/articles", null)).toBe("private, no-store");
    expect(await cacheOf(`/api/articles/${id}`, usual)).toBe("no-store");
  });
});

test.describe("Accept", () => {
  for (const [accept, type] of [
    ["*/*", v2],
    ["application/*", v2],
    [v1, v1],
    [v2, v2],
    [json, json],
    ["APPLICATION/VND.PATTERNBOOK.V1+JSON", v1],
    [`${v1};q=0.4, ${v2};q=0.8`, v2],
    [`${v1}, ${v2};q=0.9`, v1],
    [`${v1}, ${v2}`, v1],
    [`*/*;q=0.1, ${v1}`, v1],
    [`*/*, ${v2};q=0`, v1],
    [`*/*, ${v2};q=0, ${v1};q=0`, json],
    ["application/json, text/plain, */*", json],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", v2],
    [`application/vnd.patternbook.v9+json, ${v1};q=0.1`, v1],
    [`${v2};profile="a,b", ${v1};q=0.1`, v2],
    ["application/json; charset=utf-8", json],
    ["text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", v2],
    ["json, */json, application/json;q=7", json],
    ["text/html", null],
    ["application/vnd.patternbook.v9+json", null],
    ["application/*+json", null],
    [`${v1};q=0`, null],
    ["*/*;q=0", null],
  ] as const)
    test(`${accept} gets ${type ?? "406"}`, async () => {
      const response = await ask("/api/articles", { accept });
      if (!type) return void (await expectProblem(response, 406, "not-acceptable", { supported }));
      expect(response.headers.get("content-type")).toBe(type);
      expect(response.headers.get("x-api-version")).toBe(type === v1 ? "1" : "2");
    });
});

test.describe("what is refused", () => {
  test("an unknown version: 404, 400 or 406 by the way, each with the list", async () => {
    for (const path of ["/api/v9/articles", `/api/v3/articles/${id}`])
      await expectProblem(await ask(path), 404, "unknown-version", { supported });
    const header = await ask("/api/articles", { header: "9" });
    await expectProblem(header, 400, "unknown-version", { supported });
    for (const path of ["/api/v01/articles", "/api/w1/articles"])
      await expectProblem(await ask(path), 404, "not-found");
  });

  test("two versions at once", async () => {
    const conflicts: [string, Asked][] = [
      ["/api/v1/articles", { header: "2" }],
      ["/api/v2/articles", { accept: v1 }],
      ["/api/articles", { header: "1", accept: v2 }],
      [`/api/v1/articles/${id}`, { header: "1", accept: v2 }],
    ];
    for (const [path, asked] of conflicts)
      await expectProblem(await ask(path, asked), 400, "conflicting-versions", { supported });
    const agreed = await ask("/api/v1/articles", { header: "1", accept: `${v1}, ${v2};q=0.1` });
    expect(agreed.status).toBe(200);
  });

  test("a header that is malformed", async () => {
    for (const header of ["v2", "2.0", "0", "-1", "1, 2", "99999"])
      await expectProblem(await ask("/api/articles", { header }), 400, "malformed-header", {
        errors: [{ field: "X-API-Version" }],
      });
    const accept = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2";
    expect((await ask("/api/v2/articles", { accept })).status).toBe(200);
  });

  test("a type of content that is none of ours, with what may be sent", async () => {
    const guest = await newGuest();
    for (const type of ["text/plain", "application/xml", v1.replace("v1", "v9")]) {
      const response = await post("/api/articles", {}, { type, guest });
      expect(response.headers.get("accept")).toBe(`${json}, ${v2}, ${v1}`);
      await expectProblem(response, 415, "unsupported-media-type", { supported });
    }
    const other = await post("/api/v2/articles", {}, { type: v1, guest });
    await expectProblem(other, 400, "conflicting-versions");
  });

  test("another method, with Allow; HEAD and OPTIONS are answered", async () => {
    const routes: [string, string][] = [
      ["/api/articles", "GET, HEAD, POST, OPTIONS"],
      ["/api/v2/articles", "GET, HEAD, POST, OPTIONS"],
      [`/api/articles/${id}`, "GET, HEAD, OPTIONS"],
      [`/api/v2/articles/${id}`, "GET, HEAD, OPTIONS"],
    ];
    for (const [path, allow] of routes) {
      const refused = await call(path, { method: "DELETE" });
      expect(refused.headers.get("allow")).toBe(allow);
      await expectProblem(refused, 405, "method-not-allowed");
      const options = await call(path, { method: "OPTIONS" });
      expect([options.status, options.headers.get("allow")]).toEqual([204, allow]);
      const [head, get] = [await call(path, { method: "HEAD" }), await call(path)];
      expect([head.status, await head.text()]).toEqual([200, ""]);
      for (const name of ["content-type", "x-api-version", "vary", "cache-control"])
        expect(head.headers.get(name), name).toBe(get.headers.get(name));
    }
    const unacceptable = await call("/api/articles", {
      method: "HEAD",
      headers: { accept: "a/b" },
    });
    expect(unacceptable.status).toBe(406);
  });

  test("a parameter that nobody reads", async () => {
    const response = await ask("/api/articles?version=1");
    await expectProblem(response, 400, "invalid-parameter");
  });
});

test.describe("posting", () => {
  const draft1 = { title: "Old words", tags: "http, caching", body: "Said in version 1." };
  const draft2 = { title: "New words", language: "pt-BR", tags: ["http"], body: "Said in 2." };

  test("in either version makes an article that both can read, and nobody else", async () => {
    const [author, other] = [await newGuest("Ada"), await newGuest("Grace")];
    const made = await post("/api/v1/articles", draft1, { guest: author });
    expect([made.status, made.headers.get("content-type")]).toEqual([201, v1]);
    const one = articleV1.parse(await made.json());
    expect(one).toMatchObject({ ...draft1, tags: "http,caching", author: "Ada" });
    expect(made.headers.get("location")).toBe(`/api/v1/articles/${one.id}`);

    const read = await ask(`/api/articles/${one.id}`, { accept: v2, guest: author });
    expect(articleV2.parse(await read.json())).toMatchObject({
      ...{ title: "Old words", tags: ["http", "caching"], language: "en" },
      author: { name: "Ada", role: "guest" },
    });
    const newer = await post("/api/articles", draft2, { guest: author, header: "2", type: v2 });
    const two = articleV2.parse(await newer.json());
    expect(two).toMatchObject(draft2);
    const down = await ask(`/api/v1/articles/${two.id}`, { guest: author });
    expect(Object.keys(await down.json())).toEqual(Object.keys(one));

    for (const guest of [other, undefined]) {
      await expectProblem(await ask(`/api/v2/articles/${two.id}`, { guest }), 404, "not-found");
      const { articles } = articlesV2.parse(
        await (await ask("/api/v2/articles", { guest })).json(),
      );
      expect(articles.map((article) => article.id)).not.toContain(two.id);
    }
    const own = articlesV2.parse(
      await (await ask("/api/v2/articles", { guest: author, base: B })).json(),
    );
    expect(own.articles.slice(0, 2).map((article) => article.id)).toEqual([two.id, one.id]);
  });

  test("in version 1 while reading version 2 is half of a migration", async () => {
    const guest = await newGuest();
    const made = await post("/api/articles", draft1, { guest, type: v1, accept: v2 });
    expect(articleV2.parse(await made.json())).toMatchObject({ tags: ["http", "caching"] });
  });

  test("is checked in the words of its version", async () => {
    const guest = await newGuest();
    const fieldsOf = async (path: string, draft: object) => {
      const { errors } = await expectProblem(
        await post(path, draft, { guest }),
        400,
        "invalid-body",
      );
      return errors.map(({ field }: { field: string }) => field);
    };
    expect(await fieldsOf("/api/v1/articles", draft2)).toContain("tags");
    expect(await fieldsOf("/api/v2/articles", draft1)).toContain("tags");
    await expectProblem(await post("/api/v2/articles", draft2), 401, "unauthorized");
    const broken = call("/api/v2/articles", { method: "POST", body: "{", guest });
    await expectProblem(await broken, 400, "invalid-json");
  });

  test("too often is refused, with when to try again", async () => {
    const guest = await newGuest();
    const all = await Promise.all(
      Array.from({ length: 45 }, () => post("/api/articles", draft2, { guest })),
    );
    const refused = all.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

test.describe("the end of version 1", () => {
  const successor = (path: string) => `<${path}>; rel="successor-version"; type="${v2}"`;

  test("is not spoken of before it is deprecated, and never by version 2", async () => {
    const asked: [string, Asked][] = [
      ["/api/v1/articles", { at: justBefore(deprecation) }],
      ["/api/v2/articles", { at: sunset }],
    ];
    for (const [path, how] of asked) {
      const { status, headers } = await ask(path, how);
      expect(status).toBe(200);
      for (const name of ["deprecation", "sunset", "link"]) expect(headers.get(name)).toBeNull();
    }
  });

  test("is announced by every answer of it, whichever way it was chosen", async () => {
    const asked: [string, Asked, string][] = [
      ["/api/v1/articles", {}, "/api/v2/articles"],
      [`/api/v1/articles/${id}`, {}, `/api/v2/articles/${id}`],
      ["/api/articles", { header: "1" }, "/api/articles"],
      ["/api/articles", { accept: v1 }, "/api/articles"],
      // A problem of version 1 is an answer of it.
      ["/api/v1/articles/none", {}, "/api/v2/articles/none"],
    ];
    for (const [path, how, next] of asked)
      for (const at of [deprecation, justBefore(sunset)]) {
        const { status, headers } = await ask(path, { ...how, at });
        expect(status).toBe(path.endsWith("none") ? 404 : 200);
        expect(headers.get("deprecation")).toBe("@1788220800");
        expect(headers.get("sunset")).toBe("Sat, 01 Sep 2029 00:00:00 GMT");
        const link = headers.get("link") ?? "";
        expect(link).toContain('</versioning#deprecation>; rel="deprecation"');
        expect(link).toContain('</versioning#sunset>; rel="sunset"');
        expect(link).toContain(successor(next));
      }
  });

  test("is 410 with the way on, which leads on", async () => {
    const guest = await newGuest();
    const asked: [string, Asked, string][] = [
      [`/api/v1/articles/${id}`, {}, `/api/v2/articles/${id}`],
      [`/api/articles/${id}`, { header: "1" }, `/api/articles/${id}`],
      [`/api/articles/${id}`, { accept: v1 }, `/api/articles/${id}`],
    ];
    for (const [path, how, next] of asked) {
      const gone = await ask(path, { ...how, at: sunset });
      expect(gone.headers.get("link")).toContain(successor(next));
      expect(gone.headers.get("sunset")).toBe("Sat, 01 Sep 2029 00:00:00 GMT");
      const problem = await expectProblem(gone, 410, "version-gone", {
        ...{ version: 1, sunset: sunset.toISOString() },
        successor: { version: 2, address: next },
        supported: [{ version: 2 }],
      });
      expect(problem.supported).toHaveLength(1);
      const on = await ask(problem.successor.address, { at: sunset, accept: v2 });
      expect([on.status, on.headers.get("x-api-version")]).toEqual([200, "2"]);
    }
    const draft = { title: "Late", body: "x" };
    const late = await post("/api/v1/articles", draft, { guest, at: sunset });
    await expectProblem(late, 410, "version-gone");
    const lateBody = await post("/api/articles", draft, {
      guest,
      at: sunset,
      type: v1,
      accept: v2,
    });
    await expectProblem(lateBody, 410, "version-gone");
  });

  test("passes by those who take another version as well", async () => {
    const accept = `${v1}, ${v2};q=0.1`;
    const [last, first] = await Promise.all([
      ask("/api/articles", { accept, at: justBefore(sunset) }),
      ask("/api/articles", { accept, at: sunset }),
    ]);
    expect([last, first].map(({ headers }) => headers.get("x-api-version"))).toEqual(["1", "2"]);
  });

  test("comes to nobody else when somebody moves their clock", async () => {
    const gone = await ask("/api/v1/articles", { at: sunset });
    expect(gone.headers.get("demo-clock")).toBe(sunset.toISOString());
    expect(gone.headers.get("cache-control")).toBe("no-store");
    expect((await ask("/api/v1/articles", { at: usual })).status).toBe(200);
    const other = await ask("/api/articles", { at: null });
    expect([other.status, other.headers.get("demo-clock")]).toEqual([200, null]);
    const malformed = await call("/api/articles", { headers: { "demo-clock": "tomorrow" } });
    await expectProblem(malformed, 400, "malformed-header", { errors: [{ field: "Demo-Clock" }] });
  });
});

test("uses of each version are counted at /metrics", async () => {
  const count = async (labels: string) => {
    const text = await (await fetch(`${A}/metrics`)).text();
    const line = text
      .split("\n")
      .find((one) => one.startsWith(`api_version_requests_total{${labels}}`));
    return Number(line?.split(" ").at(-1) ?? 0);
  };
  const gone = 'version="1",way="header",phase="gone"';
  const before = await count(gone);
  await ask("/api/articles", { header: "1", at: sunset });
  expect(await count(gone)).toBeGreaterThan(before);
});
