from fastapi import FastAPI

app = FastAPI()


@app.get("/api/events/pulse")
async def pulse():
    return {"instance": "A", "openStreams": 0}
