import Link from "next/link";

export function Wordmark() {
  return (
    <Link href="/" className="display inline-block pt-1 text-[1.625rem] hover:text-accent">
      Patternbook
    </Link>
  );
}
