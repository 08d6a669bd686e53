#!/usr/bin/python3
"""Adapter of Python's blocking HTTP clients. requests, requests-retry and httpx
are played if they are installed (Debian: python3-requests, python3-httpx);
http.client comes with Python; null sends nothing. Those that run on asyncio are
in client_async.py."""
import http.client, ssl
from urllib.parse import urlsplit
from protocol import serve, version

IDENTITY = {"Accept-Encoding": "identity"}  # for those that ask for gzip by themselves


def of_requests(init, retries=0):
    import requests
    session = requests.Session()
    session.trust_env = False  # no proxies
    session.verify = init.get("ca_file") or True
    session.headers.update(IDENTITY)
    for scheme in ("http://", "https://"):
        session.mount(scheme, requests.adapters.HTTPAdapter(max_retries=retries))

    def send(method, url, headers, body):
        limit = init["timeout_ms"] / 1e3  # of connecting, and of each read
        r = session.request(method, url, headers=headers, data=body, timeout=limit, allow_redirects=False)
        return r.status_code, r.content
    return send, session.close


def of_requests_retry(init):
    from urllib3.util.retry import Retry
    return of_requests(init, Retry(3))  # what urllib3 does by itself: 3 resends where the method is idempotent


def of_httpx(init):
    import httpx
    limit = init["timeout_ms"] / 1e3  # of connecting, and of each read
    client = httpx.Client(trust_env=False, verify=init.get("ca_file") or True, timeout=limit, headers=IDENTITY)

    def send(method, url, headers, body):
        r = client.request(method, url, headers=headers, content=body)
        return r.status_code, r.content
    return send, client.close


def of_http_client(init):
    base = urlsplit(init["base_url"])
    if base.scheme == "https":
        conn = http.client.HTTPSConnection(base.netloc, context=ssl.create_default_context(cafile=init.get("ca_file")))
    else:
        conn = http.client.HTTPConnection(base.netloc)

    def send(method, url, headers, body):
        try:
            conn.request(method, url.removeprefix(init["base_url"]), body, headers)
            r = conn.getresponse()
            return r.status, r.read()
        except BaseException:
            conn.close()  # the next request opens it anew
            raise
    return send, conn.close


def null(init):
    return lambda *_: (200, b""), lambda: None


profiles = {"requests": ("requests", of_requests), "requests-retry": ("requests", of_requests_retry),
            "httpx": ("httpx", of_httpx), "http.client": (None, of_http_client), "null": (None, null)}
libs = [f"{lib} {version(lib)}" for lib in ("requests", "urllib3", "httpx", "httpcore") if version(lib)]
serve("python", ", ".join(libs + ["http.client"]),
      {name: make for name, (lib, make) in profiles.items() if not lib or version(lib)})
