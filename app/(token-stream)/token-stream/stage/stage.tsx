import { Answer } from "./answer";
import { AskBox } from "./ask-box";
import { CompletionPanel } from "./completion-panel";

/** The question and its answer on the left, what makes it on the right; one under the other on phones. */
export function Stage() {
  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_16rem]">
      <div className="min-w-0 rounded-md border border-rule bg-surface">
        <AskBox />
        <Answer />
      </div>
      <CompletionPanel />
    </div>
  );
}
