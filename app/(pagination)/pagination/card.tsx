"use client";

import { useEffect, useState } from "react";
import { offsetPage } from "../contract";

/** For the home page's card: the rows of the catalogue, as the planner thinks. */
export function PaginationCard() {
  const [total, setTotal] = useState<number | null>(null);

  useEffect(() => {
    const leaving = new AbortController();
    const look = async () => {
      const url = "/api/items/offset?limit=1&total=estimated";
      const response = await fetch(url, { signal: leaving.signal }).catch(() => null);
      if (response?.ok) setTotal(offsetPage.parse(await response.json()).total);
    };
    void look();
    return () => leaving.abort();
  }, []);

  if (total === null) return null;
  return <p className="text-muted tabular-nums">about {total.toLocaleString("en")} rows to read</p>;
}
