"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { NavEntry } from "./nav-entry";

/** Beside the patterns: what they cost, and every address. */
const MORE = [
  { href: "/benchmarks", sign: "÷", title: "Benchmarks" },
  { href: "/docs", sign: "§", title: "API reference" },
];

/** The nine patterns by number, what they cost, the reference. Those still in the making are not linked. */
export function PatternNav({ entries, onGo }: { entries: NavEntry[]; onGo?: () => void }) {
  const here = usePathname();
  const row =
    "-mx-3 flex min-h-9 items-baseline gap-2.5 whitespace-nowrap rounded-sm px-3 py-1.5 text-sm pointer-coarse:py-2.5";
  return (
    <nav aria-label="Patterns">
      <ol>
        {entries.map(({ slug, number, title, page, ready }) => {
          const current = here === page || here.startsWith(`${page}/`);
          const numeral = <span className="display w-5 text-base tabular-nums">{number}</span>;
          if (!ready) {
            return (
              <li key={slug} className={`${row} text-muted`}>
                {numeral}
                {title}
                <em className="ml-auto font-display text-[0.8125rem] tracking-tight">
                  in the making
                </em>
              </li>
            );
          }
          return (
            <li key={slug}>
              <Link
                href={page}
                onClick={onGo}
                aria-current={current ? "page" : undefined}
                className={`${row} hover:text-accent aria-[current]:bg-accent-wash aria-[current]:font-medium aria-[current]:text-accent`}
              >
                {numeral}
                {title}
              </Link>
            </li>
          );
        })}
      </ol>
      <ul className="mt-3 border-rule border-t pt-3">
        {MORE.map(({ href, sign, title }) => (
          <li key={href}>
            <Link
              href={href}
              onClick={onGo}
              aria-current={here === href ? "page" : undefined}
              className={`${row} hover:text-accent aria-[current]:bg-accent-wash aria-[current]:font-medium aria-[current]:text-accent`}
            >
              <span aria-hidden className="display w-5 text-base">
                {sign}
              </span>
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
