"""Networks on images: classifiers of torchvision, and what it has not."""

import torch
import torchvision
from torch import nn

from network import Network, settle_normalisation


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


def classifier(name, size=224, **options):
    """A network of torchvision with random weights."""
    return lambda: image_network(torchvision.models.get_model(name, weights=None, **options), size, cases=({"batch": 1}, {"batch": 2}))


def dcgan():
    """The generator of Radford et al. 2016: 64 x 64 pixels from 100 numbers."""

    def inputs(batch):
        return (torch.randn(batch, 100, 1, 1),)

    def up(inner, outer, stride, padding):
        return nn.ConvTranspose2d(inner, outer, 4, stride, padding, bias=False), nn.BatchNorm2d(outer), nn.ReLU()

    module = nn.Sequential(*up(100, 512, 1, 0), *up(512, 256, 2, 1), *up(256, 128, 2, 1), *up(128, 64, 2, 1), nn.ConvTranspose2d(64, 3, 4, 2, 1), nn.Tanh())
    return Network(settle_normalisation(module, inputs(batch=4)), inputs, ["noise"], ["image"], [{0: "batch"}], [{"batch": 1}, {"batch": 3}])


def mlp():
    layers = [nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)]
    return image_network(nn.Sequential(nn.Flatten(), *layers), size=28, channels=1)
