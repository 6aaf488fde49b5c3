"""What scripts/compare_pytorch measures times against: the operations of DenseFlow-74-10 and the speed of the
machine's matrix products.

    echo "torch" | python3 yardstick.py --threads 2

Says in its first line, as JSON, which libraries it has and how many operations an image takes; then answers each line
"numpy" or "torch" with the seconds of one product of 2048 x 2048 floats by that library.
"""
import argparse
import json
import os
import sys
import time


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--threads', type=int, default=2)
    a = p.parse_args()
    os.environ['OPENBLAS_NUM_THREADS'] = str(a.threads)  # read when numpy is imported

    import numpy
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    import denseflow_torch as peer

    torch.set_num_threads(a.threads)

    def fewest(x, weight, *_, out_shape=None, **__):
        """Operations of a convolution by the algorithm that takes the fewest: F(4x4, 3x3) of Winograd multiplies 36
        times for 16 results of a channel; 4x4 images have too few for it, but taps outside of them can be left out."""
        (n, _, h, w), (out, channels, kernel, _) = out_shape, weight
        multiplications = kernel * kernel * h * w
        if kernel == 3:
            multiplications = min((3 * h - 2) * (3 * w - 2), 36 * -(-h // 4) * -(-w // 4))
        return 2 * n * channels * out * multiplications

    def convolutions(run, **counting):
        """Operations of all convolutions, the 1x1 flows' products among them, from the sizes of their layers."""
        with FlopCounterMode(display=False, **counting) as counter, torch.no_grad():
            run()
        return counter.get_flop_counts()['Global'][torch.ops.aten.convolution]

    model = peer.DenseFlow().eval()
    runs = {'elbo': lambda: model.log_prob(torch.zeros(1, 3, 32, 32)), 'sample': lambda: model.sample(1)}
    operations = {what: convolutions(run) for what, run in runs.items()}
    fewest_operations = {what: convolutions(run, custom_mapping={torch.ops.aten.convolution: fewest})
                         for what, run in runs.items()}
    del model
    blas = numpy.show_config('dicts')['Build Dependencies']['blas']
    print(json.dumps({'torch': torch.__version__, 'numpy': f'{blas["name"]} {blas["version"]}',
                      'operations': operations, 'fewest_operations': fewest_operations}), flush=True)

    matrices = [numpy.random.rand(2048, 2048).astype(numpy.float32) for _ in range(2)]
    tensors = [torch.from_numpy(m) for m in matrices]
    products = {'numpy': lambda: matrices[0] @ matrices[1], 'torch': lambda: tensors[0] @ tensors[1]}
    for line in sys.stdin:
        start = time.perf_counter()
        products[line.strip()]()
        print(time.perf_counter() - start, flush=True)


if __name__ == '__main__':
    main()
