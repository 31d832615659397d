"use client";

import { useEffect, useState } from "react";
import { api } from "@/lib/api";
import { offsetPage } from "../contract";

/** For the home page's card: the rows of the catalogue, as the planner thinks. */
export function PaginationCard() {
  const [total, setTotal] = useState<number | null>(null);

  useEffect(() => {
    let here = true;
    const look = async () => {
      const params = { query: { limit: 1, total: "estimated" as const } };
      const answer = await api.GET("/api/items/offset", { params }).catch(() => null);
      if (here && answer?.data) setTotal(offsetPage.parse(answer.data).total);
    };
    void look();
    return () => {
      here = false;
    };
  }, []);

  if (total === null) return null;
  return <p className="text-muted tabular-nums">about {total.toLocaleString("en")} rows to read</p>;
}
