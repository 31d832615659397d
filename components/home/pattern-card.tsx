import Link from "next/link";
import type { ReactNode } from "react";
import type { Pattern } from "@/app/pattern";

/** A pattern on the home page. The whole card is the link; `live` shows what is going on there now. It lies under the link: a control in it needs `relative z-10`. */
export function PatternCard({ pattern, live }: { pattern: Pattern; live?: ReactNode }) {
  const { ready, number, title, sentence, page } = pattern;
  return (
    <li
      className={`group relative flex flex-col border-rule border-t py-5 ${ready ? "has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-accent" : "text-muted"}`}
    >
      <div className="flex items-baseline gap-3">
        <span className={`display w-8 text-2xl tabular-nums ${ready ? "text-accent" : ""}`}>
          {number}
        </span>
        <h2 className="display text-2xl">
          {ready ? (
            <Link
              href={page}
              className="outline-none after:absolute after:inset-0 group-hover:text-accent"
            >
              {title}
            </Link>
          ) : (
            title
          )}
        </h2>
      </div>
      <p className="mt-2 pl-11 text-[0.875rem] leading-normal">{sentence}</p>
      <div className="min-h-7 pt-2 pl-11 text-[0.8125rem]">
        {ready ? live : <em className="font-display text-[0.9375rem]">In the making</em>}
      </div>
    </li>
  );
}
