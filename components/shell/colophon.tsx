import { InstanceBadge } from "@/components/instance-badge";

/** The foot of every page. The side column names the instance on wide screens, this does on narrow ones. */
export function Colophon() {
  return (
    <footer className="mx-auto max-w-5xl px-5 pb-10 sm:px-10">
      <div className="flex flex-wrap items-start justify-between gap-6 border-rule border-t pt-5 text-[0.8125rem] text-muted">
        <p className="max-w-prose">
          The cheat sheet{" "}
          <cite className="font-display text-[0.9375rem]">Advanced API Patterns</cite>, running.
          Nothing on a page is simulated.
        </p>
        <div className="lg:hidden">
          <InstanceBadge />
        </div>
      </div>
    </footer>
  );
}
