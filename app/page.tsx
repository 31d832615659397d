import Link from "next/link";
import type { ComponentType } from "react";
import { PatternCard } from "@/components/home/pattern-card";
import { BackgroundTasksCard } from "./(background-tasks)/background-tasks/card";
import { ChatCard } from "./(chat)/chat/card";
import { EventStreamCard } from "./(event-stream)/event-stream/card";
import { PaginationCard } from "./(pagination)/pagination/card";
import { RateLimitsCard } from "./(rate-limits)/rate-limits/card";
import { RealtimeCard } from "./(realtime)/realtime/card";
import { TokenStreamCard } from "./(token-stream)/token-stream/card";
import { VersioningCard } from "./(versioning)/versioning/card";
import { patterns, type Slug } from "./patterns";

/** What a card shows of its pattern's present life. */
const live: Partial<Record<Slug, ComponentType>> = {
  "background-tasks": BackgroundTasksCard,
  chat: ChatCard,
  "event-stream": EventStreamCard,
  pagination: PaginationCard,
  "rate-limits": RateLimitsCard,
  realtime: RealtimeCard,
  "token-stream": TokenStreamCard,
  versioning: VersioningCard,
};

export default function Home() {
  return (
    <>
      <header className="max-w-[44rem] pt-9 pb-8 sm:pt-14 sm:pb-11">
        <h1 className="display text-[2.5rem] sm:text-[3.5rem]">Nine API patterns, running</h1>
        <p className="mt-5 font-display text-[1.1875rem] leading-normal sm:text-[1.3125rem]">
          Each pattern of the Advanced API Patterns cheat sheet runs on this server: use it, watch
          its wire, read its measurements. The code beside it is the file that answers you, ready to
          be copied. What it costs, beside its peers, is{" "}
          <Link href="/benchmarks" className="link">
            measured
          </Link>
          .
        </p>
      </header>
      <ul className="grid gap-x-10 pb-10 sm:grid-cols-2 xl:grid-cols-3">
        {patterns.map((pattern) => {
          const Live = live[pattern.slug];
          return <PatternCard key={pattern.slug} pattern={pattern} live={Live && <Live />} />;
        })}
      </ul>
    </>
  );
}
