import { diffLines } from "diff";
import { pretty } from "../client/exchange";

const looks = {
  same: { mark: " ", row: "text-muted", word: "" },
  gone: { mark: "−", row: "bg-bad/10 text-bad", word: "only version 1:" },
  new: { mark: "+", row: "bg-good/10 text-good", word: "only version 2:" },
};

interface Line {
  kind: keyof typeof looks;
  text: string;
}

/** Both bodies of one article, laid out, line by line. */
export function Diff({ one, two }: { one: string; two: string }) {
  return (
    <div className="min-w-0">
      <h4 className="small-caps pb-2">From version 1 to version 2</h4>
      <ol
        aria-label="The bodies as a diff"
        className="rounded-md bg-code-bg py-2 font-mono text-[0.6875rem] leading-5"
      >
        {linesOf(one, two).map(({ kind, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines repeat, and never move.
          <li key={index} data-kind={kind} className={`flex gap-2 px-2 ${looks[kind].row}`}>
            <span aria-hidden className="whitespace-pre">
              {looks[kind].mark}
            </span>
            {looks[kind].word && <span className="sr-only">{looks[kind].word}</span>}
            <span className="min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

const linesOf = (one: string, two: string): Line[] =>
  diffLines(pretty(one), pretty(two)).flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, "")
      .split("\n")
      .map((text) => ({
        kind: added ? ("new" as const) : removed ? ("gone" as const) : ("same" as const),
        text,
      })),
  );
