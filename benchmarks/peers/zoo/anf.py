# SPDX-License-Identifier: Apache-2.0
"""Augmented normalizing flow, hierarchical (section 2 of the specification).

The image architecture of the paper is not known: this is the specification's own configuration, and the
networks' layout below is our own reading of it. Do not quote the paper's numbers for it.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from common_b import ActNorm, ImageModel, Noise, normal_log_prob, per_image
from survae import Dequantizer


def zero_conv(c_in, c_out):
    conv = nn.Conv2d(c_in, c_out, 3, padding=1)
    nn.init.zeros_(conv.weight)
    nn.init.zeros_(conv.bias)
    return conv


def scale_shift(raw):
    """Raw parameters hold a first, then m: log s = 2·tanh(a/2)."""
    a, m = raw.chunk(2, 1)
    return 2 * torch.tanh(a / 2), m


class Residual(nn.Module):
    """h + conv(elu(conv(elu(h))))."""

    def __init__(self, width):
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, h):
        return h + self.conv2(F.elu(self.conv1(F.elu(h))))


def residuals(width, blocks):
    return nn.Sequential(*(Residual(width) for _ in range(blocks)))


class Encode(nn.Module):
    """Bottom-up: z_l = s·e_l + m from features of x and z_<l."""

    def __init__(self, c, latents, width, blocks):
        super().__init__()
        self.first = nn.Conv2d(c, width, 3, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(width, width, 3, stride=2, padding=1) for _ in latents)
        self.body = nn.ModuleList(residuals(width, blocks) for _ in latents)
        self.out = nn.ModuleList(zero_conv(width, 2 * k) for k in latents)
        self.into = nn.ModuleList(nn.Conv2d(k, width, 1) for k in latents[:-1])

    def run(self, x, es, step):
        h, zs, total = self.first(x), [], x.new_zeros(x.shape[0])
        for l, e in enumerate(es):
            h = self.body[l](self.down[l](h))
            log_s, m = scale_shift(self.out[l](h))
            new, z = step(e, log_s, m)
            zs.append(new)
            total = total + per_image(log_s)
            if l < len(self.into):
                h = h + self.into[l](z)
        return zs, total

    def forward(self, x, es):
        def step(e, log_s, m):
            z = e * log_s.exp() + m
            return z, z
        return self.run(x, es, step)

    def inverse(self, x, zs):
        return self.run(x, zs, lambda z, log_s, m: ((z - m) * (-log_s).exp(), z))[0]


class Decode(nn.Module):
    """Top-down: y = (x - m)/s given all z; z_l <- (z_l - m)/s given z_>l, all of them before the change."""

    def __init__(self, c, latents, width, blocks):
        super().__init__()
        self.into = nn.ModuleList(nn.Conv2d(k, width, 1) for k in latents)
        self.body = nn.ModuleList(residuals(width, blocks) for _ in latents)
        self.out = nn.ModuleList(zero_conv(width, 2 * k) for k in (c, *latents[:-1]))   # of x, z_1 … z_(L-1)

    def params(self, l, z, above):
        """From z_l and the features above it: its own features, doubled in size, and what they say of level l-1."""
        h = self.into[l](z) if above is None else above + self.into[l](z)
        h = F.interpolate(self.body[l](h), scale_factor=2, mode='nearest')
        return h, scale_shift(self.out[l](h))

    def forward(self, x, zs):
        below, new, total, h = [x, *zs[:-1]], [], x.new_zeros(x.shape[0]), None
        for l in reversed(range(len(zs))):
            h, (log_s, m) = self.params(l, zs[l], h)
            new.append((below[l] - m) * (-log_s).exp())
            total = total - per_image(log_s)
        return new[-1], new[-2::-1] + [zs[-1]], total

    def inverse(self, y, zs):
        old, h = [zs[-1]], None
        for l in reversed(range(len(zs))):
            h, (log_s, m) = self.params(l, old[-1], h)
            old.append((zs[l - 1] if l > 0 else y) * log_s.exp() + m)
        return old[-1], old[-2::-1]


class ANF(ImageModel):
    """Variational dequantization, ActNorm, then [encode, decode] × steps on (x, e_1 … e_L). e_l has latents[l-1]
    channels at the resolution halved l times. z of log_prob is [y, z_1 … z_L], each flattened."""

    def __init__(self, data_shape=(3, 32, 32), bits=8, steps=4, latents=(16, 32, 64), width=96, blocks=4, dequant=None):
        super().__init__(data_shape, bits)
        c, h, w = data_shape
        self.shapes = [(k, h >> (l + 1), w >> (l + 1)) for l, k in enumerate(latents)]
        self.dequantizer = Dequantizer(c, self.levels, **(dequant or DEQUANT))
        self.norm = ActNorm(c)
        self.encoders = nn.ModuleList(Encode(c, latents, width, blocks) for _ in range(steps))
        self.decoders = nn.ModuleList(Decode(c, latents, width, blocks) for _ in range(steps))

    def enter(self, x, noise):
        u, log_q = self.dequantizer(x, noise)
        constant = -self.dims * torch.log(torch.tensor(float(self.levels)).to(x))
        return (x + u) / self.levels - 0.5, constant - log_q

    def log_prob(self, x, noise=None, return_z=False):
        """One draw of the bound. Draws: the dequantizer's, then e_1 … e_L."""
        noise = noise or Noise()
        y, total = self.enter(x, noise)
        y, ldj = self.norm(y)
        total = total + ldj
        zs = [noise((x.shape[0],) + s, x) for s in self.shapes]
        total = total - sum(per_image(normal_log_prob(e)) for e in zs)
        for encode, decode in zip(self.encoders, self.decoders):
            zs, a = encode(y, zs)
            y, zs, b = decode(y, zs)
            total = total + a + b
        z = torch.cat([y.flatten(1)] + [z.flatten(1) for z in zs], 1)
        total = total + normal_log_prob(z).sum(1)
        return (total, z) if return_z else total

    @torch.no_grad()
    def decode(self, y, zs):
        """Images and the e that goes with them."""
        for encode, decode in reversed(list(zip(self.encoders, self.decoders))):
            y, zs = decode.inverse(y, zs)
            zs = encode.inverse(y, zs)
        return self.norm.inverse(y) + 0.5, zs

    @torch.no_grad()
    def sample(self, n, noise=None):
        """Draws y, then z_1 … z_L."""
        noise = noise or Noise()
        y, *zs = [noise((n,) + tuple(s), self.norm.bias) for s in (self.data_shape, *self.shapes)]
        return self.decode(y, zs)[0]

    @torch.no_grad()
    def initialize(self, x, noise=None):
        self.norm.initialize(self.enter(x, noise or Noise())[0])


DEQUANT = dict(steps=4, context=32, context_width=64, context_depth=4, context_growth=16, width=64, depth=10, growth=64)
CONFIGS = {
    'anf': (ANF, {
        'cifar10_ours': dict(data_shape=(3, 32, 32), bits=8, steps=4, latents=(16, 32, 64), width=96, blocks=4,
                             dequant=DEQUANT),
        'tiny': dict(data_shape=(3, 8, 8), bits=5, steps=2, latents=(2, 3), width=5, blocks=1,
                     dequant=dict(steps=1, context=3, context_width=4, context_depth=1, context_growth=3, width=5,
                                  depth=1, growth=3)),
        'holdout': dict(data_shape=(1, 16, 8), bits=4, steps=1, latents=(3, 1, 2), width=4, blocks=2,
                        dequant=dict(steps=2, context=2, context_width=3, context_depth=2, context_growth=2, width=4,
                                     depth=2, growth=2)),
    }),
}
