# SPDX-License-Identifier: Apache-2.0
"""Residual flows: i-ResNet (2019), Residual Flow (2019) and i-DenseNet (2021).

A block is z = x + g(x) with Lip(g) < 1. Every weight in g is divided by max(1, sigma/c), where sigma is
the operator norm seen by the stored singular vectors u, v; `iterate` improves these vectors and is never
called behind the caller's back, except by i-ResNet in training mode, whose definition it is.

The log-determinant is a power series in J = dg/dx with one probe v and given weights:
    ldj = sum_k w_k (-1)^(k+1)/k · v'J^k v,   k = 1 … N.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from common_b import (ActNorm, ImageModel, Noise, logit, logit_inverse, normal_log_prob, per_image,
                      softplus, squeeze, squeeze_space, unsqueeze, unsqueeze_space)

# ---- Lipschitz-bounded layers ----------------------------------------------------------------------


class LipLinear(nn.Module):
    """A linear map, on vectors (N, c_in) or as a 1×1 convolution, of operator norm at most `ceiling`."""

    def __init__(self, c_in, c_out, ceiling):
        super().__init__()
        self._create((c_out, c_in), (1, c_in), (1, c_out), ceiling)

    def _create(self, weight_shape, in_shape, out_shape, ceiling, eps=0.0):
        self.ceiling, self.eps = ceiling, eps
        bound = 1 / math.sqrt(math.prod(weight_shape[1:]))
        self.weight = nn.Parameter(torch.empty(weight_shape).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(weight_shape[0]).uniform_(-bound, bound))
        self.register_buffer('u', F.normalize(torch.randn(out_shape).flatten(), dim=0).view(out_shape))
        self.register_buffer('v', F.normalize(torch.randn(in_shape).flatten(), dim=0).view(in_shape))

    def linear(self, x, weight):
        return F.linear(x, weight) if x.dim() == 2 else F.conv2d(x, weight[:, :, None, None])

    def transposed(self, y):
        return y @ self.weight

    @torch.no_grad()
    def iterate(self, steps):
        for _ in range(steps):
            v = self.transposed(self.u)
            self.v.copy_(v / v.norm())
            u = self.linear(self.v, self.weight)
            self.u.copy_(u / u.norm())

    def sigma(self):
        return (self.u * self.linear(self.v, self.weight)).sum()

    def bounded_weight(self):
        return self.weight / ((self.sigma() / self.ceiling).clamp(min=1) + self.eps)

    def forward(self, x):
        return self.linear(x, self.bounded_weight()) + self.bias.view((1, -1) + (1,) * (x.dim() - 2))


class LipConv(LipLinear):
    """3×3 convolution with zero padding. u and v are images: the norm is that of the convolution, not of
    its flattened kernel."""

    def __init__(self, c_in, c_out, h, w, ceiling, eps=0.0):
        nn.Module.__init__(self)
        self._create((c_out, c_in, 3, 3), (1, c_in, h, w), (1, c_out, h, w), ceiling, eps)

    def linear(self, x, weight):
        return F.conv2d(x, weight, padding=1)

    def transposed(self, y):
        return F.conv_transpose2d(y, self.weight, padding=1)


class LipSwish(nn.Module):
    """x·sigmoid(beta x)/1.1, beta = softplus(b) > 0."""

    def __init__(self):
        super().__init__()
        self.b = nn.Parameter(torch.tensor([0.5]))

    def forward(self, x):
        return x * torch.sigmoid(softplus(self.b) * x) / 1.1


class CLipSwish(LipSwish):
    """[f(x), f(-x)]/1.004 along the channels, f = LipSwish."""

    def forward(self, x):
        return torch.cat([LipSwish.forward(self, x), LipSwish.forward(self, -x)], 1) / 1.004


# ---- networks g -------------------------------------------------------------------------------------


class ThreeLayers(nn.Module):
    """[act ->] layer -> act -> layer -> act -> layer."""

    def __init__(self, activation, layers, lead):
        super().__init__()
        self.act = nn.ModuleList([activation() if lead else nn.Identity(), activation(), activation()])
        self.layer = nn.ModuleList(layers)

    def forward(self, x):
        for act, layer in zip(self.act, self.layer):
            x = layer(act(x))
        return x


class DenseConcat(nn.Module):
    """h -> [eta1·h, eta2·CLipSwish(layer(h))] with (eta1, eta2) on the circle of radius 0.98."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.act = CLipSwish()
        self.k = nn.Parameter(torch.ones(2))

    def forward(self, h):
        eta = softplus(self.k) + 0.1
        eta = 0.98 * eta / eta.norm()
        return torch.cat([eta[0] * h, eta[1] * self.act(self.layer(h))], 1)


