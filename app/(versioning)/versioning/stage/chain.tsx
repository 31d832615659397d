import type { ReactNode } from "react";

/** The way of an article from its row to either version, and of a draft back. */
export function Chain() {
  return (
    <ol
      aria-label="The chain of transforms"
      className="flex flex-col items-stretch gap-1 text-xs sm:flex-row sm:items-center"
    >
      <Station name="row">in Postgres</Station>
      <Step down="toArticle" up="publish" />
      <Station name="core">the shape of version 2</Station>
      <Step down="v1.down" up="v1.up" />
      <Station name="version 1">as on its first day</Station>
    </ol>
  );
}

function Station({ name, children }: { name: string; children: ReactNode }) {
  return (
    <li className="rounded-md border border-edge bg-paper px-3 py-1.5">
      <strong className="block font-medium">{name}</strong>
      <span className="text-muted">{children}</span>
    </li>
  );
}

/** Two arrows: down is what is read, up is what is posted. They turn with the page. */
function Step({ down, up }: { down: string; up: string }) {
  return (
    <li className="flex flex-1 justify-center gap-x-6 px-2 font-mono text-[0.6875rem] text-accent sm:flex-col sm:gap-y-1">
      <Arrow name={down} way="down" />
      <Arrow name={up} way="up" />
    </li>
  );
}

function Arrow({ name, way }: { name: string; way: "down" | "up" }) {
  const isDown = way === "down";
  return (
    <span className="flex items-center gap-1.5">
      <span className="sr-only">{isDown ? "out by " : "in by "}</span>
      {!isDown && <Head turn="rotate-[-90deg] sm:rotate-180" />}
      <span aria-hidden className="hidden h-px flex-1 bg-accent sm:block" />
      {name}
      <span aria-hidden className="hidden h-px flex-1 bg-accent sm:block" />
      {isDown && <Head turn="rotate-90 sm:rotate-0" />}
    </span>
  );
}

const Head = ({ turn }: { turn: string }) => (
  <svg aria-hidden viewBox="0 0 8 8" className={`size-2 shrink-0 fill-current ${turn}`}>
    <path d="M0 0 8 4 0 8z" />
  </svg>
);
