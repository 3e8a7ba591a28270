"""Headless Chromium, driven by the DevTools protocol over a pipe: messages of JSON, each ended by a zero byte."""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars")
PATIENCE = 20.0


class NoChromium(Exception):
    def __init__(self) -> None:
        super().__init__(
            f"none of {', '.join(NAMES)} is installed: the browser tests need one; apt-get install chromium"
        )


def executable() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise NoChromium
    return found


class Chromium:
    """A browser with a profile of its own in `folder`."""

    def __init__(self, folder: os.PathLike[str]) -> None:
        its_input, self.input = os.pipe()
        self.output, its_output = os.pipe()
        # The browser reads from descriptor 3 and writes to 4.
        command = f'exec "$0" "$@" 3</dev/fd/{its_input} 4>/dev/fd/{its_output}'
        flags = (*FLAGS, "--remote-debugging-pipe", f"--user-data-dir={folder}", "about:blank")
        self.process = subprocess.Popen(
            ["sh", "-c", command, executable(), *flags],
            pass_fds=(its_input, its_output),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(its_input)
        os.close(its_output)
        self.rest = b""
        self.number = 0
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.send("Browser.close")
        os.close(self.input)
        os.close(self.output)
        self.process.wait(PATIENCE)

    def send(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Call a method and wait for its result; events that come meanwhile are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        os.write(self.input, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self.receive(deadline)
            if answer.get("id") == self.number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self.events.append(answer)

    def receive(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.output], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"chromium says nothing for {PATIENCE} s"
            read = os.read(self.output, 1 << 16)
            assert read, "chromium has ended"
            self.rest += read
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)


class Tab:
    """A page in a tab of its own, and what it asks for and complains of."""

    def __init__(self, browser: Chromium, *, width: int = 1280, height: int = 900, javascript: bool = True) -> None:
        self.browser = browser
        browser.events.clear()
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.send("Emulation.setDeviceMetricsOverride", **size)
        self.send("Emulation.setScriptExecutionDisabled", value=not javascript)

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.send(method, self.session, **parameters)

    def open(self, url: str) -> Self:
        self.send("Page.navigate", url=url)
        deadline = time.monotonic() + PATIENCE
        while not self.seen("Page.loadEventFired"):
            self.browser.events.append(self.browser.receive(deadline))
        return self

    def seen(self, method: str) -> list[dict[str, Any]]:
        mine = (e for e in self.browser.events if e.get("sessionId") == self.session)
        return [e["params"] for e in mine if e["method"] == method]

    def evaluate(self, expression: str) -> Any:
        """The value of JavaScript; promises are awaited.  AssertionError where it throws."""
        asked = {"returnByValue": True, "awaitPromise": True, "userGesture": True}
        answer = self.send("Runtime.evaluate", expression=expression, **asked)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def emulate(self, **features: str) -> None:
        """The medium and features that the page is shown for: media="print", prefers_color_scheme="dark"."""
        media = features.pop("media", "")
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.send("Emulation.setEmulatedMedia", media=media, features=named)

    @property
    def requests(self) -> list[str]:
        """What was asked for beside the page itself; what stands in the page as data is no request."""
        asked = [event["request"]["url"] for event in self.seen("Network.requestWillBeSent")]
        return [url for url in asked[1:] if not url.startswith("data:")]

    @property
    def complaints(self) -> list[str]:
        """Errors and warnings of the console, exceptions, and what the browser itself logs."""
        logged = [e["entry"]["text"] for e in self.seen("Log.entryAdded")]
        said = [str(e["args"]) for e in self.seen("Runtime.consoleAPICalled") if e["type"] in ("error", "warning")]
        thrown = [e["exceptionDetails"]["text"] for e in self.seen("Runtime.exceptionThrown")]
        return logged + said + thrown

    def screenshot(self, *, whole: bool = False) -> bytes:
        return base64.b64decode(self.send("Page.captureScreenshot", captureBeyondViewport=whole)["data"])

    def pdf(self) -> bytes:
        return base64.b64decode(self.send("Page.printToPDF", printBackground=False)["data"])
