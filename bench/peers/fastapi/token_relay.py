# The cheat sheet's LLM token streaming. The openai package is not in Debian: httpx, which it is made of, asks instead.
import json
import os

import httpx
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()
client = httpx.AsyncClient(timeout=None, limits=httpx.Limits(max_connections=None))
url = f"{os.environ['UPSTREAM']}/v1/chat/completions"


async def stream_llm(prompt: str):
    body = {"model": "clock", "stream": True, "messages": [{"role": "user", "content": prompt}]}
    async with client.stream("POST", url, json=body) as stream:
        async for line in stream.aiter_lines():
            data = line.strip().removeprefix("data: ")
            if not data or data == "[DONE]":
                continue
            token = json.loads(data)["choices"][0]["delta"].get("content")
            if token:
                yield f"data: {json.dumps({'token': token})}\n\n"
    yield "data: [DONE]\n\n"


@app.post("/")
async def completions():
    return StreamingResponse(stream_llm("What time is it?"), media_type="text/event-stream")
