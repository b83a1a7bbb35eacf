"""Candidate files: what is declared is used, the command line comes before it, mistakes are told with their line, and
an editor that knows the schema says the same as daemonck."""

import json

import jsonschema
import yaml

import support

SHORT_S = 5 + support.GRACE_S
NAME = "daemon.yaml"

# Each is the rest of a file with a command.
GOOD = [
    "{}",
    "name: x\nsummary: It does what it does.",
    "environment: [A=b, 'C=', D=e=f]",
    "directory: /",
    "user: root",
    "profile: bsd",
    "style: forks",
    "style: stays",
    "pidfile: /run/x.pid",
    "files: [{path: /run/x.conf, content: 'a: b', mode: '0640'}, {path: /run/x, directory: true, mode: 0755}]",
    "files: [{path: /run/x.conf}]",
    "setup: ['mkdir -p /run/y', 'true']",
    "ready: [{port: 80}, {tcp: '127.0.0.1:80'}, {udp: '[::1]:53'}, {tcp: 'localhost:1'}]",
    "ready: [{socket: /run/x.sock}, {socket: '@x'}, {file: /run/ready}, {notify: true}, {s6: 3}]",
    "stop: {signal: TERM, within: 5s, status: 0}",
    "stop: {signal: SIGRTMIN+3, within: 0.5}",
    "stop: {within: 5}",
    "stop: {}",
    "signals: {HUP: lives, SIGINT: stops, QUIT: stops}",
    "reload: {signal: HUP, break: {path: /etc/x.conf, content: garbage}}",
    "reload: {}",
    "log: {path: /var/log/x.log, signal: USR1}",
    "second: refused",
    "second: succeeds",
    "workers: {name: worker, count: 2}",
    "workers: {count: 0}",
    'request: {port: 80, send: GET / HT, rest: "TP/1.0\\r\\n\\r\\n", expect: "200", drains: [QUIT, TERM]}',
    "request: {address: 'tcp 127.0.0.1:80', send: x}",
    "request: {address: unix /run/x.sock, send: x}",
    "fails: [{name: bad, file: {path: /etc/x.conf, content: ''}}]",
    "watchdog: 2s",
    "sockets: true",
    "sockets: false",
]

# The rest of a file whose first line is the command, the line at fault, and words of the message.
BAD = [
    ("colour: red", 2, "unknown key 'colour'"),
    ("pidfil: /run/x.pid", 2, "unknown key 'pidfil'; did you mean 'pidfile'?"),
    ("stop:\n  signal: TERM\n  withn: 5s", 4, "unknown key 'withn' under 'stop'; did you mean 'within'?"),
    ("files:\n- path: /a\n- content: x", 4, "the key 'path' is missing under 'files[1]'"),
    ("name: ''", 2, "name: must not be empty"),
    ("name: [x]", 2, "name: expected a text, found a list"),
    ("environment: [A]", 2, "environment[0]: expected NAME=VALUE, found 'A'"),
    ("environment: []", 2, "environment: needs at least one entry"),
    ("directory: srv", 2, "directory: expected an absolute path, found 'srv'"),
    ("pidfile: x.pid", 2, "pidfile: expected an absolute path"),
    ("style: fork", 2, "style: expected forks or stays, found 'fork'"),
    ("style: forks\nprofile: sysv", 1, "expected no more than one of profile, style"),
    ("privileged: maybe", 2, "privileged: expected true or false"),
    ("files: [{path: x}]", 2, "files[0].path: expected an absolute path, found 'x'"),
    ("files: [{path: /x, mode: '0999'}]", 2, "files[0].mode: expected an octal number"),
    ("files: [{path: /x, content: y, directory: true}]", 2, "expected no more than one of content, directory"),
    ("setup: mkdir /x", 2, "setup: expected a list, found a single value"),
    ("ready: [{port: 0}]", 2, "ready[0].port: expected a port from 1 to 65535, found '0'"),
    ("ready: [{port: 70000}]", 2, "ready[0].port: expected a port from 1 to 65535"),
    ("ready: [{port: 80, tcp: '127.0.0.1:80'}]", 2, "ready[0]: expected just one of port, tcp"),
    ("ready: [{}]", 2, "found none"),
    ("ready: [{tcp: example.org}]", 2, "ready[0].tcp: expected an address and a port"),
    ("ready: [{socket: x.sock}]", 2, "ready[0].socket: expected an absolute path or @NAME"),
    ("ready: [{s6: 1}]", 2, "ready[0].s6: expected the number of a descriptor"),
    ("stop: {signal: KILL}", 2, "stop.signal: expected a signal that can be handled"),
    ("stop: {signal: 15}", 2, "stop.signal: expected a signal"),
    ("stop: {within: soon}", 2, "stop.within: expected a time"),
    ("stop: {within: 0}", 2, "stop.within: expected a time"),
    ("stop: {status: 256}", 2, "stop.status: expected an exit status"),
    ("signals: {HUP: dies}", 2, "signals.HUP: expected lives or stops, found 'dies'"),
    ("signals: {HOP: lives}", 2, "unknown key 'HOP' under 'signals'; did you mean 'HUP'?"),
    ("reload: {break: {path: /x}}", 2, "the key 'content' is missing under 'reload.break'"),
    ("log: {path: /x}", 2, "the key 'signal' is missing under 'log'"),
    ("second: fails", 2, "second: expected refused, succeeds or runs"),
    ("workers: {}", 2, "workers: expected one of name, count"),
    ("workers: {count: 5000}", 2, "workers.count: expected a number from 0 to 4096"),
    ("request: {send: x}", 2, "request: expected just one of port, address"),
    ("request: {port: 80}", 2, "the key 'send' is missing under 'request'"),
    ("request: {address: '127.0.0.1:80', send: x}", 2, "request.address: expected an address"),
    ("request:\n  port: 80\n  send: x\n  drains: [QIUT]", 5, "request.drains[0]: expected a signal"),
    ("fails: [{name: x}]", 2, "the key 'file' is missing under 'fails[0]'"),
    ("watchdog: 2 s", 2, "watchdog: expected a time"),
    ("sockets: 1", 2, "sockets: expected true or false"),
]

