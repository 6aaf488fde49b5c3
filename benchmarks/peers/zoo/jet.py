# SPDX-License-Identifier: Apache-2.0
"""Jet (Kolesnikov, Pinto, Tschannen 2024): affine couplings over patches, with PyTorch's own transformer layers."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from common_b import ImageModel, Noise, normal_log_prob, per_image


class VisionTransformer(nn.Module):
    """(N, T, D) -> (N, T, 2D), zero at first."""

    def __init__(self, tokens, numbers, width, heads, layers):
        super().__init__()
        self.enter = nn.Linear(numbers, width)
        self.positions = nn.Parameter(torch.randn(tokens, width) / math.sqrt(width))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(width, heads, 4 * width, 0, lambda x: F.gelu(x, approximate='tanh'), 1e-6, True, True)
            for _ in range(layers))
        self.norm = nn.LayerNorm(width, 1e-6)
        self.leave = nn.Linear(width, 2 * numbers)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x):
        h = self.enter(x) + self.positions
        for layer in self.layers:
            h = layer(h)
        return self.leave(self.norm(h))


class Coupling(nn.Module):
    """z2 = (x2 + b) 2 sigmoid(r). `order` lists what stays and then what changes: numbers of a token, or, `of_tokens`, tokens, each of
    which the network sees as two."""

    def __init__(self, order, of_tokens, *network):
        super().__init__()
        self.of_tokens = of_tokens
        self.register_buffer('order', order)
        self.network = VisionTransformer(*network)

    def parts(self, x):
        if not self.of_tokens:
            return x[..., self.order].chunk(2, 2)
        return [half.reshape(len(x), x.shape[1], -1) for half in x[:, self.order].chunk(2, 1)]

    def whole(self, like, first, second):
        back = torch.argsort(self.order)
        if not self.of_tokens:
            return torch.cat([first, second], 2)[..., back]
        return torch.cat([first.flatten(1), second.flatten(1)], 1).view_as(like)[:, back]

    def forward(self, x):
        first, second = self.parts(x)
        shift, raw = self.network(first).chunk(2, 2)
        log_scale = F.logsigmoid(raw) + math.log(2)
        return self.whole(x, first, (second + shift) * log_scale.exp()), per_image(log_scale)

    def inverse(self, z):
        first, second = self.parts(z)
        shift, raw = self.network(first).chunk(2, 2)
        return self.whole(z, first, second / (2 * torch.sigmoid(raw)) - shift)


class Jet(ImageModel):
    """The last of each `cycle` of couplings is on tokens: by a checkerboard, columns and rows, each with both halves in turn."""

    def __init__(self, data_shape, bits, patch, couplings, cycle, width, heads, layers):
        super().__init__(data_shape, bits)
        c, h, w = data_shape
        self.patch, self.rows, self.columns, self.numbers = patch, h // patch, w // patch, c * patch ** 2
        row, column = torch.meshgrid(torch.arange(self.rows), torch.arange(self.columns), indexing='ij')
        # Stable, so that tokens that stay keep their order, and those that change.
        patterns = [(p + odd).flatten().remainder(2).argsort(stable=True) for p in (row + column, column, row) for odd in (0, 1)]
        self.couplings = nn.ModuleList()
        for i in range(couplings):
            of_tokens = i % cycle == cycle - 1
            order = patterns[i // cycle % len(patterns)] if of_tokens else torch.randperm(self.numbers)
            self.couplings.append(Coupling(order, of_tokens, self.rows * self.columns, self.numbers // 2, width, heads, layers))

    def tokens(self, x):
        return F.pixel_unshuffle(x, self.patch).flatten(2).transpose(1, 2)  # a patch's numbers in any order: they are shuffled

    def log_prob(self, x, noise=None):
        y, total = self.dequantize(x, noise or Noise())
        stretch = 2 * self.levels / (self.levels - 1)  # gray levels from -1 to 1
        z, total = self.tokens(y * stretch - 1), total + self.dims * math.log(stretch)
        for coupling in self.couplings:
            z, log_det = coupling(z)
            total = total + log_det
        return total + per_image(normal_log_prob(z))

    @torch.no_grad()
    def sample(self, n, noise=None):
        z = (noise or Noise())((n, self.rows * self.columns, self.numbers), self.couplings[0].network.positions)
        for coupling in reversed(self.couplings):
            z = coupling.inverse(z)
        grid = z.transpose(1, 2).reshape(n, self.numbers, self.rows, self.columns)
        return (F.pixel_shuffle(grid, self.patch) + 1) * (self.levels - 1) / 2
