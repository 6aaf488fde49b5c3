# SPDX-License-Identifier: Apache-2.0
"""The flows of benchmarks/zoo/tables.cpp as the Python packages zuko and nflows have them, and the tables that all are fitted to.

    echo "train 256" | python3 tables.py time zuko spline_coupling 8 --threads 2
    python3 tables.py write FOLDER 8
    python3 tables.py fit nflows maf FOLDER/8 --epochs 20 --batch 256 --seed 0 --threads 2

`time` answers each line with the seconds of one training step, `write` makes FOLDER/8_training.npy and FOLDER/8_held_out.npy, and `fit` prints
the mean log-likelihood of the held-out rows after the last epoch.
"""
import argparse
import math
import sys
import time

import numpy as np
import torch
from torch import nn

LAYERS, HIDDEN, BINS, BOUND, LR = 5, (64, 64), 8, 5.0, 1e-3
ROWS, HELD_OUT = 20_000, 2_000


def halves(features, layer):
    """Which numbers a coupling changes: in even layers the second half, in odd ones the first, which is the larger one."""
    return (torch.arange(features) >= features - features // 2) == (layer % 2 == 0)


def with_zuko(kind, features):
    from functools import partial

    import zuko
    from zuko.flows import GeneralCouplingTransform, MaskedAutoregressiveTransform, UnconditionalDistribution

    spline = dict(univariate=partial(zuko.transforms.MonotonicRQSTransform, bound=BOUND), shapes=[(BINS,), (BINS,), (BINS - 1,)])
    how = dict(spline if kind.startswith('spline') else {}, hidden_features=HIDDEN)
    if kind.endswith('coupling'):
        layers = [GeneralCouplingTransform(features, mask=~halves(features, i), **how) for i in range(LAYERS)]
    else:
        orders = torch.arange(features), torch.arange(features).flipud()
        layers = [MaskedAutoregressiveTransform(features, order=orders[i % 2], **how) for i in range(LAYERS)]
    base = UnconditionalDistribution(zuko.distributions.DiagNormal, torch.zeros(features), torch.ones(features), buffer=True)
    flow = zuko.flows.Flow(layers, base)
    return flow, lambda x: flow().log_prob(x)


def with_nflows(kind, features):
    from nflows import distributions, flows, transforms
    from nflows.nn.nets import MLP

    def network(inputs, outputs):
        net = MLP([inputs], [outputs], HIDDEN)
        forward = net.forward
        net.forward = lambda x, context=None: forward(x)
        return net

    spline = dict(num_bins=BINS, tails='linear', tail_bound=BOUND)
    layers = []
    for i in range(LAYERS):
        if kind.endswith('coupling'):
            cls = transforms.AffineCouplingTransform if kind == 'affine_coupling' else transforms.PiecewiseRationalQuadraticCouplingTransform
            layers.append(cls(halves(features, i).int(), network, **({} if kind == 'affine_coupling' else spline)))
            continue
        if i > 0:
            layers.append(transforms.ReversePermutation(features))
        how = dict(features=features, hidden_features=HIDDEN[0], num_blocks=len(HIDDEN) - 1, use_residual_blocks=False)
        if kind == 'affine_autoregressive':
            layers.append(transforms.MaskedAffineAutoregressiveTransform(**how))
        else:
            layers.append(transforms.MaskedPiecewiseRationalQuadraticAutoregressiveTransform(**how, **spline))
    flow = flows.Flow(transforms.CompositeTransform(layers), distributions.StandardNormal([features]))
    return flow, flow.log_prob


PACKAGES = {'zuko': with_zuko, 'nflows': with_nflows}
KINDS = 'affine_coupling', 'spline_coupling', 'affine_autoregressive', 'spline_autoregressive'


def rows_of(features, count, random):
    """Points of two spirals, seen by sines and products with noise and mixed by a rotation: neither independent nor normal."""
    fixed = np.random.default_rng(features)
    turn = 1.5 * np.pi * np.sqrt(random.random(count)) + 0.5
    arm = random.integers(2, size=count) * 2 - 1
    spiral = np.stack([arm * turn * np.cos(turn), arm * turn * np.sin(turn)], 1) / 3 + 0.1 * random.standard_normal((count, 2))
    rest = features - 2
    weights = fixed.standard_normal((2, rest)) / 1.5
    seen = np.sin(spiral @ weights + fixed.uniform(0, np.pi, rest)) + (0.1 + 0.3 * (arm > 0))[:, None] * random.standard_normal((count, rest))
    rotation = np.linalg.qr(fixed.standard_normal((features, features)))[0]
    return np.concatenate([spiral, seen], 1) @ rotation


def write(folder, features):
    x = rows_of(features, ROWS, np.random.default_rng(0))
    training, held_out = x[HELD_OUT:], x[:HELD_OUT]
    mean, deviation = training.mean(0), training.std(0)
    for name, part in ('training', training), ('held_out', held_out):
        np.save(f'{folder}/{features}_{name}.npy', ((part - mean) / deviation).astype(np.float32))


def step(flow, log_prob, optimizer, x, norm=None):
    optimizer.zero_grad()
    loss = -log_prob(x).mean()
    loss.backward()
    if norm is not None:
        nn.utils.clip_grad_norm_(flow.parameters(), norm)
    optimizer.step()


def answer(flow, log_prob, features):
    optimizer = torch.optim.Adam(flow.parameters(), LR)
    random = np.random.default_rng(1)
    print('ready', sum(p.numel() for p in flow.parameters()), flush=True)
    for line in sys.stdin:
        what, count = line.split()
        assert what == 'train', line
        x = torch.from_numpy(random.standard_normal((int(count), features), np.float32))
        begun = time.perf_counter()
        step(flow, log_prob, optimizer, x)
        print(time.perf_counter() - begun, flush=True)


def fit(flow, log_prob, training, held_out, epochs, batch):
    optimizer = torch.optim.Adam(flow.parameters(), LR)
    steps = len(training) // batch
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: 0.5 + 0.5 * math.cos(math.pi * s / (steps * epochs)))
    for _ in range(epochs):
        order = torch.randperm(len(training))
        for i in range(steps):
            step(flow, log_prob, optimizer, training[order[i * batch:(i + 1) * batch]], norm=5.0)
            schedule.step()
    with torch.no_grad():
        print(log_prob(held_out).mean().item(), flush=True)


def main():
    p = argparse.ArgumentParser()
    commands = p.add_subparsers(dest='command', required=True)
    for name in 'time', 'fit':
        c = commands.add_parser(name)
        c.add_argument('package', choices=PACKAGES)
        c.add_argument('kind', choices=KINDS)
        c.add_argument('features' if name == 'time' else 'table', type=int if name == 'time' else str)
        c.add_argument('--threads', type=int, default=2)
        if name == 'fit':
            c.add_argument('--epochs', type=int, default=20)
            c.add_argument('--batch', type=int, default=256)
            c.add_argument('--seed', type=int, default=0)
    c = commands.add_parser('write')
    c.add_argument('folder')
    c.add_argument('features', type=int)
    a = p.parse_args()
    if a.command == 'write':
        return write(a.folder, a.features)
    torch.set_num_threads(a.threads)
    if a.command == 'time':
        torch.manual_seed(1)
        return answer(*PACKAGES[a.package](a.kind, a.features), a.features)
    torch.manual_seed(a.seed)
    training, held_out = (torch.from_numpy(np.load(f'{a.table}_{part}.npy')) for part in ('training', 'held_out'))
    fit(*PACKAGES[a.package](a.kind, training.shape[1]), training, held_out, a.epochs, a.batch)


if __name__ == '__main__':
    main()
