# The cheat sheet's streaming upload: Starlette spools the form to a file, the handler copies it.
import os
import tempfile

import aiofiles
from fastapi import FastAPI, UploadFile

app = FastAPI()


@app.post("/upload/large")
async def upload_large(file: UploadFile):
    size = 0
    path = os.path.join(tempfile.gettempdir(), f"bench-upload-{os.getpid()}")
    async with aiofiles.open(path, "wb") as f:
        while chunk := await file.read(1024 * 1024):
            size += len(chunk)
            await f.write(chunk)
    os.unlink(path)
    return {"size": size}