class DenseNet(nn.Module):
    def __init__(self, first, layers, last):
        super().__init__()
        self.first = first
        self.dense = nn.ModuleList(DenseConcat(layer) for layer in layers)
        self.last = last

    def forward(self, x):
        x = self.first(x)
        for layer in self.dense:
            x = layer(x)
        return self.last(x)


# ---- the residual block ---------------------------------------------------------------------------------


def tail_probability(law, j):
    """P(n >= j) of the roulette's law: {'geometric': p} on 1, 2, … or {'poisson': rate} on 0, 1, …"""
    if 'geometric' in law:
        return (1 - law['geometric']) ** (j - 1)
    rate = law['poisson']  # the upper tail itself: 1 - (lower sum) would lose its digits
    return math.exp(-rate) * sum(rate ** i / math.factorial(i) for i in range(j, j + 60))


def roulette_weights(law, exact, n):
    """w_1 … w_(exact + n)."""
    return [1.0] * exact + [1 / tail_probability(law, j) for j in range(1, n + 1)]


class ResidualBlock(nn.Module):
    """`estimator`: {'terms': (training, evaluation)} for a fixed number of terms, or
    {'poisson' | 'geometric': parameter, 'exact': (training, evaluation)} for the roulette.
    `gradient`: 'series' differentiates the series as it stands; 'neumann' keeps the series' value but
    takes the gradient of sum_k (-1)^k w_k v'J^k (dJ) v, k = 0 … N."""

    def __init__(self, net, estimator, gradient):
        super().__init__()
        self.net, self.estimator, self.gradient = net, estimator, gradient

    def weights(self, noise, like):
        law, mode = self.estimator, 0 if self.training else 1
        if 'terms' in law:
            return [1.0] * law['terms'][mode]
        n = noise.poisson(law['poisson'], like) if 'poisson' in law else noise.geometric(law['geometric'], like)
        return roulette_weights(law, law['exact'][mode], int(n))

    def forward(self, x, noise):
        """Draws the roulette's n (if there is one), then the probe."""
        weights = self.weights(noise, x)
        return self._with_graph(x, lambda x, g: self.series(x, g, noise(x.shape, x), weights))

    def forward_exact(self, x, noise=None):
        return self._with_graph(x, self.exact_log_det)

    def _with_graph(self, x, log_det):
        wanted = torch.is_grad_enabled()
        with torch.enable_grad():
            x = x if x.requires_grad else x.detach().requires_grad_()
            g = self.net(x)
            z, ldj = x + g, log_det(x, g)
        return (z, ldj) if wanted else (z.detach(), ldj.detach())

    def series(self, x, g, probe, weights):
        u, neumann, ldj = probe, probe, x.new_zeros(x.shape[0])
        for k, w in enumerate(weights, 1):
            u, = torch.autograd.grad(g, x, u, retain_graph=True, create_graph=self.gradient == 'series')
            ldj = ldj - (-1) ** k * w / k * per_image(u * probe)
            neumann = neumann + (-1) ** k * w * u
        if self.gradient == 'series':
            return ldj
        s = per_image(torch.autograd.grad(g, x, neumann, create_graph=True)[0] * probe)
        return ldj + (s - s.detach())

    @staticmethod
    def exact_log_det(x, g):
        rows = [torch.autograd.grad(g.flatten(1)[:, i].sum(), x, create_graph=True)[0].flatten(1)
                for i in range(x[0].numel())]
        return torch.linalg.slogdet(torch.eye(len(rows)).to(x) + torch.stack(rows, 1))[1]

    @torch.no_grad()
    def inverse(self, z, limit=5000):
        """Fixed point of x = z - g(x), until it moves by rounding errors only."""
        tolerance = 50 * torch.finfo(z.dtype).eps * max(1.0, float(z.abs().max()))
        x = z
        for _ in range(limit):
            previous, x = x, z - self.net(x)
            if (x - previous).abs().max() < tolerance:
                return x
        raise RuntimeError('the fixed-point iteration did not converge')


