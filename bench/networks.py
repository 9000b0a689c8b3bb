"""The networks that bench/export-models writes: for each, a seeded PyTorch module, example inputs, and the names of inputs, outputs and dimensions.

Weights are random. What would make random weights a poor test is put right: normalisation layers get statistics of the data that reach them,
and their scales and offsets are no longer all ones and zeros.
"""

import dataclasses
from typing import Callable

import torch
import torchvision
import transformers
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
    """Gives BatchNorm the statistics of one batch of data, and every normalisation layer a scale and offset of its own."""
    norms = [m for m in module.modules() if isinstance(m, (nn.BatchNorm2d, nn.LayerNorm))]
    with torch.no_grad():
        for norm in norms:
            norm.weight.add_(0.1 * torch.randn_like(norm.weight))
            norm.bias.add_(0.1 * torch.randn_like(norm.bias))
            if isinstance(norm, nn.BatchNorm2d):
                norm.momentum = 1.0
        module.train()
        if any(isinstance(norm, nn.BatchNorm2d) for norm in norms):
            module(*example)
    return module.eval()


def image_network(module, size, channels=3, cases=({"batch": 1}, {"batch": 3})):
    def inputs(batch):
        return (torch.randn(batch, channels, size, size),)

    module = settle_normalisation(module, inputs(batch=4))
    return Network(module, inputs, ["image"], ["scores"], [{0: "batch"}], list(cases))


def lenet():
    return image_network(
        nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
        size=28, channels=1)  # fmt: skip


def resnet50():
    return image_network(torchvision.models.resnet50(), 224)


def mobilenetv2():
    return image_network(torchvision.models.mobilenet_v2(), 224)


def vgg16():
    return image_network(torchvision.models.vgg16(), 224, cases=({"batch": 1}, {"batch": 2}))


class UNet(nn.Module):
    """Ronneberger et al. 2015, with padded convolutions and batch normalisation, 32 to 512 channels."""

    def __init__(self, widths=(32, 64, 128, 256, 512)):
        super().__init__()
        self.down = nn.ModuleList(self.block(a, b) for a, b in zip((3,) + widths, widths))
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, stride=2) for a, b in zip(widths, widths[1:]))
        self.join = nn.ModuleList(self.block(2 * a, a) for a in widths[:-1])
        self.head = nn.Conv2d(widths[0], 1, 1)

    @staticmethod
    def block(inner, outer):
        convolution = lambda a: [nn.Conv2d(a, outer, 3, padding=1, bias=False), nn.BatchNorm2d(outer), nn.ReLU()]
        return nn.Sequential(*convolution(inner), *convolution(outer))

    def forward(self, x):
        skips = []
        for level, block in enumerate(self.down):
            x = block(nn.functional.max_pool2d(x, 2) if level else x)
            skips.append(x)
        for up, join, skip in reversed(list(zip(self.up, self.join, skips))):
            x = join(torch.cat([up(x), skip], dim=1))
        return torch.sigmoid(self.head(x))


def unet():
    network = image_network(UNet(), 256, cases=({"batch": 1}, {"batch": 2}))
    network.output_names = ["mask"]
    return network


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(512, 512, num_layers=2)

    def forward(self, x):
        y, (h, c) = self.lstm(x)
        return y, h, c


def lstm():
    def inputs(batch):
        return (torch.randn(64, batch, 512),)

    return Network(Lstm().eval(), inputs, ["x"], ["y", "h", "c"], [{1: "batch"}], [{"batch": 1}, {"batch": 3}], flops=2 * 64 * 2 * 4 * 512 * (512 + 512))


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.bert = transformers.BertModel(transformers.BertConfig(attn_implementation="eager"))

    def forward(self, input_ids, attention_mask, token_type_ids):
        out = self.bert(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids, return_dict=True)
        return out.last_hidden_state, out.pooler_output