# What only daemonck can tell: the text of the YAML itself, and the names of signals and profiles.
BAD_TEXT = [
    ("name: x\nname: y", 3, "the key 'name' stands here a second time"),
    ("name: \"a\\0b\"", 2, "a text must not hold a NUL"),
    ("name: &a x\nuser: *a", 3, "aliases are not supported"),
    ("---\nname: x", 2, "a candidate file is a single YAML document"),
    ("signals: {HUP: lives, SIGHUP: lives}", 2, "signals: HUP and SIGHUP are the same signal"),
    ("profile: svsv", 2, "profile: expected a built-in profile or a YAML file, found 'svsv'; did you mean 'sysv'?"),
    ("name: [x", 2, "name: expected a text, found a list"),
    ("name: x\n\tuser: y", 2, "not valid YAML"),
]


class File(support.Place):
    def file(self, text):
        path = self.place / NAME
        path.write_text(text, encoding="utf-8")
        return path

    def run_file(self, text, *options, **more):
        """Starts what the file says, and from the file's own directory."""
        more.setdefault("timeout", SHORT_S)
        line = ["run", "--quick", "--format", "json", "-f", self.file(text), *options]
        return support.daemonck(*line, cwd=self.place, **more)

    def check_refused(self, done, *words):
        self.assertEqual(done.status, support.USAGE, done.error)
        self.assertEqual(done.out, "")
        self.assertEqual(len(done.error.splitlines()), 1, done.error)
        for word in words:
            self.assertIn(word, done.error)


class Agreement(File):
    """An editor's checker and daemonck on the same documents."""

    @classmethod
    def setUpClass(cls):
        with open(support.SCHEMAS / "candidate.schema.json", encoding="utf-8") as file:
            cls.checker = jsonschema.Draft202012Validator(json.load(file))

    @staticmethod
    def document(rest):
        return 'command: ["true"]\n' + ("" if rest == "{}" else rest) + "\n"

    def test_good(self):
        for rest in GOOD:
            with self.subTest(rest):
                text = self.document(rest)
                self.checker.validate(yaml.safe_load(text))
                done = self.run_file(text, "--settle", "0")
                self.assertIn(done.status, (support.HELD, support.FAILED), done.error)

    def test_bad(self):
        for rest, line, words in BAD:
            with self.subTest(rest):
                text = self.document(rest)
                self.assertFalse(self.checker.is_valid(yaml.safe_load(text)), "the schema accepts it")
                self.check_refused(self.run_file(text), f"{NAME}:{line}: ", words)

    def test_bad_text(self):
        for rest, line, words in BAD_TEXT:
            with self.subTest(rest):
                self.check_refused(self.run_file(self.document(rest)), f"{NAME}:{line}: ", words)

    def test_examples(self):
        examples = sorted((support.SOURCE / "suites/real").glob("*.yaml"))
        self.assertGreaterEqual(len(examples), 3)
        for path in examples:
            with self.subTest(path.name):
                self.checker.validate(yaml.safe_load(path.read_text(encoding="utf-8")))


