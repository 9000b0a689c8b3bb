"""The networks that bench/export-models writes: for each, a seeded PyTorch module, example inputs, and the names of inputs, outputs and dimensions."""

import torch
from torch import nn

import image_networks as images
import sequence_networks as sequences
from network import SEED, Network


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


# Alone, to measure a kernel.
PRODUCTS = {
    "gemm-1024": gemm,
    "conv3x3-64x56": lambda: convolution(64, 56),
    "conv3x3-128x28": lambda: convolution(128, 28),
    "conv3x3-256x14": lambda: convolution(256, 14),
    "conv3x3-512x7": lambda: convolution(512, 7),
}

# The 23 that no change of the compiler may make slower.
NETWORKS = PRODUCTS | {
    "resnet50": images.resnet50,
    "mobilenetv2": images.mobilenetv2,
    "vgg16": images.vgg16,
    "densenet121": images.classifier("densenet121"),
    "googlenet": images.classifier("googlenet", aux_logits=False, init_weights=False),
    "inception-v3": images.classifier("inception_v3", size=299, aux_logits=False, init_weights=False),
    "efficientnet-b0": images.classifier("efficientnet_b0"),
    "convnext-tiny": images.classifier("convnext_tiny"),
    "vit-b-16": images.classifier("vit_b_16"),
    "swin-t": images.classifier("swin_t"),
    "unet": images.unet,
    "dcgan": images.dcgan,
    "bert-base": sequences.bert_base,
    "gpt2": sequences.gpt2,
    "gpt2-cache": sequences.gpt2_cache,
    "llama-mini": sequences.llama_mini,
    "whisper-encoder": sequences.whisper_encoder,
    "lstm": sequences.lstm,
    "bi-gru": sequences.bi_gru,
    "mlp": images.mlp,
    "lenet": images.lenet,
    "squeezenet": images.classifier("squeezenet1_1"),
    "alexnet": images.classifier("alexnet"),
}
