"""A fake of the child that owns Keras: prints the events of an invented run. `python fake_child.py MODE`."""

from __future__ import annotations

import os
import signal
import sys
import time

from cnncore.child.messages import to_json
from cnncore.training import events as ev

EPOCHS, BATCHES = 3, 20
LAYERS = (
    ev.LayerRow("conv2d", "Conv2D", (26, 26, 64), 640),
    ev.LayerRow("max_pooling2d", "MaxPooling2D", (13, 13, 64), 0),
    ev.LayerRow("conv2d_1", "Conv2D", (11, 11, 64), 36_928),
    ev.LayerRow("max_pooling2d_1", "MaxPooling2D", (5, 5, 64), 0),
    ev.LayerRow("flatten", "Flatten", (1600,), 0),
    ev.LayerRow("dense", "Dense", (128,), 204_928),
    ev.LayerRow("dense_1", "Dense", (10,), 1_290),
)


def say(event: ev.Event) -> None:
    print(to_json(event), flush=True)


def begin() -> None:
    say(ev.Stage("import"))
    say(ev.Stage("data"))
    say(ev.Progress("data", 500, 1000, "images"))
    say(
        ev.Data(
            "drawn garments", 750, 250, (28, 28, 1), ("T-shirt/top", "Trouser"), True,
            "Fashion-MNIST could not be downloaded: {reason}", {"reason": "no network"},
        )
    )  # fmt: skip
    say(ev.Stage("build"))
    say(ev.Model(LAYERS, 243_786))
    say(ev.Stage("train"))
    say(ev.TrainBegin(EPOCHS, BATCHES, 50))


def epoch(number: int, pause: float = 0.0) -> None:
    for batch in range(1, BATCHES + 1):
        x = number - 1 + batch / BATCHES
        done = (number - 1) * BATCHES + batch
        say(ev.Batch(number, batch, BATCHES, 1.0 / (1 + x), 0.95 - 0.5 / (1 + x), done * 0.1, 6.0 - done * 0.1))
        time.sleep(pause)
    say(ev.Epoch(number, 1.0 / (1 + number), 0.95 - 0.5 / (1 + number), 0.9 / (1 + number), 0.88 - 0.1 / number, 2.0))


def good(pause: float = 0.0) -> None:
    begin()
    for number in range(1, EPOCHS + 1):
        epoch(number, pause)
    say(ev.Stage("save"))
    say(ev.Stage("test"))
    say(ev.Tested(0.3, 0.8125, 1000))
    say(ev.Finished(False, EPOCHS, 6.0, "/runs/1/model.keras", "/runs/1/history.csv"))


def stoppable() -> None:
    def on_term(_number: int, _frame: object) -> None:
        say(ev.Stage("save"))
        say(ev.Finished(True, 1, 2.0, "/runs/1/model.keras", ""))
        sys.exit(0)

    signal.signal(signal.SIGTERM, on_term)
    begin()
    epoch(1)
    time.sleep(60)


def main(mode: str) -> None:
    match mode:
        case "good":
            good()
        case "slow":
            good(0.02)
        case "stoppable":
            stoppable()
        case "fails":
            say(ev.Stage("import"))
            say(ev.Failed("TensorFlow is not installed. Install it with: {command}", {"command": "pip install x"}))
            sys.exit(1)
        case "crash":
            begin()
            sys.exit(3)
        case "killed":
            begin()
            epoch(1)
            os.kill(os.getpid(), signal.SIGKILL)
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "silent":
            pass
        case "garbage":
            sys.stdout.buffer.write(b'\xff\xfe not json\n{}\n[1]\n{"kind": "Batch"}\n' + b"x" * (3 << 20) + b"\n")
            good()
            print('{"kind": "Fini', end="")
        case "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            begin()
            time.sleep(60)
        case "lingers":
            good()
            time.sleep(60)
        case "hangs":
            begin()
            time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1])
