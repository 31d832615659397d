"use client";

import { useEffect, useState } from "react";
import { offsetPage } from "../contract";

/** For the home page's card: the rows of the catalogue, as the planner thinks. */
export function PaginationCard() {
  const [total, setTotal] = useState<number | null>(null);

  useEffect(() => {
    let here = true;
    const look = async () => {
      const url = "/api/items/offset?limit=1&total=estimated";
      const response = await fetch(url).catch(() => null);
      if (!response?.ok) return;
      const { total: rows } = offsetPage.parse(await response.json());
      if (here) setTotal(rows);
    };
    void look();
    return () => {
      here = false;
    };
  }, []);

  if (total === null) return null;
  return <p className="text-muted tabular-nums">about {total.toLocaleString("en")} rows to read</p>;
}
