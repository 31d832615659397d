import { type LaneName, laneNames, type Traffic } from "../../contract";
import type { LaneFigures } from "./lane-stats";
import type { Measured } from "./recommend";

type Lanes = Record<LaneName, LaneFigures & { traffic: Traffic }>;

/** The measurements, for each event and each request. */
export function measuredOf(lanes: Lanes): Record<LaneName, Measured> {
  const entries = laneNames.map((name) => {
    const { delivered, undisturbed, undisturbedP95, traffic, requests } = lanes[name];
    const total = traffic.in + traffic.out;
    const measured: Measured = {
      undisturbed,
      p95: undisturbedP95,
      bytesPerEvent: delivered > 0 ? total / delivered : null,
      bytesPerRequest: traffic.requests > 0 ? total / traffic.requests : null,
      requestsPerEvent: delivered > 0 ? requests / delivered : null,
    };
    return [name, measured];
  });
  return Object.fromEntries(entries);
}
