"use client";

import type { ToolCall } from "../../contract";
import { useView } from "../run-provider";

const json = "mt-1 max-h-56 overflow-auto rounded-md bg-code-bg p-3 text-xs";
const summary = "cursor-pointer text-muted hover:text-ink";

/** What the model shows of its reasoning: apart from the answer, and folded. */
export function Reasoning() {
  const { reasoning, usage } = useView();
  if (reasoning === "") return null;
  const tokens = usage?.reasoningTokens;
  return (
    <details className="mb-3 text-[0.8125rem]" data-testid="reasoning">
      <summary className={summary}>
        Reasoning{tokens === undefined ? "" : ` (${tokens.toLocaleString("en")} tokens)`}
      </summary>
      <p className="mt-1 whitespace-pre-wrap border-edge border-l-2 pl-3 text-muted [overflow-wrap:anywhere]">
        {reasoning}
      </p>
    </details>
  );
}

/** The tools that ran on the server for this answer, each with its input and what came of it. */
export function Tools() {
  const { tools } = useView();
  if (tools.length === 0) return null;
  return (
    <ul aria-label="Tools" className="mb-3 space-y-1 text-[0.8125rem]">
      {tools.map((tool) => (
        <li key={tool.id}>
          <details>
            <summary className={summary}>
              {titleOf(tool)}: <span className="text-ink">{outcomeOf(tool)}</span>
            </summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
            <pre tabIndex={0} className={json}>
              {JSON.stringify(tool.output ?? tool.error ?? tool.input, null, 2)}
            </pre>
          </details>
        </li>
      ))}
    </ul>
  );
}

function titleOf({ name, input }: ToolCall): string {
  const { query } = Object(input) as { query?: unknown };
  return typeof query === "string" ? `${name} “${query}”` : name;
}

function outcomeOf({ output, error }: ToolCall): string {
  if (error !== undefined) return "failed";
  if (output === undefined) return "running";
  const { passages } = Object(output) as { passages?: unknown };
  if (!Array.isArray(passages)) return "done";
  return `${passages.length} ${passages.length === 1 ? "passage" : "passages"} found`;
}

const cutOff: Record<string, string> = {
  length: "Cut off: the answer reached its limit of tokens or bytes.",
  "content-filter": "Cut off by the provider's content filter.",
};

/** Behind the text: why it is no whole answer, and what it is based on. */
export function AnswerEnd() {
  const { reason, sources } = useView();
  const note = reason === null ? undefined : cutOff[reason];
  return (
    <>
      {note && <p className="mt-3 text-warn">{note}</p>}
      {sources.length > 0 && (
        <div className="mt-3 text-[0.8125rem]">
          <h3 className="small-caps text-muted">Sources</h3>
          <ol className="mt-1 list-decimal pl-5">
            {sources.map(({ url, title }) => (
              <li key={url}>
                {/^https?:\/\//.test(url) ? (
                  <a className="link" href={url} target="_blank" rel="noreferrer nofollow ugc">
                    {title}
                  </a>
                ) : (
                  title
                )}
              </li>
            ))}
          </ol>
        </div>
      )}
    </>
  );
}
