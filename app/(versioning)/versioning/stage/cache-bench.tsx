"use client";

import { Button } from "@/components/ui/button";
import { useBench, useLive } from "../versioning-provider";
import { Panel } from "./panel";

/** The same clients behind two caches, of which one does not know why answers differ. */
export function CacheBench() {
  const { live } = useLive();
  const { rows, held, busy, problem } = useBench();
  const idle = live && !busy;
  const wrong = rows.filter(({ without }) => without.wrong).length;
  return (
    <Panel
      id="bench"
      title="What a cache must know"
      problem={problem}
      about={
        <>
          Both caches run in this page, by the rules of RFC 9111 (<code>http-cache-semantics</code>
          ), before the real server; the browser's own is passed by. The right one reads{" "}
          <code>Vary</code>; the other is never told of it, as behind a CDN that drops it.
        </>
      }
      controls={
        <>
          <Button look="solid" disabled={!idle} onClick={() => live?.bench.ask(1, 2, 1, 2)}>
            Four clients
          </Button>
          <Button disabled={!idle} onClick={() => live?.bench.ask(1)}>
            A version 1 client
          </Button>
          <Button disabled={!idle} onClick={() => live?.bench.ask(2)}>
            A version 2 client
          </Button>
          <Button look="bare" disabled={!idle} onClick={() => live?.bench.empty()}>
            Empty both
          </Button>
        </>
      }
    >
      <div className="px-4 py-3 text-[0.8125rem]">
        <table className="w-full text-left text-xs tabular-nums">
          <caption className="sr-only">What each client got, cache by cache</caption>
          <thead className="text-muted">
            <tr>
              <th scope="col" className="py-1 pr-3 font-normal">
                asked for
              </th>
              <th scope="col" className="py-1 pr-3 font-normal">
                with Vary, {held.withVary} held
              </th>
              <th scope="col" className="py-1 font-normal">
                without, {held.without} held
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ asked, withVary, without }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same clients come again.
              <tr key={index} className="border-rule border-t">
                <th scope="row" className="whitespace-nowrap py-1 pr-3 font-normal">
                  version {asked}
                </th>
                <Cell {...withVary} />
                <Cell {...without} />
              </tr>
            ))}
          </tbody>
        </table>
        <p role="status" className="pt-2 text-muted">
          {rows.length === 0
            ? "Nobody has asked yet."
            : `${rows.length} ${rows.length === 1 ? "client" : "clients"}; without Vary ${wrong} of them got the wrong version.`}
        </p>
      </div>
    </Panel>
  );
}

function Cell(props: { from: string; version: string; wrong: boolean }) {
  const { from, version, wrong } = props;
  return (
    <td data-wrong={wrong} className={`py-1 pr-3 ${wrong ? "text-bad" : ""}`}>
      version {version} <span className={wrong ? "" : "text-muted"}>from the {from}</span>
      {wrong && <strong className="font-medium">, wrong</strong>}
    </td>
  );
}
