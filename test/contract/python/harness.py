"""Runs one client's calls in order, each as a case, and prints a line of JSON for each:
{client, operation, variant, http, status: ok|failed|absent, detail}.

`http` is the first request that the case sent, as "METHOD path" with `{id}` for IDs; None where it sent none.
What a call is expected to give is checked on the client's own objects, so that an answer which it accepts and
cannot read fails the case.
"""

import json
import re
import sys
import time

import requests


class Expectation(AssertionError):
    """The client gave something else than was expected."""


class Contract:
    def __init__(self, client):
        with open(sys.argv[1], encoding="utf-8") as file:
            self.given = json.load(file)
        self.client = client
        self.ran = set()
        self.sent = []
        self.answered = []
        self.doubts = []
        self._listen()

    def _listen(self):
        """Hears what any library sends through `requests`."""
        send = requests.Session.send
        contract = self

        def heard(session, request, **kwargs):
            contract.sent.append(contract._described(request))
            response = send(session, request, **kwargs)
            contract.answered.append(response)
            contract._judge_times(response)
            return response

        requests.Session.send = heard

    def _judge_times(self, response):
        """Clients take any text for a time; whoever reads it relies on the form that is documented for it."""
        try:
            body = response.json()
        except ValueError:
            return
        for where, key, value in _times(body, ""):
            form = TIMES.get((where, key)) or TIMES.get(key)
            if form is None or (key == "end_time" and value == ""):
                continue
            if not isinstance(value, str) or not re.fullmatch(form, value):
                self.doubt(f"{key} of {where or 'the answer'} is in another form: {value!r}")

    def _described(self, request):
        path = re.sub(r"^https?://[^/]*", "", request.url)
        path, _, query = path.partition("?")
        path = path.removeprefix(f"/v1/{self.given['projectId']}/")
        # Behind a collection stands an ID, or a word that the API has given a meaning of its own.
        steps = path.split("/")
        for at in range(1, len(steps)):
            before = steps[at - 1]
            if before in COLLECTIONS and steps[at] not in WORDS:
                steps[at] = "{key}" if before == "tags" else "{id}"
        path = "/".join(steps)
        action = _action(request) if path.endswith("/action") else None
        return f"{request.method} {path}" + ("" if action is None else f" ({action})")

    def case(self, operation, variant=None):
        """Runs the function at once. It raises for what is wrong, and may return a word about what it saw."""

        def run(function):
            self.sent.clear()
            self.answered.clear()
            self.doubts.clear()
            self.ran.add(operation)
            try:
                detail = function()
                if self.doubts:
                    raise Expectation("; ".join(dict.fromkeys(self.doubts)))
                self.tell(operation, variant, "ok", detail)
            except Exception as error:  # pylint: disable=broad-except
                self.tell(operation, variant, "failed", _described_error(error))
            return function

        return run

    def tell(self, operation, variant, status, detail):
        line = {
            "client": self.client,
            "operation": operation,
            "variant": variant,
            "http": self.sent[0] if self.sent else None,
            "status": status,
            "detail": detail,
        }
        print(json.dumps(line), flush=True)

    def guard(self, methods):
        """Every call that the client has must have been made."""
        self.sent.clear()
        for method in sorted(set(methods) - self.ran):
            self.tell(method, None, "absent", "the client has this call, and no case makes it")
        for operation in sorted(self.ran - set(methods)):
            if not operation.startswith("sign in"):
                self.tell(operation, None, "absent", "a case makes this call, and the client has none")

    def doubt(self, what):
        """An answer is not as the references have it. Fails the case at its end: what follows needs what it gave."""
        self.doubts.append(what)

    @property
    def raw(self):
        """The last answer as it came."""
        return self.answered[-1].json()


DAY = r"\d{4}-\d\d-\d\d"
CLOCK = r"\d\d:\d\d:\d\d"
# Of pairs apart from the rest; without a zone all of them are UTC.
TIMES = {
    ("replication", "created_at"): rf"{DAY}T{CLOCK}\.\d{{6}}",
    ("replication", "updated_at"): rf"{DAY}T{CLOCK}\.\d{{6}}",
    "created_at": rf"{DAY} {CLOCK}\.\d{{1,3}}",
    "updated_at": rf"{DAY} {CLOCK}\.\d{{1,3}}",
    "begin_time": rf"{DAY}T{CLOCK}\.\d{{3}}Z",
    "end_time": rf"{DAY}T{CLOCK}\.\d{{3}}Z",
    "issued_at": rf"{DAY}T{CLOCK}\.\d{{6}}Z",
    "expires_at": rf"{DAY}T{CLOCK}\.\d{{6}}Z",
}


def _times(value, where):
    """Each (kind of thing, field, value) in an answer; the kind is the key that it stands under, in the singular."""
    if isinstance(value, list):
        for each in value:
            yield from _times(each, where)
    elif isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, (dict, list)):
                yield from _times(each, key.removesuffix("s"))
            else:
                yield where, key, each


def _action(request):
    """What is done, where one path stands for several acts."""
    try:
        body = json.loads(request.body)
    except (TypeError, ValueError):
        return None
    return body.get("action") or next(iter(body), None)


def _described_error(error):
    if isinstance(error, KeyError):
        return f"needs {error}, which an earlier call did not give"
    response = getattr(error, "response", None)
    said = "" if response is None else f": {response.status_code} {response.text}"
    return f"{type(error).__name__}: {error}{said}"[:600]


COLLECTIONS = {
    "protected-instances", "server-groups", "replications", "disaster-recovery-drills", "jobs",
    "failure-jobs", "detachreplication", "tags", "task-center",
}  # fmt: skip
WORDS = {"batch", "delete", "tags", "resource_instances", "action", "failure-jobs"}


def equal(actual, wanted, what):
    if actual != wanted:
        raise Expectation(f"{what} is {actual!r} instead of {wanted!r}")


def filled(value, what):
    if value is None or value == "":
        raise Expectation(f"{what} is {value!r}")
    return value


def refused(function, code, message_of):
    """The call must be refused with this code, as the client's own exception tells it."""
    try:
        function()
    except KeyError:
        raise
    except Exception as error:  # pylint: disable=broad-except
        status, said = message_of(error)
        if (status, said) != (400, code):
            raise Expectation(f"refused with {status} {said} instead of 400 {code}: {error}") from error
        return f"{status} {said}"
    raise Expectation(f"was not refused with {code}")


def until_ended(show, seconds=20):
    """Asks for a job until it has ended. The client's object."""
    for _ in range(int(seconds / 0.05)):
        job = show()
        if job.status in ("SUCCESS", "FAIL"):
            return job
        time.sleep(0.05)
    raise Expectation(f"the job has not ended in {seconds} s: {job}")