class Declared(File):
    """What the file says is what is done, unless the command line says something else."""

    def evidence(self, text, *options):
        path = self.place / "evidence.json"
        done = self.run_file(text, "--save-evidence", path, *options)
        self.assertIn(done.status, (support.HELD, support.FAILED), done.error)
        return done, json.loads(path.read_text())

    def text(self, **keys):
        return yaml.safe_dump({"command": support.candidate("--pidfile", "/run/c.pid"), **keys})

    @staticmethod
    def variables(evidence):
        return {marker["name"]: marker["value"] for marker in evidence["start"]["markers"]}

    def test_file(self):
        text = self.text(pidfile="/run/c.pid", user="0", environment=["DCK_A=b", "DCK_C=d"], profile="bsd")
        done, evidence = self.evidence(text)
        self.assertEqual(evidence["start"]["argv"], support.candidate("--pidfile", "/run/c.pid"))
        self.assertEqual(evidence["pidfile"]["path"], "/run/c.pid")
        self.assertEqual(evidence["start"]["user"], "0")
        self.assertEqual(done.result()["profile"]["name"], "bsd")
        variables = self.variables(evidence)
        self.assertEqual((variables["DCK_A"], variables["DCK_C"]), ("b", "d"))

    def test_command_line_comes_first(self):
        text = self.text(pidfile="/run/other.pid", user="1", environment=["DCK_A=b", "DCK_C=d"], profile="bsd")
        options = ["--pidfile", "/run/c.pid", "--user", "0", "--profile", "sysv"]
        options += ["--env", "DCK_A=z", "--env", "DCK_E=f"]
        done, evidence = self.evidence(text, *options)
        self.assertEqual(evidence["pidfile"]["path"], "/run/c.pid")
        self.assertEqual(evidence["start"]["user"], "0")
        self.assertEqual(done.result()["profile"]["name"], "sysv")
        variables = self.variables(evidence)
        self.assertEqual((variables["DCK_A"], variables["DCK_C"], variables["DCK_E"]), ("z", "d", "f"))

    def test_command_of_the_command_line(self):
        _, evidence = self.evidence("name: x\n", "--", "true")
        self.assertEqual(evidence["start"]["argv"], ["true"])

    def test_directory(self):
        (self.place / "here").mkdir()
        (self.place / "there").mkdir()
        (self.place / "there/found").touch()
        command = ["sh", "-c", "test -e found || exit 3"]
        text = yaml.safe_dump({"command": command, "directory": str(self.place / "there")})
        done, _ = self.evidence(text, "--profile", "sysv")
        self.assertEqual(done.finding("launch.exit-zero")["verdict"], "pass")
        done, _ = self.evidence(text, "--profile", "sysv", "--chdir", self.place / "here")
        self.assertEqual(done.finding("launch.exit-zero")["verdict"], "fail")

    def test_profile_beside_the_file(self):
        profile = {"name": "mine", "title": "M", "summary": "S", "style": "forks", "require": ["launch.returns"]}
        (self.place / "mine.yaml").write_text(yaml.safe_dump(profile), encoding="utf-8")
        path = self.file(self.text(profile="mine.yaml"))
        done = support.daemonck("run", "--quick", "--format", "json", "-f", path, cwd="/", timeout=SHORT_S)
        self.assertEqual(done.status, support.HELD, done.error)
        self.assertEqual(done.result()["profile"]["name"], "mine")


class Refused(File):
    def test_command_twice(self):
        done = self.run_file("command: ['true']\n", "--", "true")
        self.check_refused(done, "the command stands both on the command line and in", NAME)

    def test_no_command(self):
        self.check_refused(self.run_file("name: x\n"), "needs the command to start", NAME)

    def test_no_file(self):
        done = support.daemonck("run", "-f", "/no/such.yaml", timeout=SHORT_S)
        self.check_refused(done, "cannot read the candidate file /no/such.yaml")

    def test_too_large(self):
        self.check_refused(self.run_file("#" * (1 << 20) + "\n"), NAME, "no larger than 1 MiB")

    def test_no_profile(self):
        done = self.run_file("command: ['true']\nprofile: none.yaml\n")
        self.check_refused(done, "cannot read the profile", "none.yaml")

    def test_no_directory(self):
        done = self.run_file("command: ['true']\ndirectory: /no/such\n")
        self.check_refused(done, NAME, "directory: /no/such is not a directory")

    def test_controls_are_escaped(self):
        path = self.place / "a\033[31m.yaml"
        path.write_text('"\\e[31m": x\n', encoding="utf-8")
        done = support.daemonck("run", "-f", path, timeout=SHORT_S)
        self.check_refused(done, "a\\x1b[31m.yaml:1: unknown key '\\x1b[31m'")
        self.assertNotIn("\033", done.error)

    def test_options(self):
        for options, word in (
            (["--quick", "--thorough"], "--quick and --thorough exclude each other"),
            (["--jobs", "0"], "--jobs: expected a number from 1 to 256, found '0'"),
            (["-j", "257"], "found '257'"),
            (["-j", "many"], "found 'many'"),
        ):
            with self.subTest(options):
                done = support.daemonck("run", *options, "--", "true", timeout=SHORT_S)
                self.check_refused(done, word)


class Real(File):
    """The files that people start from, with the daemons that they are for."""

    def test_examples(self):
        root = support.real_root()
        self.need(root is not None, "the real daemons need a tree of suites/real/make-root: --root")
        for path in sorted((support.SOURCE / "suites/real").glob("*.yaml")):
            with self.subTest(path.name):
                options = ["--quick", "--format", "json", "--root", root, "-f", path]
                done = support.daemonck("run", *options, cwd=self.place)
                self.assertIn(done.status, (support.HELD, support.FAILED), done.error)
                for requirement in ("launch.returns", "launch.exit-zero", "pidfile.content"):
                    self.assertEqual(done.finding(requirement)["verdict"], "pass", requirement)
