import type { Comparison, Sample, Workload } from "../suite.ts";
import type { Measured, Ratio } from "./results.ts";
import { summary } from "./stats.ts";

/** Above this the load generator, not the server, may have been the slow one: the run is void. */
const MAX_GENERATOR_SHARE = 95;
const GENERATOR = "generator";

/** What the generator used of a core while a subject was at work, in percent. */
type Observe = (work: () => Promise<Sample | undefined>) => Promise<Sample>;

/**
 * Subjects in turn within a round, in another order each round; ratios within a round, so that what
 * slows the machine for a while slows both.
 */
export async function measure(
  workload: Workload,
  rounds: number,
  observe: Observe = withGenerator,
): Promise<Measured> {
  const names = Object.keys(workload.subjects);
  const samples = new Map<string, Sample[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length] as string;
      samples.get(name)?.push(await observe(async () => workload.subjects[name]?.()));
    }
  }
  const of = (name: string) => samples.get(name) ?? [];
  return {
    name: workload.name,
    rounds,
    units: { ...workload.units, [GENERATOR]: "% of a core" },
    subjects: Object.fromEntries(names.map((name) => [name, sumUp(of(name))])),
    ratios: [...(workload.ratios ?? []), ...(workload.targets ?? [])]
      .filter(
        (one: Partial<Comparison>) =>
          samples.has(one.of ?? "") && samples.has(one.to ?? one.of ?? ""),
      )
      .map((one) => judge(one, of)),
    voided: Object.fromEntries(
      names
        .map((name) => [name, of(name).filter(isVoid).length] as const)
        .filter(([, rounds]) => rounds > 0),
    ),
  };
}

async function withGenerator(work: () => Promise<Sample | undefined>): Promise<Sample> {
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  const sample = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { [GENERATOR]: (user + system) / 10 / (performance.now() - begun), ...sample };
}

/** A subject may say itself what its generator used, where it does more than to generate. */
const isVoid = (sample: Sample) => (sample[GENERATOR] ?? 0) > MAX_GENERATOR_SHARE;

function sumUp(samples: Sample[]): Measured["subjects"][string] {
  const figures = new Set(samples.flatMap((sample) => Object.keys(sample)));
  return Object.fromEntries(
    [...figures].map((figure) => [
      figure,
      summary(samples.flatMap((sample) => sample[figure] ?? [])),
    ]),
  );
}

/** A verdict needs half of the rounds: what is left of the others may be chance. */
function judge(
  one: Omit<Comparison, "to"> & { to?: string },
  of: (name: string) => Sample[],
): Ratio {
  const below = one.to === undefined ? undefined : of(one.to);
  const above = of(one.of);
  const each = above.flatMap((sample, round) => {
    const other = below?.[round];
    if (isVoid(sample) || (other && isVoid(other))) return [];
    return (sample[one.figure] ?? Number.NaN) / (other ? (other[one.figure] ?? Number.NaN) : 1);
  });
  if (each.length === 0 || each.length < above.length / 2) return one;
  const found = { ...one, ...summary(each) };
  const { atMost, atLeast, stretch, median } = found;
  if (atMost === undefined && atLeast === undefined) return found;
  const reached =
    median <= (atMost ?? Number.POSITIVE_INFINITY) &&
    median >= (atLeast ?? Number.NEGATIVE_INFINITY);
  if (stretch === undefined) return { ...found, reached };
  return {
    ...found,
    reached,
    stretched: atMost === undefined ? median >= stretch : median <= stretch,
  };
}
