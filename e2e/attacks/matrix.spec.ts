import { operations } from "../../app/operations";
import { A, expect, test } from "../fixtures";
import { clearAway } from "../openapi/care";
import { type OpenApi, readDocument } from "../openapi/document";
import { send } from "../openapi/requests";
import { alike } from "../support/alike";
import { bodyOf } from "../support/answer";
import { type Belongings, everythingOf, makeBelongings, strange } from "../support/belongings";
import { call, type Guest, newGuest } from "../support/guest";
import { placesOf } from "../support/places";
import { everybodys, plain, questions } from "../support/questions";

let api: OpenApi;
let owner: Guest;
const strangers: Guest[] = [];
let has: Belongings;

test.beforeAll(async () => {
  api = await readDocument();
  owner = await newGuest("Owner");
  has = await makeBelongings(owner);
});
test.afterEach(async () => {
  for (const guest of strangers.splice(0)) await clearAway(guest);
});
test.afterAll(() => clearAway(owner));

const asked = operations.flatMap(({ operationId, method, path }) =>
  Object.entries(questions[operationId] ?? {}).map(([place, question]) => ({
    ...{ operationId, method, path, place, question },
  })),
);

/** Somebody else, who has done nothing yet. What is asked of a list is answered where they have one. */
async function stranger(path: string): Promise<Guest> {
  const guest = await newGuest("Mallory");
  strangers.push(guest);
  if (path.startsWith("/api/items/")) await call("/api/items/mine", { guest, method: "PUT" });
  return guest;
}

/** What somebody is told who asks with an id. */
async function answerTo(
  asker: Guest | undefined,
  { method, path, question }: (typeof asked)[number],
  id: string,
) {
  const wanted = { params: {}, query: {}, headers: {}, ...question.ask(id, asker) };
  return alike(await send(A, method, path, wanted, asker?.token), [id]);
}

test("the matrix knows every place of the API that can name something", () => {
  const places = Object.values(api.document.paths).flatMap((methods) =>
    Object.values(methods).flatMap((operation) =>
      placesOf(api, operation).map((place) => [operation.operationId, place] as const),
    ),
  );
  const unknown = places.filter(
    ([id, place]) => !questions[id]?.[place] && !everybodys[`${id} ${place}`] && !plain.has(place),
  );
  expect(unknown, "say in e2e/support/questions.ts what they name, and whose it is").toEqual([]);

  const names = places.map((place) => place.join(" "));
  const known = [
    ...asked.map(({ operationId, place }) => `${operationId} ${place}`),
    ...Object.keys(everybodys),
  ];
  expect(
    known.filter((one) => !names.includes(one)),
    "no such place any more",
  ).toEqual([]);
});

for (const one of asked)
  test(`${one.operationId} ${one.place}: what is another's is not there`, async () => {
    const id = has[one.question.of];
    const before = await everythingOf(owner, has);
    const none = strange(one.question.of, id);
    const theirs = await answerTo(await stranger(one.path), one, id);
    expect(theirs).toEqual(await answerTo(await stranger(one.path), one, none));

    const nobodys = await answerTo(undefined, one, id);
    expect(nobodys).toEqual(await answerTo(undefined, one, none));
    expect(nobodys.status).toBeGreaterThanOrEqual(400);
    expect(await everythingOf(owner, has)).toEqual(before);
  });

test("nothing of another's stands in what one reads without naming it", async () => {
  const { item, ...ids } = has;
  for (const asker of [await stranger("/api/items/mine"), undefined])
    for (const { method, path, operationId } of operations.filter((one) => one.method === "get")) {
      const address = path.replace("{userId}", "me").replace("{version}", "v2");
      const query = { ...(path.startsWith("/api/items/") && { list: "mine" }), timeout: "1" };
      const wanted = { params: { id: "none", job: "none", room: "none" }, query, headers: {} };
      const body = await bodyOf(await send(A, method, address, wanted, asker?.token));
      const shown = Object.values(ids).filter((id) => body.includes(id));
      expect(shown, operationId).toEqual([]);
    }
});

// What the matrix compares would be the same, too, if nobody were ever told anything.
const mild = (method: string) => ["get", "post", "put", "delete"].indexOf(method);
test("its owner is told", async () => {
  const visible = asked.filter(({ question }) => !question.alike);
  for (const one of visible.sort((a, b) => mild(a.method) - mild(b.method))) {
    const id = has[one.question.of];
    // Ids that are not there are asked for first: what is there may end with the asking.
    const none = await answerTo(owner, one, strange(one.question.of, id));
    expect(await answerTo(owner, one, id), one.operationId).not.toEqual(none);
  }
});

test("an answer that is being made is its owner's alone to join and to stop", async () => {
  const other = await stranger("");
  const id = `c${Date.now()}`;
  const parts = [{ type: "text", text: "How does the event stream resume after a cut?" }];
  const body = JSON.stringify({ id, messages: [{ id: "m", role: "user", parts }] });
  const said = await call("/api/assistant", { guest: owner, method: "POST", body });
  const completion = said.headers.get("content-location") ?? "";
  const join = (guest: Guest) => call(`/api/assistant/${id}/stream`, { guest });
  const stop = (guest: Guest) => call(`${completion}/stop`, { guest, method: "POST" });

  expect([(await join(other)).status, (await stop(other)).status]).toEqual([204, 404]);
  const joined = await join(owner);
  expect(joined.status).toBe(200);
  await joined.body?.cancel();
  const stopped = await stop(owner);
  expect([stopped.status, (await stopped.json()).status]).toEqual([202, "stopping"]);
  await said.body?.cancel();
});
