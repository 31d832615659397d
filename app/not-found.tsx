import type { Metadata } from "next";
import Link from "next/link";
import { Notice } from "@/components/shell/notice";

export const metadata: Metadata = { title: "No such page" };

export default function NotFound() {
  return (
    <Notice title="No such page">
      <p>
        Nothing is printed under this address. The pattern may still be in the making, or the
        address has a slip in it.
      </p>
      <p>
        <Link href="/" className="link">
          Back to the nine patterns
        </Link>
      </p>
    </Notice>
  );
}
