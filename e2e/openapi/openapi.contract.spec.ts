import fc from "fast-check";
import { operations } from "../../app/operations";
import { A, expect, test } from "../fixtures";
import { newGuest } from "../support/guest";
import { care, clearAway, seedsFor } from "./care";
import { type OpenApi, readDocument } from "./document";
import { allowed, faultsOf, refused, send, type Wanted } from "./requests";

/** FC_SEED=… sends other requests; the same ones otherwise, so that a failure is one for everybody. */
const seed = Number(process.env.FC_SEED ?? 20_261_123);

/** They cost a model, an executor, a store or a second: fewer of them. */
const dear = new Set([
  ...["askModel", "say", "startJob", "longPoll"],
  ...["uploadSimply", "uploadStreamForm", "beginMultipartUpload"],
]);
/** They take more than a generated request has: a signature, a dead letter, the file in the store. */
const beyond = new Set([
  "runStep",
  "registerFunctions",
  "inspectFunctions",
  "replayJob",
  "completeUpload",
  "killInstance",
  "addMember",
]);

test.describe.configure({ mode: "parallel" });

let api: OpenApi;
test.beforeAll(async () => {
  api = await readDocument();
});

for (const { method, path, operationId } of operations)
  test(`${method.toUpperCase()} ${path} answers as the document says`, async () => {
    const operation = api.document.paths[path]?.[method];
    if (!operation) throw new Error("It is not in the document");
    const { onlyRefused, tame = (wanted: Wanted) => wanted } = care[operationId] ?? {};
    const guest = await newGuest();
    const seeds = await seedsFor(method, path, guest);
    let done = 0;

    const ask = async (wanted: Wanted, token: string | undefined = guest.token) => {
      const response = await send(A, method, path, wanted, token);
      const { status } = response;
      await api.hold(operation, response);
      return status;
    };

    const right = allowed(api, operation, seeds).map(tame);
    const wrong = refused(api, operation, seeds).map(tame);
    const numRuns = dear.has(operationId) ? 6 : 12;
    if (!onlyRefused)
      await fc.assert(
        fc.asyncProperty(right, async (wanted) => {
          if ((await ask(wanted)) < 400) done++;
        }),
        { seed, numRuns },
      );
    await fc.assert(
      fc.asyncProperty(wrong, async (wanted) => {
        const fault = faultsOf(api, operation, wanted);
        if (onlyRefused && !fault) return;
        const status = await ask(wanted);
        if (fault) expect(status, fault).toBeGreaterThanOrEqual(400);
      }),
      { seed, numRuns },
    );
    if (!onlyRefused && !beyond.has(operationId)) expect(done).toBeGreaterThan(0);
    if (operationId !== "endSession") await clearAway(guest);
  });
