import { expect, test } from "vitest";
import { Refusal } from "@/components/wire-client";
import { createLane, type LaneView, mayPass } from "./lane";

const refusal = (status: number, slug?: string) =>
  new Refusal(status, "No.", slug && `/problems/${slug}`);

test.each([
  [refusal(413, "too-large"), false],
  [refusal(415, "type-mismatch"), false],
  [refusal(415, "type-not-accepted"), false],
  [refusal(422, "rejected"), false],
  [refusal(400, "invalid-body"), false],
  [refusal(400, "digest-mismatch"), true],
  [refusal(400, "incomplete-body"), true],
  [refusal(408, "request-timeout"), true],
  [refusal(429, "too-many-streams"), true],
  [refusal(503, "busy"), true],
  // Files can be deleted meanwhile.
  [refusal(507, "quota-exceeded"), true],
  // The store's own: a form that has expired, a body that came too slowly.
  [refusal(403), true],
  [refusal(400), true],
  [new Error("The connection was lost."), true],
])("%o may pass another time: %s", (error, expected) => expect(mayPass(error)).toBe(expected));

test("a lane says whether its failure may pass, and forgets it with the next file", async () => {
  const answers = [refusal(413, "too-large"), new Error("The connection was lost.")];
  const seen: LaneView[] = [];
  const lane = createLane(
    "simple",
    { resumable: false, send: async () => Promise.reject(answers.shift()) },
    () => seen.push(lane.view()),
  );
  const failed = async () => {
    lane.start(new File(["a"], "a.txt"));
    await expect.poll(() => lane.view().status).toBe("failed");
    return lane.view().mayPass;
  };
  expect(await failed()).toBe(false);
  expect(await failed()).toBe(true);
});
