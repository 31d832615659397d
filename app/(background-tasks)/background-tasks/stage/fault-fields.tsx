import type { Faults } from "../../contract";
import { NumberField, numberOf } from "./lane";

/** The faults that a job can be asked to have: what makes retries and dead letters happen here. */
export function FaultFields({
  poison = false,
  pauseMs = 0,
}: {
  poison?: boolean;
  pauseMs?: number;
}) {
  return (
    <details className="w-full text-[0.8125rem]" open={pauseMs > 0}>
      <summary className="text-muted">Faults and pace</summary>
      <div className="mt-2 flex flex-wrap items-end gap-x-3 gap-y-2">
        <NumberField name="pauseMs" label="A step takes, ms" value={pauseMs} max={10_000} />
        <NumberField name="failures" label="Attempts that fail" value={0} max={10} />
        <NumberField name="retryAfterSeconds" label="Retry after, s" value="" max={60} />
        <label className="flex h-8 items-center gap-2 text-xs pointer-coarse:h-10">
          <input type="checkbox" name="poison" defaultChecked={poison} />
          Every attempt fails
        </label>
      </div>
    </details>
  );
}

export const faultsOf = (form: FormData): Partial<Faults> => ({
  pauseMs: numberOf(form, "pauseMs") ?? 0,
  failures: numberOf(form, "failures") ?? 0,
  poison: form.get("poison") === "on",
  ...(numberOf(form, "retryAfterSeconds") !== undefined && {
    retryAfterSeconds: numberOf(form, "retryAfterSeconds"),
  }),
});
