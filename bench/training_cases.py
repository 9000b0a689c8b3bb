"""The networks whose training bench/compare-training times: for each, a PyTorch module, its loss, and data of any number of samples."""

import dataclasses
from typing import Callable

import torch
import torchvision
from torch import nn

SEED = 2026
CHARACTERS, CONTEXT = 65, 64  # of the models of text


@dataclasses.dataclass
class Case:
    module: Callable[[], nn.Module]
    data: Callable[[int], tuple]  # samples and targets of so many
    batch: int
    steps: int  # in a turn
    loss: str = "cross-entropy"  # as tenon train calls it
    optimizer: str = "adam"


class ResNet18(nn.Module):
    """For 32 x 32 pixels: the first layers keep the image's size."""

    def __init__(self):
        super().__init__()
        self.net = torchvision.models.resnet18(num_classes=10)
        self.net.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
        self.net.maxpool = nn.Identity()

    def forward(self, x):
        return self.net(x)


class CharacterLstm(nn.Module):
    def __init__(self, width=128):
        super().__init__()
        self.embed = nn.Embedding(CHARACTERS, width)
        self.lstm = nn.LSTM(width, width, num_layers=2, batch_first=True)
        self.out = nn.Linear(width, CHARACTERS)

    def forward(self, x):
        return self.out(self.lstm(self.embed(x))[0]).transpose(1, 2)  # classes after the batch, as losses want them


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.project = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.register_buffer("mask", torch.triu(torch.full((CONTEXT, CONTEXT), -1e9), 1))

    def attend(self, x):
        width = x.shape[-1] // self.heads
        q, k, v = (part.reshape(-1, CONTEXT, self.heads, width).transpose(1, 2) for part in self.qkv(x).chunk(3, -1))
        weights = torch.softmax(q @ k.transpose(-1, -2) / width**0.5 + self.mask, -1)
        return self.project((weights @ v).transpose(1, 2).reshape(-1, CONTEXT, self.heads * width))

    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.narrow(nn.functional.gelu(self.widen(self.norm2(x))))


class CharacterGpt(nn.Module):
    def __init__(self, width=128, layers=4, heads=4):
        super().__init__()
        self.embed = nn.Embedding(CHARACTERS, width)
        self.position = nn.Parameter(0.1 * torch.randn(CONTEXT, width))
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(layers)])
        self.norm, self.out = nn.LayerNorm(width), nn.Linear(width, CHARACTERS)

    def forward(self, x):
        return self.out(self.norm(self.blocks(self.embed(x) + self.position))).transpose(1, 2)


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))  # fmt: skip


def numbers(count):
    x = torch.randn(count, 64)
    return x, x.mean(1, keepdim=True) + 0.1 * torch.randn(count, 1)


def images(*shape):
    return lambda count: (torch.rand(count, *shape), torch.randint(10, (count,)))


def text(count):
    characters = torch.randint(CHARACTERS, (count, CONTEXT + 1))
    return characters[:, :-1].contiguous(), characters[:, 1:].contiguous()


CASES = {
    "linear-regression": Case(lambda: nn.Linear(64, 1), numbers, batch=64, steps=200, loss="mse", optimizer="sgd:lr=0.01"),
    "mlp": Case(mlp, images(1, 28, 28), batch=128, steps=60),
    "lenet": Case(lenet, images(1, 28, 28), batch=128, steps=60),
    "resnet18": Case(ResNet18, images(3, 32, 32), batch=16, steps=6),
    "character-lstm": Case(CharacterLstm, text, batch=32, steps=10),
    "character-gpt": Case(CharacterGpt, text, batch=16, steps=15),
}


def make(name):
    """A case's module and the samples and targets of one turn, the same each time."""
    torch.manual_seed(SEED)
    case = CASES[name]
    return case.module(), *case.data(case.batch * case.steps)
