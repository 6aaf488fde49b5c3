# SPDX-License-Identifier: Apache-2.0
"""The twins of the zoo in their configurations for 8x8 digits and points of the plane: what scripts/zoo compares with.

    echo "train 32" | python3 twins.py glow --threads 2

Lines are "train N", "log_prob N" or "sample N" for batch size N; each is run once and answered with its seconds.
"""
import argparse
import gzip
import math
import pathlib
import sys
import time

import numpy as np
import torch
import torch.nn as nn

import anf
import autoregressive
import continuous
import flowpp
import glow
import jet
import macow
import nice
import real_nvp
import residual
import splines
import survae
import tarflow
import vflow
from common_b import normal_log_prob

DIGITS = pathlib.Path(__file__).resolve().parents[3] / 'examples/data/optdigits.bin.gz'
A = dict(shape=(1, 8, 8), bits=5)
B = dict(data_shape=(1, 8, 8), bits=5)
FLOWPP_NET = dict(width=20, blocks=1, mixtures=4, heads=2)
FLOWPP_NOISE = dict(steps=1, net={**FLOWPP_NET, 'mixtures': 2}, context=dict(width=8, blocks=1))
VFLOW_NET = dict(FLOWPP_NET, width=16, squash=True, spread=0.01)
VFLOW_NOISE = dict(FLOWPP_NOISE, net={**VFLOW_NET, 'mixtures': 2})
SURVAE = dict(B, scales=2, steps=4, width=24, depth=2, growth=12,
              dequant=dict(steps=2, context=8, context_width=16, context_depth=1, context_growth=8))


class PointMAF(autoregressive.MAF):
    def log_prob(self, x):
        z, ldj = self.encode(x)
        return ldj + normal_log_prob(z).sum(1)


class PointSpline(nn.Module):
    """Spline couplings: the first coordinate changes given the second, and then the two change places."""

    def __init__(self, couplings, width, bins, bound):
        super().__init__()
        self.bins, self.bound, self.root = bins, bound, math.sqrt(width)
        self.nets = nn.ModuleList(survae.mlp((1, width, width, 3 * bins - 1)) for _ in range(couplings))

    def log_prob(self, x):
        total = 0
        for i, net in enumerate(self.nets):
            x = x.flip(1) if i > 0 else x
            w, h, d = net(x[:, 1:]).unsqueeze(1).split((self.bins, self.bins, self.bins - 1), -1)
            z, log_slope = splines.spline(x[:, :1], w / self.root, h / self.root, d, self.bound)
            x, total = torch.cat([z, x[:, 1:]], 1), total + log_slope.sum(1)
        return total + normal_log_prob(x).sum(1)


