"use client";

import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { StatusDot } from "@/components/ui/status-dot";
import { dateOf, dayOf, deprecation, lifeWays, sunset } from "../client/life";
import { useLife, useLive } from "../versioning-provider";
import { ClockSlider } from "./clock-slider";
import { AnsweredView, AskedView } from "./exchange-view";
import { Panel } from "./panel";

const wayNames = { path: "Path", header: "Header", accept: "Accept", either: "Accept, or 2" };
const wayOptions = lifeWays.map((value) => ({ value, label: wayNames[value] }));
const day = (date: Date) => date.toISOString().slice(0, 10);

const moments = [
  ["Now", null],
  ["Before", dayOf(deprecation) - 1],
  ["Deprecated", dayOf(deprecation)],
  ["Its last day", dayOf(sunset) - 1],
  ["Gone", dayOf(sunset)],
] as const;

/** Version 1 from its best days to its end: what it answers at any time. */
export function LifeCycle({ clockMoves }: { clockMoves: boolean }) {
  const { live } = useLive();
  const { day: chosen, way, exchange, problem } = useLife();
  return (
    <Panel
      id="life"
      title="The end of version 1"
      problem={problem}
      about={
        <>
          <p id="deprecation">
            Deprecated on {day(deprecation)}: it works as before, and says in{" "}
            <code>Deprecation</code> (RFC 9745) that nothing new should be built on it.
          </p>
          <p id="sunset">
            Its sunset is on {day(sunset)}, said in <code>Sunset</code> (RFC 8594). From that second
            on it answers 410, with the way on.
          </p>
          <p>
            {clockMoves
              ? "The clock is that of your own requests: nobody else's answers change."
              : "This deployment keeps its clock: only the demo lets a request bring its own."}
          </p>
        </>
      }
      controls={
        <>
          <Segmented
            legend="How version 1 is asked for"
            options={wayOptions}
            value={way}
            onChange={(value) => live?.life.look({ way: value })}
          />
          {clockMoves &&
            moments.map(([name, at]) => (
              <Button key={name} disabled={!live} onClick={() => live?.life.look({ day: at })}>
                {name}
              </Button>
            ))}
        </>
      }
    >
      {clockMoves && <ClockSlider day={chosen} onChange={(at) => live?.life.look({ day: at })} />}
      {exchange && (
        <div className="grid gap-4 px-4 py-3 lg:grid-cols-2">
          <div className="min-w-0 space-y-2">
            <p role="status" className="text-[0.8125rem]">
              <Phase headers={exchange.answered.headers} status={exchange.answered.status} />
              <span className="text-muted">
                {chosen === null ? ", by the server's clock" : `, on ${day(dateOf(chosen))}`}
              </span>
            </p>
            <AskedView asked={exchange.asked} />
          </div>
          <AnsweredView answered={exchange.answered} />
        </div>
      )}
    </Panel>
  );
}

/** Read off the answer, not off the calendar. */
function Phase({ headers, status }: { headers: Record<string, string>; status: number }) {
  if (status === 410) return <StatusDot tone="bad">gone</StatusDot>;
  if (headers["x-api-version"] !== "1")
    return <StatusDot tone="good">answered in version {headers["x-api-version"]}</StatusDot>;
  if (headers.deprecation) return <StatusDot tone="warn">deprecated</StatusDot>;
  return <StatusDot tone="good">current</StatusDot>;
}