def bert_base():
    def inputs(batch, sequence):
        mask = torch.ones(batch, sequence, dtype=torch.int64)
        mask[-1, sequence - sequence // 8 :] = 0
        kinds = (torch.arange(sequence) > sequence // 2).to(torch.int64).expand(batch, sequence).contiguous()
        return torch.randint(0, 30522, (batch, sequence)), mask, kinds

    return Network(
        settle_normalisation(Bert(), None), inputs,
        ["input_ids", "attention_mask", "token_type_ids"], ["last_hidden_state", "pooler_output"],
        [{0: "batch", 1: "sequence"}] * 3,
        [{"batch": 1, "sequence": 128}, {"batch": 2, "sequence": 17}])  # fmt: skip


class Gpt2(nn.Module):
    """GPT-2 whose key/value cache is plain tensors: `past` holds a key and a value for each layer, and so do the results after the logits."""

    def __init__(self, cached):
        super().__init__()
        self.gpt2 = transformers.GPT2LMHeadModel(transformers.GPT2Config(attn_implementation="eager"))
        self.cached = cached

    def forward(self, input_ids, *past):
        if not self.cached:
            return self.gpt2(input_ids=input_ids, use_cache=False).logits
        past = past[0] if past and isinstance(past[0], (list, tuple)) else past
        cache = transformers.DynamicCache()
        for layer, (key, value) in enumerate(zip(past[::2], past[1::2])):
            cache.update(key, value, layer)
        out = self.gpt2(input_ids=input_ids, past_key_values=cache, use_cache=True)
        present = [tensor for layer in out.past_key_values.layers for tensor in (layer.keys, layer.values)]
        return out.logits, *present


def gpt2():
    def inputs(batch, sequence):
        return (torch.randint(0, 50257, (batch, sequence)),)

    return Network(
        settle_normalisation(Gpt2(cached=False), None), inputs, ["input_ids"], ["logits"], [{0: "batch", 1: "sequence"}],
        [{"batch": 1, "sequence": 128}, {"batch": 2, "sequence": 9}])  # fmt: skip


def gpt2_cache():
    layers = 12

    def inputs(batch, sequence, past):
        return (torch.randint(0, 50257, (batch, sequence)), *(torch.randn(batch, 12, past, 64) for _ in range(2 * layers)))

    cache = [f"{part}.{layer}" for layer in range(layers) for part in ("key", "value")]
    return Network(
        settle_normalisation(Gpt2(cached=True), None), inputs,
        ["input_ids"] + [f"past_{name}" for name in cache], ["logits"] + [f"present_{name}" for name in cache],
        [{0: "batch", 1: "sequence"}] + [{0: "batch", 2: "past"}] * (2 * layers),
        [{"batch": 1, "sequence": 1, "past": 512}, {"batch": 2, "sequence": 3, "past": 5}])  # fmt: skip


def gemm():
    """1024 x 1024 x 1024: what a compiler's contractions can reach."""

    def inputs(rows):
        return (torch.randn(rows, 1024),)

    return Network(nn.Linear(1024, 1024, bias=False).eval(), inputs, ["x"], ["y"], [{0: "rows"}], [{"rows": 1024}, {"rows": 77}])


def convolution(channels, size):
    """One of ResNet-50's 3x3 layers."""

    def inputs(batch):
        return (torch.randn(batch, channels, size, size),)

    return Network(nn.Conv2d(channels, channels, 3, padding=1, bias=False).eval(), inputs, ["x"], ["y"], [{0: "batch"}], [{"batch": 1}, {"batch": 2}])


NETWORKS = {
    "gemm-1024": gemm,
    "conv3x3-64x56": lambda: convolution(64, 56),
    "conv3x3-128x28": lambda: convolution(128, 28),
    "conv3x3-256x14": lambda: convolution(256, 14),
    "conv3x3-512x7": lambda: convolution(512, 7),
    "lenet": lenet,
    "mobilenetv2": mobilenetv2,
    "resnet50": resnet50,
    "lstm": lstm,
    "unet": unet,
    "bert-base": bert_base,
    "gpt2": gpt2,
    "gpt2-cache": gpt2_cache,
    "vgg16": vgg16,
}
