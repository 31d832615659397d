import type { Sample, Workload } from "../suite.ts";
import { type Summary, summary } from "./stats.ts";

/** A figure of one subject over all rounds. */
export type Figures = Record<string, Summary>;

export interface Ratio extends Summary {
  figure: string;
  of: string;
  to?: string;
  atMost?: number;
  atLeast?: number;
  reached?: boolean;
}

export interface Measured {
  name: string;
  rounds: number;
  units: Record<string, string>;
  subjects: Record<string, Figures>;
  ratios: Ratio[];
}

/** Above this the load generator, not the server, may have been the slow one: the run is void. */
const MAX_GENERATOR_SHARE = 0.95;
const GENERATOR = "generator";

/**
 * Subjects in turn within a round, in another order each round; ratios within a round, so that what
 * slows the machine for a while slows both.
 */
export async function measure(workload: Workload, rounds: number): Promise<Measured> {
  const names = Object.keys(workload.subjects);
  const samples = new Map<string, Sample[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length] as string;
      samples.get(name)?.push(await once(workload, name));
    }
  }
  const figureOf = (name: string, figure: string) => {
    const all = samples.get(name);
    if (!all) throw new Error(`${workload.name}: there is no subject ${name}.`);
    return all.map((sample) => sample[figure] ?? Number.NaN);
  };
  const ratios = (workload.ratios ?? []).map((one): Ratio => {
    const below = figureOf(one.to, one.figure);
    const each = figureOf(one.of, one.figure).map((value, n) => value / (below[n] as number));
    return judge({ ...one, ...summary(each) });
  });
  const targets = (workload.targets ?? []).map((one) =>
    judge({ ...one, ...summary(figureOf(one.of, one.figure)) }),
  );
  return {
    name: workload.name,
    rounds,
    units: { ...workload.units, [GENERATOR]: "% of a core" },
    subjects: Object.fromEntries(names.map((name) => [name, sumUp(samples.get(name) ?? [])])),
    ratios: [...ratios, ...targets],
  };
}

async function once({ name, subjects }: Workload, subject: string): Promise<Sample> {
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  const sample = await subjects[subject]?.();
  const { user, system } = process.cpuUsage(cpu);
  const share = (user + system) / 1_000 / (performance.now() - begun);
  if (share > MAX_GENERATOR_SHARE)
    console.warn(`  ! ${name}, ${subject}: the generator was busy ${Math.round(share * 100)} %`);
  return { ...sample, [GENERATOR]: share * 100 };
}

function sumUp(samples: Sample[]): Figures {
  const figures = new Set(samples.flatMap((sample) => Object.keys(sample)));
  return Object.fromEntries(
    [...figures].map((figure) => [
      figure,
      summary(samples.flatMap((sample) => sample[figure] ?? [])),
    ]),
  );
}

function judge(ratio: Ratio): Ratio {
  const { median, atMost, atLeast } = ratio;
  if (atMost === undefined && atLeast === undefined) return ratio;
  const reached = median <= (atMost ?? Number.POSITIVE_INFINITY) && median >= (atLeast ?? 0);
  return { ...ratio, reached };
}
