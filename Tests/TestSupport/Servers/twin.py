"""A site, a registry and an S3 in memory that fail as a test tells them to, on 127.0.0.1 and 127.0.0.2. Prints the two
ports. No condition of a request is looked at. Tests speak to it by POST /_faults, POST /_state and GET /_log."""
import base64
import hashlib
import hmac
import json
import re
import socket
import threading
import time
import urllib.parse
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USER, PASSWORD = "lab", "se:cret"
KEY, SECRET = "TESTID", "TESTSECRET123"
lock = threading.Lock()
# Files by path, manifests by repository and name, sessions of uploads, tokens that are good.
state = {}


def reset():
    state.update(files={}, manifests={}, tokens={}, faults=[], log=[], uploads=0, login="none", uses=None, signed=False,
                 page=1000, region="us-east-1", ranges=True, skew=0)


reset()


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def answer(self, status, headers=(), body=b"", length=None):
        """An answer; `cut` and `slow` of a fault change how its body goes out."""
        fault = self.fault or {}
        self.send_response_only(status)
        self.send_header("Date", formatdate(time.time() + state["skew"], usegmt=True))
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if "cut" in fault:
            self.wfile.write(body[: fault["cut"]])
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif "slow" in fault:
            for index in range(len(body)):
                self.wfile.write(body[index:index + 1])
                self.wfile.flush()
                time.sleep(1)
        else:
            self.wfile.write(body)

    def take(self, fault):
        with lock:
            for item in state["faults"]:
                if item.get("times", 1) > 0 and item["method"] == self.command and item["path"] in self.path:
                    item["times"] = item.get("times", 1) - 1
                    return item
        return None

    def handle_any(self):
        self.fault = None
        path, _, query = self.path.partition("?")
        if path.startswith("/_"):
            return self.control(path)
        self.fault = fault = self.take(None) or {}
        length = int(self.headers.get("Content-Length") or 0)
        if "drop" in fault:
            # Part of the body is read, and the connection ends without an answer.
            self.rfile.read(min(length, fault["drop"]))
            self.log(0)
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return None
        self.body = self.rfile.read(length)
        self.log(length)
        if "status" in fault:
            headers = list(fault.get("headers", {}).items())
            return self.answer(fault["status"], headers, fault.get("body", "").encode())
        if path.startswith("/v2/"):
            return self.registry(path, query)
        if path == "/token":
            return self.token(query)
        if path.startswith("/bucket"):
            return self.bucket(path, query)
        return self.file(path)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any

    def log(self, length):
        with lock:
            state["log"].append(dict(
                method=self.command, path=self.path, port=self.client_address[1], host=self.headers.get("Host", ""), received=length,
                authorization=self.headers.get("Authorization", ""), range=self.headers.get("Range", ""),
                agent=self.headers.get("User-Agent", ""), cookie=self.headers.get("Cookie", ""),
                token=self.headers.get("X-Amz-Security-Token", "")))

    def control(self, path):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"null")
        with lock:
            if path == "/_reset":
                reset()
            if path == "/_faults":
                state["faults"] += body
            if path == "/_state":
                state.update(body)
            return self.answer(200, [], json.dumps(state["log"]).encode() if path == "/_log" else b"")

    def file(self, path):
        if self.command == "PUT":
            state["files"][path] = self.body
            return self.answer(201)
        if self.command == "DELETE":
            state["files"].pop(path, None)
            return self.answer(204)
        data = state["files"].get(path)
        if data is None:
            return self.answer(404, [("Content-Type", "text/html")], b"<html>no such file</html>")
        tag = ("ETag", '"%s"' % hashlib.md5(data).hexdigest())
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if self.headers.get("If-Range", tag[1]) != tag[1] or not wanted or not state["ranges"]:
            return self.answer(200, [tag], data)
        first, last = int(wanted[1]), min(int(wanted[2] or len(data)), len(data) - 1)
        if first >= len(data):
            return self.answer(416)
        if "shift" in (self.fault or {}):
            first += self.fault["shift"]
        part = data[first:last + 1]
        return self.answer(206, [tag, ("Content-Range", f"bytes {first}-{last}/{len(data)}")], part)

    # The registry

    def refuse(self, scope):
        realm = f"http://127.0.0.1:{ports[0]}/token"
        ways = dict(basic='Basic realm="a, registry"',
                    bearer=f'Bearer realm="{realm}",service="a, service",scope="{scope}"')
        body = json.dumps({"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}).encode()
        return self.answer(401, [("WWW-Authenticate", ways[state["login"]])], body)

    def isknown(self):
        given = self.headers.get("Authorization", "")
        if state["login"] == "none":
            return True
        if state["login"] == "basic":
            return given == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        with lock:
            token = given.removeprefix("Bearer ")
            left = state["tokens"].get(token, 0)
            state["tokens"][token] = left - 1
            return left > 0

    def token(self, query):
        form = urllib.parse.parse_qs(self.body.decode() if self.command == "POST" else query)
        given = self.headers.get("Authorization", "")
        isgood = form.get("refresh_token") == ["IDENTITY"] if self.command == "POST" else (
            given == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode())
        if not isgood or form.get("service") != ["a, service"]:
            return self.answer(401)
        with lock:
            token = f"token-{len(state['tokens'])}"
            state["tokens"][token] = state["uses"] or 1 << 30
        key = "access_token" if self.command == "POST" else "token"
        return self.answer(200, [], json.dumps({key: token, "expires_in": 300}).encode())

    def registry(self, path, query):
        name, what, rest = re.fullmatch(r"/v2/(.+)/(blobs|manifests|tags)/(.*)", path).groups()
        actions = "pull" if self.command in ("GET", "HEAD") else "pull,push"
        if not self.isknown():
            return self.refuse(f"repository:{name}:{actions} repository:other:pull")
        items = urllib.parse.parse_qs(query)
        manifests = state["manifests"].setdefault(name, {})
        if what == "tags":
            every = sorted(tag for tag in manifests if not tag.startswith("sha256:"))
            after = [tag for tag in every if tag > items.get("last", [""])[0]][: state["page"]]
            isend = not after or after[-1] == every[-1]
            link = [] if isend else [("Link", f"</v2/{name}/tags/list?n=2&last={after[-1]}>; rel=\"next\"")]
            return self.answer(200, link, json.dumps({"name": name, "tags": after}).encode())
        if what == "manifests":
            if self.command == "PUT":
                manifests[rest] = manifests[digest(self.body)] = self.body
                return self.answer(201)
            if self.command == "DELETE":
                return self.answer(405)
            return self.answer(200, [], manifests[rest]) if rest in manifests else self.answer(404)
        if rest.startswith("uploads/"):
            if self.command == "POST":
                state["uploads"] += 1
                return self.answer(202, [("Location", f"/v2/{name}/blobs/uploads/{state['uploads']}?_state=a%2Fb")])
            if items.get("digest") != [digest(self.body)]:
                body = {"errors": [{"code": "DIGEST_INVALID", "message": "other bytes"}]}
                return self.answer(400, [], json.dumps(body).encode())
            state["files"][f"/v2/{name}/blobs/{digest(self.body)}"] = self.body
            return self.answer(201)
        return self.file(path)

    # S3

    def signature(self, path, query):
        given = self.headers.get("Authorization", "")
        found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=(\w+)/((\d+)/([^/]+)/s3/aws4_request), "
                             r"SignedHeaders=([^,]+), Signature=(\w+)", given)
        if not found or found[1] != KEY:
            return "no signature"
        quote = lambda text: urllib.parse.quote(urllib.parse.unquote(text), safe="-_.~")
        pairs = sorted((quote(item.partition("=")[0]), quote(item.partition("=")[2]))
                       for item in query.split("&") if item)
        payload = self.headers.get("x-amz-content-sha256", "")
        if payload != hashlib.sha256(self.body).hexdigest():
            return "another payload"
        if self.headers.get("Range") and "range" not in found[5]:
            return "a header is not signed"
        lines = "".join(f"{name}:{self.headers.get(name, '').strip()}\n" for name in found[5].split(";"))
        plain = urllib.parse.quote(urllib.parse.unquote(path), safe="/-_.~")
        canonical = "\n".join([self.command, plain, "&".join("=".join(pair) for pair in pairs), lines, found[5], payload])
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], found[2],
                          hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + SECRET).encode()
        for part in found[2].split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        if hmac.new(key, text.encode(), hashlib.sha256).hexdigest() != found[6]:
            return "a wrong signature"
        return None if found[4] == state["region"] else "another region"

    def bucket(self, path, query):
        xml = lambda code, text: f"<Error><Code>{code}</Code><Message>{text}</Message></Error>".encode()
        if state["skew"]:
            return self.answer(403, [], xml("RequestTimeTooSkewed", "another time"))
        problem = self.signature(path, query) if state["signed"] else None
        if problem == "another region":
            return self.answer(400, [("x-amz-bucket-region", state["region"])],
                               xml("AuthorizationHeaderMalformed", problem))
        if problem:
            return self.answer(403, [], xml("SignatureDoesNotMatch", problem))
        items = urllib.parse.parse_qs(query)
        if self.command != "GET" or "list-type" not in items:
            return self.file(urllib.parse.unquote(path))
        front = path.rstrip("/") + "/" + items["prefix"][0]
        every = sorted(name for name in state["files"] if name.startswith(front))
        start = int(items.get("continuation-token", ["0"])[0])
        shown = every[start:start + state["page"]]
        ismore = start + len(shown) < len(every)
        body = "".join(
            f"<Contents><Key>{urllib.parse.quote_plus(name.split('/', 2)[2])}</Key><Size>{len(state['files'][name])}</Size>"
            "<LastModified>2026-11-28T17:00:00.000Z</LastModified></Contents>" for name in shown)
        more = f"<NextContinuationToken>{start + len(shown)}</NextContinuationToken>" if ismore else ""
        return self.answer(200, [], (
            '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<EncodingType>url</EncodingType><IsTruncated>{str(ismore).lower()}</IsTruncated>{body}{more}"
            "</ListBucketResult>").encode())


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, address):
        pass


servers = [Server((host, 0), Handler) for host in ("127.0.0.1", "127.0.0.2")]
ports = [server.server_address[1] for server in servers]
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
print(*ports, flush=True)
threading.Event().wait()