class NormedBlock(nn.Module):
    def __init__(self, norm, block):
        super().__init__()
        self.norm, self.block = norm, block


class Residual(ImageModel):
    """What the three models share."""

    def iterate(self, steps):
        """Power iterations on every weight."""
        for m in self.modules():
            if isinstance(m, LipLinear):
                m.iterate(steps)

    def set_gradient(self, kind):
        for m in self.modules():
            if isinstance(m, ResidualBlock):
                m.gradient = kind

    def published_count(self):
        """The published code also keeps two roulette constants per block among its parameters."""
        blocks = sum(isinstance(m, ResidualBlock) for m in self.modules())
        return sum(p.numel() for p in self.parameters()) + self.roulette_constants * blocks


# ---- i-ResNet -------------------------------------------------------------------------------------------


class IResNet(Residual):
    """Squeeze; per scale: [ActNorm, block] × n; after all scales but the last the first half leaves and the
    rest is squeezed. Base: a normal with mean and log-std per dimension, in the order of leaving."""

    roulette_constants = 0

    def __init__(self, data_shape=(3, 32, 32), bits=8, blocks=(16, 16, 16), width=512, ceiling=0.9,
                 power_steps=5, terms=(5, 5), gradient='series'):
        super().__init__(data_shape, bits)
        self.power_steps = power_steps
        c, h, w = 4 * data_shape[0], data_shape[1] // 2, data_shape[2] // 2
        self.scales = nn.ModuleList()
        self.shapes = []
        for s, count in enumerate(blocks):
            scale = nn.ModuleList()
            for b in range(count):
                net = ThreeLayers(nn.ELU, [LipConv(c, width, h, w, ceiling, 1e-5), LipLinear(width, width, ceiling),
                                           LipConv(width, c, h, w, ceiling, 1e-5)], lead=s + b > 0)
                scale.append(NormedBlock(ActNorm(c, eps=1e-5),
                                         ResidualBlock(net, {'terms': tuple(terms)}, gradient)))
            self.scales.append(scale)
            last = s + 1 == len(blocks)
            self.shapes.append((c if last else c // 2, h, w))
            c, h, w = 4 * (c - c // 2), h // 2, w // 2
        self.mean = nn.Parameter(torch.zeros(self.dims))
        self.log_std = nn.Parameter(torch.zeros(self.dims))

    def encode(self, v, noise, exact=False):
        total, left = v.new_zeros(v.shape[0]), []
        x = v
        for i, scale in enumerate(self.scales):
            x = squeeze_space(x)
            for layer in scale:
                x, ldj = layer.norm(x)
                total = total + ldj
                x, ldj = layer.block.forward_exact(x) if exact else layer.block(x, noise)
                total = total + ldj
            if i + 1 < len(self.scales):
                half = x.shape[1] // 2
                left.append(x[:, :half].flatten(1))
                x = x[:, half:]
        return torch.cat(left + [x.flatten(1)], 1), total

    def log_prob(self, x, noise=None, return_z=False, exact=False):
        noise = noise or Noise()
        if self.training:
            self.iterate(self.power_steps)
        v, total = self.dequantize(x, noise)
        z, ldj = self.encode(v - 0.5, noise, exact)
        total = total + ldj + per_image(normal_log_prob((z - self.mean) * (-self.log_std).exp()) - self.log_std)
        return (total, z) if return_z else total

    @torch.no_grad()
    def decode(self, z):
        parts = z.split([math.prod(s) for s in self.shapes], 1)
        parts = [p.reshape(-1, *s) for p, s in zip(parts, self.shapes)]
        x = parts[-1]
        for i, scale in reversed(list(enumerate(self.scales))):
            if i + 1 < len(self.scales):
                x = torch.cat([parts[i], x], 1)
            for layer in reversed(scale):
                x = layer.norm.inverse(layer.block.inverse(x))
            x = unsqueeze_space(x)
        return x + 0.5

    @torch.no_grad()
    def sample(self, n, noise=None):
        noise = noise or Noise()
        return self.decode(self.mean + self.log_std.exp() * noise((n, self.dims), self.mean))

    @torch.no_grad()
    def initialize(self, x, noise=None):
        """Data-dependent ActNorm, layer by layer."""
        x = self.dequantize(x, noise or Noise())[0] - 0.5
        for i, scale in enumerate(self.scales):
            x = squeeze_space(x)
            for layer in scale:
                x = layer.norm.initialize(x)
                x = x + layer.block.net(x)
            if i + 1 < len(self.scales):
                x = x[:, x.shape[1] // 2:]


# ---- Residual Flow and i-DenseNet ----------------------------------------------------------------------------


class LogitFlow(Residual):
    """Logit; ActNorm; per scale: [block, ActNorm] × n, a squeeze between scales; then on the flattened
    image [block, ActNorm per dimension] × tail. Base N(0, I).
    `image_net(c, h, w, lead)` and `vector_net(d)` make the networks of the blocks."""

    roulette_constants = 2

    def __init__(self, data_shape, bits, blocks, tail, alpha, estimator, gradient, image_net, vector_net):
        super().__init__(data_shape, bits)
        self.alpha = alpha

        def layer(features, net):
            return NormedBlock(self.act_norm(features), ResidualBlock(net, estimator, gradient))

        c, h, w = data_shape
        self.norm = self.act_norm(c)
        self.scales = nn.ModuleList()
        for s, count in enumerate(blocks):
            if s > 0:
                c, h, w = 4 * c, h // 2, w // 2
            self.scales.append(nn.ModuleList(layer(c, image_net(c, h, w, s + b > 0)) for b in range(count)))
        self.last_shape = (c, h, w)
        self.tail = nn.ModuleList(layer(self.dims, vector_net(self.dims)) for _ in range(tail))

    @staticmethod
    def act_norm(c):
        return ActNorm(c, bias_first=True, floor=0.2)

    def encode(self, y, noise, exact=False):
        x, total = self.norm(y)
        for i, scale in enumerate(list(self.scales) + [self.tail]):
            if i == len(self.scales):
                x = x.flatten(1)
            elif i > 0:
                x = squeeze(x)
            for layer in scale:
                x, ldj = layer.block.forward_exact(x) if exact else layer.block(x, noise)
                total = total + ldj
                x, ldj = layer.norm(x)
                total = total + ldj
        return x, total

    def log_prob(self, x, noise=None, return_z=False, exact=False):
        noise = noise or Noise()
        v, total = self.dequantize(x, noise)
        y, ldj = logit(v, self.alpha)
        z, ldj2 = self.encode(y, noise, exact)
        total = total + ldj + ldj2 + per_image(normal_log_prob(z))
        return (total, z) if return_z else total

    @torch.no_grad()
    def decode(self, z):
        x = z
        for i, scale in reversed(list(enumerate(list(self.scales) + [self.tail]))):
            for layer in reversed(scale):
                x = layer.block.inverse(layer.norm.inverse(x))
            if i == len(self.scales):
                x = x.reshape(-1, *self.last_shape)
            elif i > 0:
                x = unsqueeze(x)
        return logit_inverse(self.norm.inverse(x), self.alpha)

    @torch.no_grad()
    def sample(self, n, noise=None):
        noise = noise or Noise()
        return self.decode(noise((n, self.dims), self.norm.bias))

    @torch.no_grad()
    def initialize(self, x, noise=None):
        """Data-dependent ActNorm, layer by layer."""
        x = self.norm.initialize(logit(self.dequantize(x, noise or Noise())[0], self.alpha)[0])
        for i, scale in enumerate(list(self.scales) + [self.tail]):
            if i == len(self.scales):
                x = x.flatten(1)
            elif i > 0:
                x = squeeze(x)
            for layer in scale:
                x = layer.norm.initialize(x + layer.block.net(x))


ROULETTE = {'poisson': 2.0, 'exact': [2, 20]}


class ResidualFlow(LogitFlow):
    def __init__(self, data_shape=(3, 32, 32), bits=8, blocks=(16, 16, 16), width=512, tail=4, tail_width=128,
                 ceiling=0.98, alpha=0.05, estimator=ROULETTE, gradient='neumann'):
        k, m, t = ceiling, width, tail_width

        def image_net(c, h, w, lead):
            return ThreeLayers(LipSwish, [LipConv(c, m, h, w, k), LipLinear(m, m, k), LipConv(m, c, h, w, k)], lead)

        def vector_net(d):
            return ThreeLayers(LipSwish, [LipLinear(d, t, k), LipLinear(t, t, k), LipLinear(t, d, k)], True)

        super().__init__(data_shape, bits, blocks, tail, alpha, estimator, gradient, image_net, vector_net)


class IDenseNet(LogitFlow):
    """A Residual Flow whose networks are Lipschitz DenseNets (and have no leading activation)."""

    def __init__(self, data_shape=(3, 32, 32), bits=8, blocks=(16, 16, 16), depth=3, growth=172, tail=4,
                 tail_width=64, tail_depth=3, tail_growth=32, ceiling=0.98, alpha=0.05, estimator=ROULETTE,
                 gradient='neumann'):
        k = ceiling

        def image_net(c, h, w, lead):
            layers = [LipConv(c + i * growth, growth // 2, h, w, k) for i in range(depth)]
            return DenseNet(nn.Identity(), layers, LipLinear(c + depth * growth, c, k))

        def vector_net(d):
            m, g = tail_width, tail_growth
            layers = [LipLinear(m + i * g, g // 2, k) for i in range(tail_depth)]
            return DenseNet(LipLinear(d, m, k), layers, LipLinear(m + tail_depth * g, d, k))

        super().__init__(data_shape, bits, blocks, tail, alpha, estimator, gradient, image_net, vector_net)


CONFIGS = {
    'i_resnet': (IResNet, {
        'cifar10': dict(data_shape=(3, 32, 32), bits=8, blocks=(16, 16, 16), width=512, ceiling=0.9,
                        power_steps=5, terms=(5, 5)),
        'tiny': dict(data_shape=(3, 8, 8), bits=5, blocks=(2, 1), width=8, ceiling=0.9, power_steps=2, terms=(5, 10)),
        'holdout': dict(data_shape=(1, 12, 8), bits=4, blocks=(1, 2), width=5, ceiling=0.8, power_steps=3,
                        terms=(4, 7)),
    }),
    'residual_flow': (ResidualFlow, {
        'cifar10': dict(data_shape=(3, 32, 32), bits=8, blocks=(16, 16, 16), width=512, tail=4, tail_width=128,
                        ceiling=0.98, alpha=0.05, estimator=ROULETTE),
        'tiny': dict(data_shape=(3, 8, 8), bits=5, blocks=(2, 1), width=8, tail=1, tail_width=6, ceiling=0.98,
                     alpha=0.05, estimator=ROULETTE),
        'holdout': dict(data_shape=(1, 8, 12), bits=4, blocks=(1, 2), width=6, tail=2, tail_width=5, ceiling=0.9,
                        alpha=0.1, estimator={'geometric': 0.5, 'exact': [1, 8]}),
    }),
    'i_densenet': (IDenseNet, {
        'cifar10': dict(data_shape=(3, 32, 32), bits=8, blocks=(16, 16, 16), depth=3, growth=172, tail=4,
                        tail_width=64, tail_depth=3, tail_growth=32, ceiling=0.98, alpha=0.05, estimator=ROULETTE),
        'tiny': dict(data_shape=(3, 8, 8), bits=5, blocks=(2, 1), depth=2, growth=6, tail=1, tail_width=6,
                     tail_depth=2, tail_growth=4, ceiling=0.98, alpha=0.05, estimator=ROULETTE),
        'holdout': dict(data_shape=(2, 8, 4), bits=4, blocks=(1, 1), depth=3, growth=4, tail=1, tail_width=5,
                        tail_depth=1, tail_growth=6, ceiling=0.95, alpha=0.02, estimator=ROULETTE),
    }),
}
