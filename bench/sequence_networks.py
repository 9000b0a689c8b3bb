"""Networks on sequences: recurrent layers, and transformers for text and speech."""

import torch
import transformers
from torch import nn

from network import Network, settle_normalisation


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


class BiGru(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(256, 256, num_layers=2, bidirectional=True)

    def forward(self, x):
        return self.gru(x)


def bi_gru():
    def inputs(batch):
        return (torch.randn(128, batch, 256),)

    flops = 2 * 128 * 2 * 3 * 256 * ((256 + 256) + (512 + 256))  # steps, directions, gates; both layers
    return Network(BiGru().eval(), inputs, ["x"], ["y", "h"], [{1: "batch"}], [{"batch": 1}, {"batch": 3}], flops=flops)


class Llama(nn.Module):
    """Grouped heads, rotary positions, RMS norms and gated layers, small enough to measure often."""

    def __init__(self):
        super().__init__()
        config = transformers.LlamaConfig(
            vocab_size=32000, hidden_size=512, intermediate_size=1536, num_hidden_layers=8, num_attention_heads=8, num_key_value_heads=4,
            attn_implementation="eager")  # fmt: skip
        self.llama = transformers.LlamaForCausalLM(config)

    def forward(self, input_ids):
        return self.llama(input_ids=input_ids, use_cache=False).logits


def llama_mini():
    def inputs(batch, sequence):
        return (torch.randint(0, 32000, (batch, sequence)),)

    return Network(
        settle_normalisation(Llama(), None), inputs, ["input_ids"], ["logits"], [{0: "batch", 1: "sequence"}],
        [{"batch": 1, "sequence": 128}, {"batch": 2, "sequence": 9}])  # fmt: skip


class WhisperEncoder(nn.Module):
    """Of the size `base`: 30 seconds of sound, which are 1500 positions."""

    def __init__(self):
        super().__init__()
        config = transformers.WhisperConfig(
            d_model=512, encoder_layers=6, encoder_attention_heads=8, encoder_ffn_dim=2048, attn_implementation="eager")  # fmt: skip
        self.encoder = transformers.models.whisper.modeling_whisper.WhisperEncoder(config)

    def forward(self, features):
        return self.encoder(features, return_dict=True).last_hidden_state


def whisper_encoder():
    def inputs(batch):
        return (torch.randn(batch, 80, 3000),)

    return Network(
        settle_normalisation(WhisperEncoder(), None), inputs, ["features"], ["hidden"], [{0: "batch"}], [{"batch": 1}, {"batch": 2}])  # fmt: skip
