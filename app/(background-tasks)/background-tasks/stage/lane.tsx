"use client";

import { type FormEvent, type ReactNode, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { useLive } from "../board-provider";

/** One row of the cheat sheet: what it is, a form that starts one, and those that were started. */
export function Lane(props: {
  title: string;
  about: string;
  action: string;
  onStart(form: FormData): Promise<unknown>;
  fields: ReactNode;
  children: ReactNode;
}) {
  const { board, problem } = useLive();
  const [said, setSaid] = useState("");
  const heading = useId();

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    setSaid("");
    try {
      await props.onStart(new FormData(event.currentTarget));
    } catch (error) {
      setSaid((error as Error).message);
    }
  }

  return (
    <section aria-labelledby={heading} className="min-w-0 rounded-md border border-rule bg-surface">
      <div className="border-rule border-b px-4 py-3">
        <h3 id={heading} className="display text-lg">
          {props.title}
        </h3>
        <p className="mt-1 text-[0.8125rem] text-muted">{props.about}</p>
        <form onSubmit={submit} className="mt-3">
          <div className="flex flex-wrap items-end gap-x-3 gap-y-2">
            {props.fields}
            <Button look="solid" type="submit" disabled={!board}>
              {props.action}
            </Button>
          </div>
          <p role="status" className="mt-1 text-[0.8125rem] text-bad empty:hidden">
            {said || problem}
          </p>
        </form>
      </div>
      {props.children}
    </section>
  );
}

/** A number of a lane's form. */
export function NumberField(props: {
  name: string;
  label: string;
  value: number | "";
  max: number;
  min?: number;
}) {
  return (
    <label className="text-muted text-xs">
      {props.label}
      <input
        type="number"
        name={props.name}
        defaultValue={props.value}
        min={props.min ?? 0}
        max={props.max}
        className="mt-0.5 block h-8 w-[5.5rem] rounded-md border border-edge bg-paper px-2 text-[0.8125rem] text-ink tabular-nums pointer-coarse:h-10"
      />
    </label>
  );
}

/** A number of a form; undefined where the field is empty. */
export const numberOf = (form: FormData, name: string): number | undefined => {
  const text = String(form.get(name) ?? "").trim();
  return text === "" ? undefined : Number(text);
};
