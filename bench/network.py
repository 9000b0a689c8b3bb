"""What bench/export-models writes of a network, and what would make random weights a poor test, put right."""

import dataclasses
from typing import Callable

import torch
from torch import nn

SEED = 2026


@dataclasses.dataclass
class Network:
    """A module and how to call it. `inputs(**dims)` makes arguments; `cases` are the dims of each test data set, the first one the benchmark's."""

    module: nn.Module
    inputs: Callable[..., tuple]
    input_names: list[str]
    output_names: list[str]
    dynamic: list[dict[int, str]]  # for each input: axis -> name of the dimension
    cases: list[dict[str, int]]
    flops: int = 0  # of the first case, where PyTorch cannot count them


def settle_normalisation(module, example):
    """Gives BatchNorm the statistics of one batch of data, and every normalisation layer a scale and offset of its own. Matrices that begin as zeros,
    as heads of vision transformers do, and the scales of layers that begin near zero become random as well."""
    norms = [m for m in module.modules() if isinstance(m, (nn.BatchNorm2d, nn.LayerNorm))]
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if parameter.dim() > 1 and not parameter.any() or name.endswith("layer_scale"):
                parameter.normal_(std=0.1)
        for norm in norms:
            norm.weight.add_(0.1 * torch.randn_like(norm.weight))
            norm.bias.add_(0.1 * torch.randn_like(norm.bias))
            if isinstance(norm, nn.BatchNorm2d):
                norm.momentum = 1.0
        module.train()
        if any(isinstance(norm, nn.BatchNorm2d) for norm in norms):
            module(*example)
    return module.eval()
