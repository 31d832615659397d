# The cheat sheet's cursor pagination, over the same table. SQL by asyncpg in place of SQLAlchemy's: its floor.
import base64
import json
import os
from datetime import datetime

import asyncpg
from fastapi import FastAPI, Query

app = FastAPI()


@app.on_event("startup")
async def connect():
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=6)


def encode_cursor(row) -> str:
    text = json.dumps([row["created_at"].isoformat(), str(row["id"])])
    return base64.urlsafe_b64encode(text.encode()).decode()


def decode_cursor(cursor: str):
    at, item_id = json.loads(base64.urlsafe_b64decode(cursor))
    return datetime.fromisoformat(at), int(item_id)


FIRST = """SELECT id, created_at, category, price, title FROM item
 ORDER BY created_at DESC, id DESC LIMIT $1"""
NEXT = """SELECT id, created_at, category, price, title FROM item
 WHERE (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $1"""


@app.get("/items")
async def list_items(cursor: str | None = None, limit: int = Query(default=20, le=100)):
    if cursor:
        rows = await app.state.pool.fetch(NEXT, limit + 1, *decode_cursor(cursor))
    else:
        rows = await app.state.pool.fetch(FIRST, limit + 1)
    has_more = len(rows) > limit
    items = rows[:limit]
    return {
        "items": [{**row, "id": str(row["id"])} for row in items],
        "next_cursor": encode_cursor(items[-1]) if has_more else None,
    }
