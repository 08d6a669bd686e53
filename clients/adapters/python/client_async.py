#!/usr/bin/python3
"""Adapter of Python's HTTP clients on asyncio. aiohttp is played if it is
installed (Debian: python3-aiohttp); null sends nothing."""
import asyncio, json, ssl, sys, time
from protocol import answer, chosen, hello, overdue, request, tell, told, version


async def of_aiohttp(init):
    import aiohttp, yarl
    context = ssl.create_default_context(cafile=init.get("ca_file"))
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context), timeout=aiohttp.ClientTimeout(),
                                    headers={"Accept-Encoding": "identity"})  # it would ask for gzip by itself

    async def send(method, url, headers, body):
        url = yarl.URL(url, encoded=True)  # as it is
        async with session.request(method, url, headers=headers, data=body, allow_redirects=False) as r:
            return r.status, await r.read()
    return send, session.close


async def null(init):
    async def nothing(*_):
        return 200, b""
    return nothing, nothing


async def exchange(init, send, run, c):
    """Carries one command, within one limit for all of it."""
    res = {"type": "res", "run": run, "seq": c["seq"], "t0": time.monotonic_ns()}
    try:
        async with asyncio.timeout(init["timeout_ms"] / 1e3) as limit:
            status, content = await send(*request(init, c))
        res["t1"] = time.monotonic_ns()
        res |= answer(status, content)
    except Exception as e:
        res["t1"] = time.monotonic_ns()
        res["err"] = overdue(init) if limit.expired() else told(e)
    return res


async def until(t):
    """Waits for a moment in nanoseconds: the event loop's timers are a
    millisecond coarse, so the rest is waited for in turns of it."""
    if (pause := t - time.monotonic_ns()) > 1_500_000:
        await asyncio.sleep(pause / 1e9 - 0.001)
    while time.monotonic_ns() < t:
        await asyncio.sleep(0)


async def play(init, send, run):
    begin, batch, commands = time.monotonic_ns(), [], iter(enumerate(run.get("commands") or []))

    async def caller():
        for i, c in commands:
            if run.get("pace"):
                await until(begin + run["pace"]["at_us"][i] * 1000)
            res = await exchange(init, send, run["id"], c)
            tell(res) if run["report"] == "stream" else batch.append(res)
            if not run.get("pace"):
                await until(res["t1"] + c.get("gap_us", run.get("gap_us", 0)) * 1000)
    await asyncio.gather(*(caller() for _ in range(run.get("concurrency") or 1)))
    tell(*batch, {"type": "done", "run": run["id"]})


async def serve(lib, profiles):
    init, send, close = None, None, None
    hello("python-asyncio", lib, ["concurrency"], profiles)
    while line := await asyncio.to_thread(sys.stdin.readline):
        try:
            message = json.loads(line)
            if message["type"] == "sync":
                tell({"type": "sync", "id": message["id"], "t": time.monotonic_ns()})
            elif message["type"] == "run":
                await play(init, send, message)
            elif message["type"] == "init":
                if close:
                    await close()
                init, send, close = message, None, None
                send, close = await chosen(init, profiles)(init)
                tell({"type": "ready"})
            else:
                raise ValueError(f"unknown type {message['type']}")
        except Exception as e:
            tell({"type": "error", "msg": f"{type(e).__name__}: {e}"})
    if close:
        await close()


profiles = {"aiohttp": of_aiohttp} if version("aiohttp") else {}
asyncio.run(serve(f"aiohttp {version('aiohttp') or 'is not installed'}", profiles | {"null": null}))
