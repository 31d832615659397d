"use client";

import { useView } from "../board-provider";

const rows = [
  ["BackgroundTasks", "after()", "if it ends in 8 s", "no, lost", "none"],
  ["Celery", "steps, fan-out, schedule", "yes", "goes on at its step", "4 attempts a step"],
  ["ARQ", "async function, deferred, cron", "yes", "yes", "4 attempts"],
  ["Dramatiq", "queue with dead letters", "yes", "yes", "4 attempts, then kept"],
] as const;
const kindOf = { Celery: "import", ARQ: "digest", Dramatiq: "deliver" } as const;

/** The cheat sheet's table, with what is under way and what is done in each row now. */
export function Comparison() {
  const { jobs, tasks } = useView();
  const counts = (name: (typeof rows)[number][0]): [open: number, done: number] => {
    const all =
      name === "BackgroundTasks" ? tasks : jobs.filter((job) => job.kind === kindOf[name]);
    const ended = all.filter(({ status }) =>
      ["done", "lost", "dead", "cancelled"].includes(status),
    );
    return [all.length - ended.length, ended.filter(({ status }) => status === "done").length];
  };
  return (
    <section
      aria-label="Comparison"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on phones.
      tabIndex={0}
      className="overflow-x-auto rounded-md border border-rule bg-surface"
    >
      <table className="w-full min-w-[38rem] text-[0.8125rem] [&_td]:px-3 [&_td]:py-1.5 [&_th]:px-3 [&_th]:py-1.5 [&_th]:text-left [&_th]:font-normal">
        <caption className="sr-only">The cheat sheet's rows and what each of them is here</caption>
        <thead className="border-rule border-b text-muted">
          <tr>
            {["Cheat sheet", "Here", "A stop", "kill -9", "Retries", "Open", "Done"].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const [name, ...cells] = row;
            const [open, done] = counts(name);
            return (
              <tr key={name} className="border-rule border-b last:border-0">
                <th scope="row">
                  <span className="font-medium">{name}</span>
                </th>
                {cells.map((cell) => (
                  <td key={cell}>{cell}</td>
                ))}
                <td className="tabular-nums">{open}</td>
                <td className="tabular-nums">{done}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
