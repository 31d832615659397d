import { completionLimits } from "../contract";

/** For the home page's card: nothing is generated until somebody asks. */
export function TokenStreamCard() {
  return (
    <p className="text-muted tabular-nums">
      {completionLimits.running} answers at once,{" "}
      {completionLimits.outputTokens.toLocaleString("en")} tokens each
    </p>
  );
}
