"use client";

import { useWays } from "../versioning-provider";
import { Chain } from "./chain";
import { Diff } from "./diff";
import { Members } from "./members";
import { Panel } from "./panel";

/** What a client of version 1 sees of an article, and the transforms that make it so. */
export function Changes() {
  const { bodies } = useWays();
  const [one, two] = [bodies[1], bodies[2]];
  return (
    <Panel
      id="changes"
      title="What changes"
      about="The core knows version 2 alone. Version 1 is a function at the edge, down for what is read and up for what is posted; what it has no word for is left out."
    >
      {one && two ? (
        <div className="space-y-4 px-4 py-3">
          <Chain />
          <div className="grid gap-x-8 gap-y-6 xl:grid-cols-2">
            <Members one={JSON.parse(one)} two={JSON.parse(two)} />
            <Diff one={one} two={two} />
          </div>
        </div>
      ) : (
        <p className="px-4 py-3 text-muted text-xs">Asking for both versions.</p>
      )}
    </Panel>
  );
}
