#!/usr/bin/python3
"""Adapter of libcurl through PycURL (Debian: python3-pycurl), protocol version
1: one JSON object a line on stdin and stdout, in one file. curl keeps its
connections, curl-close closes each, null sends nothing. A handle carries one
command at a time; what libcurl sends again by itself it does not tell."""
import hashlib, io, json, platform, sys, time
import pycurl

CODES = {getattr(pycurl, name): "CURLE_" + name[2:] for name in reversed(dir(pycurl)) if name.startswith("E_")}


def tell(*messages):
    sys.stdout.write("".join(json.dumps(m, separators=(",", ":")) + "\n" for m in messages))
    sys.stdout.flush()


def send(handle, init, c):
    if init["profile"] == "null":
        return 200, b""
    content = io.BytesIO()
    handle.reset()  # forgets what was set; the connections stay
    handle.setopt(pycurl.URL, init["base_url"] + c["path"])
    handle.setopt(pycurl.CUSTOMREQUEST, c["method"])
    handle.setopt(pycurl.NOBODY, c["method"] == "HEAD")
    handle.setopt(pycurl.HTTPHEADER, [f"{k}: {v}" if v else f"{k};" for k, v in (c.get("headers") or {}).items()])
    if c.get("body"):
        handle.setopt(pycurl.POSTFIELDS, c["body"].encode())
    elif c["method"] in ("PUT", "POST", "PATCH"):
        handle.setopt(pycurl.POSTFIELDS, b"")
    handle.setopt(pycurl.PATH_AS_IS, True)
    handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    handle.setopt(pycurl.TIMEOUT_MS, init["timeout_ms"])  # of all of it
    handle.setopt(pycurl.NOSIGNAL, True)
    handle.setopt(pycurl.PROXY, "")
    handle.setopt(pycurl.FORBID_REUSE, init["profile"] == "curl-close")
    handle.setopt(pycurl.WRITEDATA, content)
    if init.get("ca_file"):
        handle.setopt(pycurl.CAINFO, init["ca_file"])
    handle.perform()
    return handle.getinfo(pycurl.RESPONSE_CODE), content.getvalue()


def exchange(handle, init, run, c):
    res = {"type": "res", "run": run, "seq": c["seq"], "t0": time.monotonic_ns()}
    try:
        status, content = send(handle, init, c)
        res["t1"] = time.monotonic_ns()
        res |= {"status": status, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    except pycurl.error as e:
        res["t1"] = time.monotonic_ns()
        number, text = e.args
        res["err"] = {"name": "pycurl.error", "code": CODES.get(number, ""), "msg": f"({number}) {text}"}
    return res


def until(t):
    """Waits for a moment in nanoseconds."""
    if (pause := t - time.monotonic_ns()) > 0:
        time.sleep(pause / 1e9)


def play(handle, init, run):
    begin, batch = time.monotonic_ns(), []
    for i, c in enumerate(run.get("commands") or []):
        if run.get("pace"):
            until(begin + run["pace"]["at_us"][i] * 1000)
        res = exchange(handle, init, run["id"], c)
        tell(res) if run["report"] == "stream" else batch.append(res)
        if not run.get("pace"):
            until(res["t1"] + c.get("gap_us", run.get("gap_us", 0)) * 1000)
    tell(*batch, {"type": "done", "run": run["id"]})


profiles = ["curl", "curl-close", "null"]
tell({"type": "hello", "protocol": 1, "name": "curl", "lib": pycurl.version, "runtime": "python " + platform.python_version(),
      "caps": ["batch", "stream", "at", "gaps", "tls"], "profiles": profiles})
handle, init = None, None
for line in sys.stdin:
    m = json.loads(line)
    match m["type"]:
        case "init" if m["protocol"] == 1 and m["profile"] in profiles:
            if handle:
                handle.close()
            handle, init = pycurl.Curl(), m
            tell({"type": "ready"})
        case "sync":
            tell({"type": "sync", "id": m["id"], "t": time.monotonic_ns()})
        case "run" if handle:
            play(handle, init, m)
        case _:
            tell({"type": "error", "msg": f"can't do {m['type']} with protocol {m.get('protocol')}, profile {m.get('profile')}"})
