"use client";

import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { StatusDot } from "@/components/ui/status-dot";
import { type Way, ways } from "../client/exchange";
import { requestFor, type WaysView } from "../client/three-ways";
import { useLive, useWays } from "../versioning-provider";
import { AnsweredView, AskedView } from "./exchange-view";
import { Panel } from "./panel";

const names: Record<Way, string> = {
  path: "By path",
  header: "By header",
  accept: "By Accept",
};
const versionOptions = [
  { value: "1", label: "Version 1" },
  { value: "2", label: "Version 2" },
] as const;
const operationOptions = [
  { value: "one", label: "One article" },
  { value: "list", label: "The list" },
  { value: "post", label: "Post" },
] as const;

/** One request built three ways, side by side with its answers. */
export function ThreeWays() {
  const { live } = useLive();
  const view = useWays();
  const { version, operation, exchanges, problem } = view;
  return (
    <Panel
      id="ways"
      title="One request, three ways"
      problem={problem}
      about="A path names the version for everybody to see; a header and a media type leave the address to the article. Behind all three is one core."
      controls={
        <>
          <Segmented
            legend="Version"
            options={versionOptions}
            value={version === 1 ? "1" : "2"}
            onChange={(value) => live?.ways.choose({ version: value === "1" ? 1 : 2 })}
          />
          <Segmented
            legend="Operation"
            options={operationOptions}
            value={operation}
            onChange={(value) => live?.ways.choose({ operation: value })}
          />
          <Button look="solid" disabled={!live} onClick={() => live?.ways.sendAll()}>
            {operation === "post" ? "Post all three" : "Send again"}
          </Button>
          <p role="status">
            <Verdict view={view} />
          </p>
        </>
      }
    >
      <div className="grid divide-y divide-rule lg:grid-cols-3 lg:divide-x lg:divide-y-0">
        {ways.map((way) => (
          <article key={way} aria-label={names[way]} className="min-w-0 space-y-2 px-4 py-3">
            <h4 className="small-caps">{names[way]}</h4>
            <AskedView asked={requestFor(view, way)} />
            {exchanges[way] ? (
              <AnsweredView answered={exchanges[way].answered} />
            ) : (
              <p className="text-muted text-xs">Not sent yet.</p>
            )}
          </article>
        ))}
      </div>
    </Panel>
  );
}

/** Posts make three articles with an id each; what only reads must be the same to the byte. */
function Verdict({ view: { exchanges, operation, version } }: { view: WaysView }) {
  const answers = ways.flatMap((way) => exchanges[way]?.answered ?? []);
  if (answers.length < ways.length)
    return <StatusDot tone="plain">{operation === "post" ? "ready to post" : "asking"}</StatusDot>;
  const inVersion = answers.every(({ headers }) => headers["x-api-version"] === String(version));
  if (operation === "post") {
    const made = answers.filter(({ status }) => status === 201).length;
    const tone = made === ways.length && inVersion ? "good" : "bad";
    return <StatusDot tone={tone}>{made} articles made, which you alone can see</StatusDot>;
  }
  const bodies = new Set(answers.map(({ body }) => body));
  const same = bodies.size === 1 && inVersion;
  return (
    <StatusDot tone={same ? "good" : "bad"}>
      {same ? "the same bytes, three times" : `${bodies.size} different bodies`}
    </StatusDot>
  );
}
