"""For test_large_run.py: runs the training whose configuration is given as JSON, and prints the bytes that the process
took at its peak beside what there was before."""

import json
import sys

import numpy as np
from work_space_child import status

import cnncore.keras_file.file
import cnncore.training.core.engine
from cnncore.training.config import TrainConfig
from cnncore.training.events import Failed
from cnncore.training.run import run

assert cnncore
np.ones(1)
before = status("VmRSS")
for event in run(TrainConfig(**json.loads(sys.argv[1]))):
    if isinstance(event, Failed):
        sys.exit(str(event))
print(status("VmHWM") - before)
