# SPDX-License-Identifier: Apache-2.0
"""TarFlow (Zhai et al. 2024): patches that change by what causal transformers make of the patches before them, with PyTorch's own attention."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from common_b import ImageModel, Noise, normal_log_prob, per_image


class Layer(nn.Module):
    """A token sees itself and those before it. `seen`: keys and values of the latter, where tokens come one by one."""

    def __init__(self, width, heads, expansion):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.enter, self.leave = nn.Linear(width, expansion * width), nn.Linear(expansion * width, width)

    def forward(self, x, seen=None):
        q, k, v = (t.unflatten(2, (self.heads, -1)).transpose(1, 2) for t in self.qkv(self.norm1(x)).chunk(3, 2))
        if seen is not None:
            seen.append((k, v))
            k, v = (torch.cat(parts, 2) for parts in zip(*seen))
            seen[:] = [(k, v)]
        found = F.scaled_dot_product_attention(q, k, v, is_causal=seen is None)
        x = x + self.out(found.transpose(1, 2).flatten(2))
        return x + self.leave(F.gelu(self.enter(self.norm2(x))))


class Block(nn.Module):
    """z = (x - b) exp(-a), where a and b of a token come from those before it, or behind it if `backwards`."""

    def __init__(self, tokens, numbers, width, heads, layers, expansion, backwards):
        super().__init__()
        self.backwards = backwards
        self.enter, self.leave = nn.Linear(numbers, width), nn.Linear(width, 2 * numbers)
        self.positions = nn.Parameter(0.01 * torch.randn(tokens, width))
        self.layers = nn.ModuleList(Layer(width, heads, expansion) for _ in range(layers))
        nn.init.zeros_(self.leave.weight)

    def turned(self, t, dim=1):
        return t.flip(dim) if self.backwards else t

    def network(self, x, first=0, seen=None):
        h = self.enter(x) + self.turned(self.positions, 0)[first:first + x.shape[1]]
        for i, layer in enumerate(self.layers):
            h = layer(h, None if seen is None else seen[i])
        return self.leave(h).chunk(2, 2)

    def forward(self, x):
        x = self.turned(x)
        a, b = (F.pad(t[:, :-1], (0, 0, 1, 0)) for t in self.network(x))
        return self.turned((x - b) * torch.exp(-a)), -per_image(a)

    def inverse(self, z):
        z = self.turned(z)
        x, seen = [z[:, :1]], [[] for _ in self.layers]
        for t in range(1, z.shape[1]):
            a, b = self.network(x[-1], t - 1, seen)
            x.append(z[:, t:t + 1] * torch.exp(a) + b)
        return self.turned(torch.cat(x, 1))


class TarFlow(ImageModel):
    def __init__(self, data_shape, bits, patch, width, blocks, layers, head_dim, expansion=4):
        super().__init__(data_shape, bits)
        c, h, w = data_shape
        self.patch, self.rows, self.columns, self.numbers = patch, h // patch, w // patch, c * patch ** 2
        self.blocks = nn.ModuleList(
            Block(self.rows * self.columns, self.numbers, width, width // head_dim, layers, expansion, i % 2 == 1)
            for i in range(blocks))

    def log_prob(self, x, noise=None):
        y, total = self.dequantize(x, noise or Noise())
        z = F.pixel_unshuffle(2 * y - 1, self.patch).flatten(2).transpose(1, 2)
        total = total + self.dims * math.log(2)
        for block in self.blocks:
            z, log_det = block(z)
            total = total + log_det
        return total + per_image(normal_log_prob(z))

    @torch.no_grad()
    def sample(self, n, noise=None):
        z = (noise or Noise())((n, self.rows * self.columns, self.numbers), self.blocks[0].positions)
        for block in reversed(self.blocks):
            z = block.inverse(z)
        grid = z.transpose(1, 2).reshape(n, self.numbers, self.rows, self.columns)
        return (F.pixel_shuffle(grid, self.patch) + 1) * self.levels / 2
