"""PyTorch, eager, channels last: the loop that its tutorials teach, with shuffled batches, mean loss and accuracy. Adam
with its defaults, and fused, which is faster on a CPU. For pytorch.py."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.entry import Array, Entry
from benchmarks.training import EPSILON, TrainCase


def entries(case: TrainCase) -> list[Entry]:
    import torch

    torch.set_grad_enabled(True)
    samples = _tensors(*case.samples)
    found = []
    for name, fused in (("torch channels_last", False), ("torch channels_last, fused Adam", True)):
        trainer = Trainer(case, drop=True, fused=fused)
        answer = partial(_losses, case, fused)
        found.append(Entry(name, partial(trainer.epoch, *samples), answer=answer))
    return found


class Trainer:
    """A model with its optimizer."""

    def __init__(self, case: TrainCase, *, drop: bool, fused: bool) -> None:
        import torch

        self._case = case
        self._model = _model(case, drop=drop)
        self._adam = torch.optim.Adam(self._model.parameters(), eps=EPSILON, fused=fused)
        self._loss = torch.nn.BCEWithLogitsLoss() if case.binary else torch.nn.CrossEntropyLoss()

    def step(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Train on a batch. Returns the loss and the number of right answers, as tensors."""
        self._adam.zero_grad()
        logits = self._model(x)
        if self._case.binary:
            logits = logits[:, 0]
        loss = self._loss(logits, y)
        loss.backward()
        self._adam.step()
        right = (logits > 0) == (y > 0) if self._case.binary else logits.argmax(1) == y
        return loss.detach(), right.sum()

    def add_epsilon_as_keras(self, step: int) -> None:
        """Keras adds epsilon before it corrects the second average, PyTorch afterwards: in the first steps that is a
        factor of 30, which the losses show."""
        for group in self._adam.param_groups:
            group["eps"] = EPSILON / (1 - group["betas"][1] ** step) ** 0.5

    def epoch(self, x: Any, y: Any) -> tuple[float, float]:
        """Train on all images in a new order. Returns mean loss and accuracy."""
        import torch

        total = right = torch.zeros(())
        for which in torch.split(torch.randperm(len(x)), self._case.batch):
            loss, good = self.step(x[which], y[which])
            total, right = total + loss * len(which), right + good
        return float(total) / len(x), float(right) / len(x)


def _losses(case: TrainCase, fused: bool) -> Array:
    trainer = Trainer(case, drop=False, fused=fused)
    found = []
    for step, (x, y) in enumerate(case.batches(), 1):
        trainer.add_epsilon_as_keras(step)
        found.append(float(trainer.step(*_tensors(x, y))[0]))
    return np.array(found)


def _tensors(x: Array, y: Array) -> tuple[Any, Any]:
    import torch

    images = torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2)))
    return images.contiguous(memory_format=torch.channels_last), torch.from_numpy(y)


def _model(case: TrainCase, *, drop: bool) -> Any:
    import torch
    from torch import nn

    weights, modules = iter(case.weights), []
    flattened: tuple[int, ...] = ()
    for (kind, options), shape in zip(case.layers, case.shapes(), strict=False):
        match kind:
            case "Conv2D":
                size = options["kernel_size"]
                layer = nn.Conv2d(shape[-1], options["filters"], size, padding=options["padding"])
                modules.append(filled(layer, next(weights).transpose(3, 2, 0, 1), next(weights)))
                modules.append(nn.ReLU())
            case "MaxPooling2D":
                modules.append(nn.MaxPool2d(2))
            case "AveragePooling2D":
                modules.append(nn.AvgPool2d(2))
            case "Flatten":
                modules.append(nn.Flatten())
                flattened = shape
            case "Dropout" if drop:
                modules.append(nn.Dropout(options["rate"]))
            case "Dense":
                kernel = next(weights)
                if flattened:  # rows in the order of flattened channels-first maps
                    kernel = kernel.reshape(*flattened, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
                    flattened = ()
                modules.append(filled(nn.Linear(*kernel.shape), kernel.T, next(weights)))
                if options["activation"] == "relu":
                    modules.append(nn.ReLU())
    return nn.Sequential(*modules).train().to(memory_format=torch.channels_last)


def filled(module: Any, weight: Array, bias: Array) -> Any:
    """The module with these weights."""
    import torch

    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight)))
        module.bias.copy_(torch.from_numpy(bias))
    return module
