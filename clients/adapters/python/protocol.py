"""The protocol's side of an adapter of a blocking client in Python, version 1:
one JSON object a line on stdin and stdout. client.py is the clients' side of
it. Needs a Unix, for its timer."""
import errno, hashlib, json, platform, signal, ssl, sys, time
from importlib import metadata


class Late(BaseException):
    """The limit on a whole exchange has passed. No library takes it for an error of its own."""


def late(*_):
    raise Late


def tell(*messages):
    sys.stdout.write("".join(json.dumps(m, separators=(",", ":")) + "\n" for m in messages))
    sys.stdout.flush()


def told(e):
    chain, cause = [], e
    while (cause := cause.__cause__ or cause.__context__) and len(chain) < 8:
        chain.append(f"{type(cause).__name__}: {cause}")
    # The errno of an SSLError is OpenSSL's, not the system's.
    code = getattr(e, "reason", "") if isinstance(e, ssl.SSLError) else errno.errorcode.get(getattr(e, "errno", None))
    return {"name": type(e).__name__, "code": str(code or ""), "msg": str(e) or type(e).__name__, "chain": chain}


def request(init, c):
    body = c["body"].encode() if c.get("body") else None
    return c["method"], init["base_url"] + c["path"], c.get("headers") or {}, body


def answer(status, content):
    return {"status": status, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def exchange(init, send, run, c):
    """Carries one command, within one limit for all of it."""
    res = {"type": "res", "run": run, "seq": c["seq"], "t0": time.monotonic_ns()}
    try:
        signal.setitimer(signal.ITIMER_REAL, init["timeout_ms"] / 1e3)
        try:
            status, content = send(*request(init, c))
        finally:
            res["t1"] = time.monotonic_ns()
            signal.setitimer(signal.ITIMER_REAL, 0)
        res |= answer(status, content)
    except Late:
        res["err"] = overdue(init)
    except Exception as e:
        res["err"] = told(e)
    return res


def overdue(init):
    return {"name": "TimeoutError", "msg": f"no whole answer within {init['timeout_ms']} ms"}


def until(t):
    """Waits for a moment in nanoseconds."""
    if (pause := t - time.monotonic_ns()) > 0:
        time.sleep(pause / 1e9)


def play(init, send, run):
    begin, batch = time.monotonic_ns(), []
    for i, c in enumerate(run.get("commands") or []):
        if run.get("pace"):
            until(begin + run["pace"]["at_us"][i] * 1000)
        res = exchange(init, send, run["id"], c)
        tell(res) if run["report"] == "stream" else batch.append(res)
        if not run.get("pace"):
            until(res["t1"] + c.get("gap_us", run.get("gap_us", 0)) * 1000)
    tell(*batch, {"type": "done", "run": run["id"]})


def hello(name, lib, caps, profiles):
    tell({"type": "hello", "protocol": 1, "name": name, "lib": lib, "runtime": "python " + platform.python_version(),
          "caps": ["batch", "stream", "at", "gaps", "tls", *caps], "profiles": list(profiles)})


def chosen(init, profiles):
    if init["protocol"] != 1:
        raise ValueError(f"protocol {init['protocol']} is not spoken here")
    if init["profile"] not in profiles:
        raise ValueError(f"there is no profile {init['profile']}")
    return profiles[init["profile"]]


def version(lib):
    """The version that is installed; None if none is."""
    try:
        return metadata.version(lib)
    except metadata.PackageNotFoundError:
        return None


def serve(name, lib, profiles):
    """Plays what stdin asks for until it ends. profiles are functions, by name:
    of an init message to send(method, url, headers, body), which returns status
    and body, and close()."""
    signal.signal(signal.SIGALRM, late)
    init, send, close = None, None, lambda: None
    hello(name, lib, [], profiles)
    for line in sys.stdin:
        try:
            message = json.loads(line)
            if message["type"] == "sync":
                tell({"type": "sync", "id": message["id"], "t": time.monotonic_ns()})
            elif message["type"] == "run":
                play(init, send, message)
            elif message["type"] == "init":
                close()
                init, send, close = message, None, lambda: None
                send, close = chosen(init, profiles)(init)
                tell({"type": "ready"})
            else:
                raise ValueError(f"unknown type {message['type']}")
        except Exception as e:
            tell({"type": "error", "msg": f"{type(e).__name__}: {e}"})
