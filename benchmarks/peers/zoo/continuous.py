# SPDX-License-Identifier: Apache-2.0
"""FFJORD: continuous normalizing flows (2019).

dy/dt = f(t, y), d ldj/dt = v'(df/dy)v with one probe v per solve, over [0, T], T = tau². Gradients are those
of the discrete computation (autograd through the fixed steps); dopri5 is for evaluation here, it holds T constant.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from common_b import (ImageModel, Noise, logit, logit_inverse, normal_log_prob, per_image, softplus, squeeze, unsqueeze)

# ---- solvers for a tuple of tensors ------------------------------------------------------------------------

RK4 = ([0, 1 / 2, 1 / 2, 1],
       [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
       [1 / 6, 1 / 3, 1 / 3, 1 / 6])
RK38 = ([0, 1 / 3, 2 / 3, 1],                     # Kutta's 3/8 rule, what torchdiffeq calls rk4
        [[], [1 / 3], [-1 / 3, 1], [1, -1, 1]],
        [1 / 8, 3 / 8, 3 / 8, 1 / 8])
DOPRI5 = ([0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1],
          [[], [1 / 5], [3 / 40, 9 / 40], [44 / 45, -56 / 15, 32 / 9],
           [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
           [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
           [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84]],
          [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, 0])
DOPRI5_ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]


def combine(state, h, weights, ks):
    """state + h·Σ w_i k_i."""
    for w, k in zip(weights, ks):
        if w != 0:
            state = tuple(s + h * w * d for s, d in zip(state, k))
    return state


def stages(f, t, h, state, table):
    ks = []
    for c, row in zip(table[0], table[1]):
        ks.append(f(t + c * h, combine(state, h, row, ks)))
    return ks


def fixed(f, state, t0, t1, steps, table=RK4):
    h = (t1 - t0) / steps
    for i in range(steps):
        state = combine(state, h, table[2], stages(f, t0 + i * h, h, state, table))
    return state


def dopri5(f, state, t0, t1, tol, first=0.05, limit=10000):
    """Adaptive steps; the error norm is the RMS over everything in `state`. Absolute and relative tolerance are equal."""
    t, h = t0, first * (t1 - t0)
    for _ in range(limit):
        if (t1 - t) * (t1 - t0) <= 0:
            return state
        h = h if abs(h) < abs(t1 - t) else t1 - t
        ks = stages(f, t, h, state, DOPRI5)
        new = combine(state, h, DOPRI5[2], ks)
        error = combine(tuple(torch.zeros_like(s) for s in state), h, DOPRI5_ERROR, ks)
        ratios = [(e / (tol + tol * torch.maximum(a.abs(), b.abs()))).flatten() for e, a, b in zip(error, state, new)]
        norm = torch.cat(ratios).square().mean().sqrt().item()
        if norm <= 1:
            t, state = t + h, new
        h = h * min(10.0, max(0.2, 0.9 * max(norm, 1e-10) ** -0.2))
    raise RuntimeError('dopri5: too many steps')


# ---- the field ---------------------------------------------------------------------------------------------


class ConcatConv(nn.Module):
    """3×3 convolution with t as one more input channel, the first."""

    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv = nn.Conv2d(c_in + 1, c_out, 3, padding=1)

    def forward(self, t, x):
        return self.conv(torch.cat([torch.ones_like(x[:, :1]) * t, x], 1))


class ConcatSquashConv(nn.Module):
    """conv(x)·sigmoid(w_g t + b_g) + w_b t."""

    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.gate = nn.Linear(1, c_out)
        self.shift = nn.Linear(1, c_out, bias=False)

    def forward(self, t, x):
        t = torch.ones(1).to(x) * t
        return self.conv(x) * torch.sigmoid(self.gate(t)).view(1, -1, 1, 1) + self.shift(t).view(1, -1, 1, 1)


class Field(nn.Module):
    def __init__(self, c, dims, layer):
        super().__init__()
        widths = (c, *dims, c)
        make = {'concat': ConcatConv, 'concatsquash': ConcatSquashConv}[layer]
        self.layers = nn.ModuleList(make(a, b) for a, b in zip(widths, widths[1:]))

    def forward(self, t, y):
        for i, layer in enumerate(self.layers):
            y = layer(t, softplus(y) if i > 0 else y)
        return y


def hutchinson(dy, y, probe):
    return per_image(torch.autograd.grad(dy, y, probe, create_graph=True)[0] * probe)


def exact_trace(dy, y, probe=None):
    return sum(torch.autograd.grad(dy.flatten(1)[:, i].sum(), y, create_graph=True)[0].flatten(1)[:, i]
               for i in range(y[0].numel()))


class CNF(nn.Module):
    """solver: {'rk4': steps}, {'rk38': steps} or {'dopri5': tolerance}."""

    def __init__(self, field, solver, probe='signs'):
        super().__init__()
        self.field, self.solver, self.probe = field, solver, probe
        self.tau = nn.Parameter(torch.ones(1))

    def solve(self, f, state, backwards=False):
        t0, t1 = torch.zeros_like(self.tau), self.tau ** 2
        if backwards:
            t0, t1 = t1, t0
        (kind, how), = self.solver.items()
        if kind == 'dopri5':
            return dopri5(f, state, t0.item(), t1.item(), how)
        return fixed(f, state, t0, t1, how, RK4 if kind == 'rk4' else RK38)

    def forward(self, y, noise, trace=hutchinson):
        probe = noise.signs(y.shape, y) if self.probe == 'signs' else noise(y.shape, y)
        wanted = torch.is_grad_enabled()

        def f(t, state):
            with torch.enable_grad():
                y = state[0] if state[0].requires_grad else state[0].detach().requires_grad_()
                dy = self.field(t, y)
                rate = trace(dy, y, probe)
            return (dy, rate) if wanted else (dy.detach(), rate.detach())

        return self.solve(f, (y, y.new_zeros(y.shape[0])))

    @torch.no_grad()
    def inverse(self, z):
        return self.solve(lambda t, state: (self.field(t, state[0]),), (z,), backwards=True)[0]


# ---- the image model ---------------------------------------------------------------------------------------------


class FFJORD(ImageModel):
    """Logit; per scale: CNF × blocks, squeeze, CNF × blocks, the second half of the channels leaves; the last scale
    is CNF × blocks. Base N(0, I); z lists what leaves, flattened, in order."""

    def __init__(self, data_shape=(3, 32, 32), bits=8, scales=4, blocks=2, dims=(64, 64, 64), layer='concat',
                 alpha=0.05, solver=None, probe='signs'):
        super().__init__(data_shape, bits)
        self.alpha = alpha
        solver = solver or {'dopri5': 1e-5}

        def cnfs(c):
            return nn.ModuleList(CNF(Field(c, dims, layer), solver, probe) for _ in range(blocks))

        self.before, self.after, self.shapes = nn.ModuleList(), nn.ModuleList(), []
        c, h, w = data_shape
        for s in range(scales):
            self.before.append(cnfs(c))
            if s + 1 < scales:
                c, h, w = 4 * c, h // 2, w // 2
                self.after.append(cnfs(c))
                c //= 2
            self.shapes.append((c, h, w))

    def set_solver(self, solver):
        for m in self.modules():
            if isinstance(m, CNF):
                m.solver = solver

    def encode(self, y, noise, trace=hutchinson):
        total, left = y.new_zeros(y.shape[0]), []
        for s, before in enumerate(self.before):
            for cnf in before:
                y, ldj = cnf(y, noise, trace)
                total = total + ldj
            if s < len(self.after):
                y = squeeze(y)
                for cnf in self.after[s]:
                    y, ldj = cnf(y, noise, trace)
                    total = total + ldj
                y, leaving = y.chunk(2, 1)
                left.append(leaving.flatten(1))
        return torch.cat(left + [y.flatten(1)], 1), total

    def log_prob(self, x, noise=None, return_z=False, trace=hutchinson):
        noise = noise or Noise()
        v, constant = self.dequantize(x, noise)
        y, ldj = logit(v, self.alpha)
        z, ldj2 = self.encode(y, noise, trace)
        total = constant + ldj + ldj2 + per_image(normal_log_prob(z))
        return (total, z) if return_z else total

    @torch.no_grad()
    def decode(self, z):
        parts = z.split([math.prod(s) for s in self.shapes], 1)
        parts = [p.reshape(-1, *s) for p, s in zip(parts, self.shapes)]
        y = parts[-1]
        for s, before in reversed(list(enumerate(self.before))):
            if s < len(self.after):
                y = torch.cat([y, parts[s]], 1)
                for cnf in reversed(self.after[s]):
                    y = cnf.inverse(y)
                y = unsqueeze(y)
            for cnf in reversed(before):
                y = cnf.inverse(y)
        return logit_inverse(y, self.alpha)

    @torch.no_grad()
    def sample(self, n, noise=None):
        return self.decode((noise or Noise())((n, self.dims), next(self.parameters())))

    def initialize(self, x, noise=None):
        """Nothing in this model starts from data."""


CONFIGS = {
    'ffjord': (FFJORD, {
        'cifar10': dict(data_shape=(3, 32, 32), bits=8, scales=4, blocks=2, dims=(64, 64, 64), layer='concat',
                        alpha=0.05, solver={'dopri5': 1e-5}, probe='signs'),
        'mnist': dict(data_shape=(1, 28, 28), bits=8, scales=3, blocks=2, dims=(64, 64, 64), layer='concat',
                      alpha=1e-6, solver={'dopri5': 1e-5}, probe='signs'),
        'tiny': dict(data_shape=(3, 8, 8), bits=5, scales=2, blocks=1, dims=(6, 6), layer='concat', alpha=0.05,
                     solver={'rk4': 4}, probe='signs'),
        'tiny_squash': dict(data_shape=(1, 4, 4), bits=5, scales=2, blocks=2, dims=(4, 3), layer='concatsquash',
                            alpha=1e-6, solver={'rk4': 2}, probe='gaussian'),
        'holdout': dict(data_shape=(1, 8, 4), bits=4, scales=3, blocks=1, dims=(5,), layer='concatsquash',
                        alpha=0.1, solver={'rk4': 3}, probe='gaussian'),
    }),
}
