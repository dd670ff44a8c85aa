"""A fake of the child that validates: `python fake_validation.py MODE`."""

from __future__ import annotations

import os
import signal
import sys
import time

from cnncore.child.messages import Failed, Stage, to_json
from cnncore.keras.validate import LayerCheck, Validation
from cnncore.keras.validate_child import Checked, Message


def rows(first_bad: int) -> tuple[LayerCheck, ...]:
    names = ("conv2d", "max_pooling2d", "flatten", "dense")
    return tuple(
        LayerCheck(name, "Layer", (26 - i, 26, 64), *((1e-7, 2e-7, True) if i < first_bad else (0.5, 0.1, False)))
        for i, name in enumerate(names)
    )


def say(message: Message) -> None:
    print(to_json(message), flush=True)


def main(mode: str) -> None:
    say(Stage("import"))
    say(Stage("data"))
    print("not a message", flush=True)
    say(Stage("compare"))
    match mode:
        case "agree":
            say(Checked(Validation(rows(9), 100, 1e-4, 1e-5), "drawn garments", "{folder} is empty", {"folder": "x"}))
        case "disagree":
            say(Checked(Validation(rows(2), 100, 1e-4, 1e-5), "drawn garments"))
        case "unfused":
            whole = LayerCheck("predict", "fused", (10,), 0.5, 0.4, False)
            say(Checked(Validation(rows(9), 100, 1e-4, 1e-5, whole), "drawn garments"))
        case "nan":
            lost = LayerCheck("dense", "Dense", (10,), 0.0, 0.0, True, nan=90)
            say(Checked(Validation((lost,), 100, 1e-4, 1e-5, lost), "drawn garments"))
        case "fails":
            say(Failed("{path}: there is no such file", {"path": "net.keras"}))
            sys.exit(1)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hangs":
            time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1])
