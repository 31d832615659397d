import type { ReactNode } from "react";
import { Segmented } from "@/components/ui/segmented";

/** A labelled row of exclusive choices. */
export function Choice<Value extends string>(props: {
  label: string;
  options: readonly { value: Value; label: string; icon?: ReactNode }[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  const { label, ...rest } = props;
  return (
    <div>
      <p aria-hidden className="mb-1 text-muted text-xs">
        {label}
      </p>
      <Segmented legend={label} {...rest} />
    </div>
  );
}
