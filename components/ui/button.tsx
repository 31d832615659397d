import type { ComponentProps } from "react";

const looks = {
  /** The one thing to do here. */
  solid: "border-accent bg-accent text-on-accent hover:border-ink hover:bg-ink hover:text-paper",
  /** Everything else. */
  quiet: "border-edge bg-surface text-ink hover:border-ink",
  /** Inside a toolbar. */
  bare: "border-transparent text-muted hover:text-ink",
};

/** A button, 32 px high (40 px on touch screens), never submitting a form by accident. */
export function Button({
  look = "quiet",
  className = "",
  ...props
}: ComponentProps<"button"> & { look?: keyof typeof looks }) {
  return (
    <button
      type="button"
      {...props}
      className={`inline-flex h-8 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border px-2.5 text-[0.8125rem] disabled:cursor-not-allowed disabled:opacity-60 pointer-coarse:h-10 ${looks[look]} ${className}`}
    />
  );
}
