"""The stage of deploy/demo/pacs: AccessGov over HTTP, and an Orthanc and an nginx of its own."""
import base64
import glob
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

DEPLOY = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
DATA = os.path.join(DEPLOY, "demo", "pacs-data", "hospital.json")
FILES = "/usr/lib/python3/dist-packages/pydicom/data"
ORTHANC, NGINX = "/usr/sbin/Orthanc", "/usr/sbin/nginx"
PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"


class Failure(Exception):
    """Something that whoever starts the demo must see; the message says what to do."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fill(template, **values):
    with open(os.path.join(DEPLOY, template), encoding="utf-8") as file:
        text = file.read()
    for name, value in values.items():
        text = text.replace("${" + name + "}", str(value))
    return text


def until(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Failure(f"{what} did not come true within {seconds} s")
        time.sleep(0.1)


def call(method, url, token=None, body=None, form=None, basic=None, raw=None):
    """Answers (status, parsed body or bytes); 0 when nobody answers."""
    data = raw if raw is not None else json.dumps(body).encode() if body is not None else urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(url, data=data, method=method)
    request.add_header("Content-Type", "application/x-www-form-urlencoded" if form else "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if basic:
        request.add_header("Authorization", basic)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status, content = answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        status, content = refused.code, refused.read()
    except OSError:
        return 0, None
    try:
        return status, json.loads(content)
    except ValueError:
        return status, content


class AccessGov:
    def __init__(self, file):
        with open(file, encoding="utf-8") as opened:
            settings = json.load(opened)
        self.file, self.program, self.clients = file, settings["demoHospital"], settings["clients"]
        self.url, self.token_url = settings["policyDecision"]["url"].rstrip("/"), settings["identityFederation"]["tokenUrl"]
        self.administrator = None

    def answers(self):
        return call("GET", self.url + "/health/live")[0] == 200

    def token(self, client):
        """A client's own token."""
        status, answer = call("POST", self.token_url, form={
            "grant_type": "client_credentials", "client_id": client, "client_secret": self.clients[client]["secret"]})
        if status != 200:
            raise Failure(f"no token for {client}: {status} {answer}")
        return answer["access_token"]

    def hospital(self, verb, *arguments):
        """Runs the demo hospital's program, and answers what it prints."""
        done = subprocess.run(["dotnet", self.program, verb, "--configuration", self.file, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(done.stderr.strip() or done.stdout.strip())
        return done.stdout.strip()

    def tokens_of(self, people):
        """What a viewer has after these people have signed in to it."""
        self.hospital("enrol", *people)
        return {person: self.hospital("token", "viewer", person, "images.open") for person in people}

    def ask(self, method, path, body=None, accept=(200, 201, 204)):
        self.administrator = self.administrator or self.token("demo")
        status, answer = call(method, self.url + path, self.administrator, body)
        if status not in accept:
            raise Failure(f"{method} {path} answered {status}: {answer}")
        return status, answer

    def listed(self, path, member):
        return self.ask("GET", path)[1][member]

    def decision(self, evaluation):
        status, found = self.ask("GET", f"/decisions/{evaluation}", accept=(200, 404))
        return found if status == 200 else None

    def load(self):
        """What the demo needs and is not there yet; the demo hospital brings most of it."""
        with open(DATA, encoding="utf-8") as file:
            data = json.load(file)
        if self.ask("GET", "/policy-sets/hospital", accept=(200, 404))[0] == 404:
            policies = os.path.join(DEPLOY, "policies")
            names = sorted(glob.glob(os.path.join(policies, "*.cedar")) + glob.glob(os.path.join(policies, "*.obligations")))
            names += [os.path.join(policies, name) for name in ("actions.json", "obligations.json", "controls.json")]
            files = [{"name": os.path.basename(name), "text": open(name, encoding="utf-8").read()} for name in names]
            self.ask("POST", "/policy-sets/hospital/versions", {"files": files, "comment": "PACS demo"})
        sites = self.listed("/sites?limit=100", "sites")
        if not any("orthanc" in site.get("archives", []) for site in sites):
            self.ask("PUT", f"/sites/{data['site']['id']}", data["site"]["body"])
        roles = {role["id"] for role in self.listed("/roles?limit=100", "roles")}
        for role, body in data["roles"].items():
            if role not in roles:
                self.ask("PUT", f"/roles/{role}", body)
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        for grant in data["grants"]:
            if not self.listed(f"/grants?subject={grant['subjectId']}&active=true", "grants"):
                self.ask("POST", "/grants", {**grant, "until": soon})
        for relation in data["relations"]:
            if not self.listed(f"/relations?user={relation['user']}", "relations"):
                self.ask("POST", "/relations", relation)


class Pacs:
    """Orthanc and nginx of this demo, in a folder of its own."""

    def __init__(self, port=None, password=None):
        missing = [path for path in (ORTHANC, NGINX, PLUGIN, FILES) if not os.path.exists(path)]
        if missing:
            raise Failure(f"not installed: {', '.join(missing)}; run deploy/install")
        self.folder, self.started = tempfile.mkdtemp(prefix="accessgov-pacs-"), []
        # nginx's workers are another user when root starts it; the archive itself stays closed to it.
        os.chmod(self.folder, 0o755)
        os.mkdir(os.path.join(self.folder, "archive"), 0o700)
        self.http, self.password = port or free_port(), password or secrets.token_urlsafe(16)
        self.basic = "Basic " + base64.b64encode(f"accessgov-proxy:{self.password}".encode()).decode()
        self.url = f"http://127.0.0.1:{self.http}"

    def start(self, name, command):
        log = open(os.path.join(self.folder, name + ".log"), "wb")
        self.started.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True))

    def start_orthanc(self):
        file = os.path.join(self.folder, "orthanc.json")
        with open(file, "w", encoding="utf-8") as opened:
            os.chmod(file, 0o600)
            opened.write(fill("orthanc/orthanc.json.template", NAME="AccessGov demo", DIRECTORY=os.path.join(self.folder, "archive"),
                              HTTP_PORT=self.http, PROXY_PASSWORD=self.password))
        self.start("orthanc", [ORTHANC, file])
        until(lambda: self.direct("GET", "/system")[0] == 200, f"Orthanc answers (see {self.folder}/orthanc.log)")
        for name in glob.glob(FILES + "/test_files/**/*", recursive=True) + glob.glob(FILES + "/charset_files/*"):
            if os.path.isfile(name):
                with open(name, "rb") as file:
                    self.direct("POST", "/instances", file.read())  # The folder holds files that are no DICOM; Orthanc refuses them.

    def start_nginx(self, accessgov, edge=None):
        """Answers its port. The demo's clients speak as a load balancer at 127.0.0.2, whose X-Forwarded-For nginx believes."""
        port = free_port()
        home = os.path.join(self.folder, f"nginx-{port}")
        os.mkdir(home, 0o755)
        paths = "".join(f"{kind}_temp_path {home}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(os.path.join(home, "nginx.conf"), "w", encoding="utf-8") as file:
            os.chmod(file.name, 0o600)
            file.write(f"daemon off; pid {home}/pid; error_log {home}/error.log; events {{}}\nhttp {{ access_log off; {paths}\n"
                       "set_real_ip_from 127.0.0.2; real_ip_header X-Forwarded-For;\n"
                       + fill("nginx/pacs.conf.template", LISTEN=f"127.0.0.1:{port}", ACCESSGOV_ADDRESS=accessgov, EDGE_ADDRESS=edge or accessgov, PROXY_SECRET="",
                              ARCHIVE_ADDRESS=f"127.0.0.1:{self.http}", ARCHIVE_AUTHORIZATION=self.basic) + "}\n")
        self.start(f"nginx-{port}", [NGINX, "-e", f"{home}/error.log", "-c", f"{home}/nginx.conf", "-p", home])
        until(lambda: call("GET", f"http://127.0.0.1:{port}/")[0] != 0, f"nginx answers (see {home}/error.log)")
        return port

    def direct(self, method, path, raw=None):
        return call(method, self.url + path, basic=self.basic, raw=raw)

    def stop(self):
        for process in reversed(self.started):
            process.send_signal(signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