# Class, arguments, whether it starts from data, and the largest norm of a gradient.
MODELS = {
    'nice': (nice.NICE, dict(A, hidden=[[400]] * 4, partition='odd_even', base='logistic', whiten=True), True, math.inf),
    'real_nvp': (real_nvp.RealNVP, dict(A, scales=2, width=8, blocks=1), False, 1),
    'glow': (glow.Glow, dict(A, levels=2, steps=4, width=48, coupling='affine', permutation='full'), True, math.inf),
    'flowpp': (flowpp.FlowPP, dict(A, layers=[('column', 1), 'squeeze', ('channel', 2), ('column', 1)], net=FLOWPP_NET,
                                   dequantizer=FLOWPP_NOISE), True, 1),
    'vflow': (vflow.VFlow, dict(A, extra=1, layers=['squeeze', ('channel', 2), ('column', 2)], net=VFLOW_NET,
                                dequantizer=VFLOW_NOISE, augmenter=VFLOW_NOISE), True, 1),
    'anf': (anf.ANF, dict(B, steps=2, latents=(4, 8), width=24, blocks=1,
                          dequant=dict(steps=1, context=8, context_width=16, context_depth=1, context_growth=8, width=16,
                                       depth=1, growth=8)), True, math.inf),
    'macow': (macow.MaCow, dict(B, steps=(0, (1, 1), 2), factors=(4,), hidden=(0, 48, 48), kernel=(2, 3), units=1,
                                multiple=4, scale=True, prior_scale=True,
                                dequant=dict(steps=(0, 1), hidden=(0, 32), kernel=(2, 3), units=1, multiple=4,
                                             condition=2, encoder_width=8)), True, math.inf),
    'survae_max': (survae.SurVAE, dict(SURVAE, pool='max'), False, math.inf),
    'survae_slice': (survae.SurVAE, dict(SURVAE, pool='slice'), False, math.inf),
    'rq_nsf': (splines.RQNSF, dict(B, levels=2, steps=3, width=24, blocks=1, bins=4, bound=3.0, dropout=0.0,
                                   factor_out=False), True, math.inf),
    'jet': (jet.Jet, dict(B, patch=2, couplings=8, cycle=2, width=32, heads=2, layers=1), False, 1),
    'i_resnet': (residual.IResNet, dict(B, blocks=(2, 2), width=64, ceiling=0.9, power_steps=5, terms=(5, 20)), True,
                 math.inf),
    'residual_flow': (residual.ResidualFlow, dict(B, blocks=(1, 2), width=48, tail=1, tail_width=128), True, 1),
    'i_densenet': (residual.IDenseNet, dict(B, blocks=(1, 2), depth=2, growth=32, tail=1, tail_width=64, tail_depth=2,
                                            tail_growth=32), True, 1),
    'ffjord': (continuous.FFJORD, dict(B, scales=2, blocks=1, dims=(12, 12), layer='concat', alpha=0.05,
                                       solver={'rk4': 2}), False, math.inf),
    'tarflow': (tarflow.TarFlow, dict(B, patch=2, width=32, blocks=4, layers=2, head_dim=16), False, math.inf),
    'maf_moons': (PointMAF, dict(data_shape=(1, 1, 2), layers=6, form='exp', width=64, depth=2, residual=False,
                                 batch_norm=True), False, math.inf),
    'rq_moons': (PointSpline, dict(couplings=4, width=64, bins=8, bound=3.0), False, 1),
}


def digits(count):
    records = np.frombuffer(gzip.open(DIGITS).read(), np.uint8).reshape(-1, 65)
    x = torch.from_numpy(records[:1500, 1:].astype(np.float32)).view(-1, 1, 8, 8)
    return x[torch.randint(0, len(x), (count,))]


def points(count):
    t, upper = math.pi * torch.rand(count), torch.rand(count) < 0.5
    x = torch.where(upper, t.cos(), 1 - t.cos()) - 0.5
    y = torch.where(upper, t.sin(), 0.5 - t.sin()) - 0.25
    return torch.stack([x, y], 1) + 0.1 * torch.randn(count, 2)


def main():
    p = argparse.ArgumentParser()
    p.add_argument('model', choices=MODELS)
    p.add_argument('--threads', type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    cls, config, starts, norm = MODELS[a.model]
    model = cls(**config)
    batch = points if a.model.endswith('_moons') else digits
    if isinstance(model, residual.Residual):
        model.iterate(200)
    if starts:
        model.initialize(batch(64))
    loss_of = (lambda x: -model.log_prob(x).mean()) if a.model.endswith('_moons') else model.bits_per_dim
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def train(x):
        optimizer.zero_grad()
        loss_of(x).backward()
        nn.utils.clip_grad_norm_(model.parameters(), norm)
        optimizer.step()
        if a.model in ('residual_flow', 'i_densenet'):
            model.iterate(5)

    train(batch(64))
    print('ready', flush=True)
    for line in sys.stdin:
        what, count = line.split()
        x = batch(int(count))
        model.train(what == 'train')
        begun = time.perf_counter()
        if what == 'train':
            train(x)
        else:
            with torch.no_grad():
                model.log_prob(x) if what == 'log_prob' else model.sample(int(count))
        print(time.perf_counter() - begun, flush=True)


if __name__ == '__main__':
    main()
