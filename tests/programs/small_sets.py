#!/usr/bin/env python3
"""Runs a trainer, and then the program densenf on what it leaves, on a few images in the format of a set.

  small_sets.py KIND FOLDER TRAINER [DENSENF]     KIND: cifar10, mnist, imagenet32_2016, imagenet32_2017, imagenet64_2017, celeba, images,
                                                  digits, table

What the trainer leaves must be whole, and what densenf says of it must follow from what it was given.
"""
import gzip
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib

SHORT = ['--steps', '2', '--batch', '2', '--evaluate-every', '2', '--evaluation-images', '2', '--importance-draws', '2',
         '--importance-images', '2', '--samples', '4', '--threads', '2']


def value(i, y, x, c):
    """A picture that is no noise and differs from image to image."""
    return (37 * i + 5 * y + 3 * x + 60 * c) % 256


def planes(i, side, channels=3):
    return bytes(value(i, y, x, c) for c in range(channels) for y in range(side) for x in range(side))


def png(path, i, width, height):
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = b''.join(b'\0' + bytes(value(i, y, x, c) for x in range(width) for c in range(3)) for y in range(height))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)) +
                     chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def npy(kind, shape, data):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += ' ' * (63 - (10 + len(header)) % 64) + '\n'
    return b'\x93NUMPY\1\0' + struct.pack('<H', len(header)) + header.encode() + data


def npz(path, first, count, side):
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_STORED) as archive:
        archive.writestr('data.npy', npy('|u1', (count, 3 * side * side), b''.join(planes(first + i, side) for i in range(count))))
        archive.writestr('labels.npy', npy('<i8', (count,), struct.pack(f'<{count}q', *range(1, count + 1))))


def idx(path, count, labels):
    if labels:
        data = struct.pack('>II', 0x801, count) + bytes(i % 10 for i in range(count))
    else:
        data = struct.pack('>IIII', 0x803, count, 28, 28) + b''.join(planes(i, 28, 1) for i in range(count))
    path.write_bytes(gzip.compress(data) if path.suffix == '.gz' else data)


def make(kind, data):
    """Files of the kind; gives the trainer's arguments, and what densenf reads as images of the set."""
    if kind == 'cifar10':
        for name, first in (('data_batch_1', 0), ('test_batch', 40)):
            (data / f'{name}.bin').write_bytes(b''.join(bytes([i % 10]) + planes(first + i, 32) for i in range(5)))
        return ['--files', 'data_batch_1', '--model', 'DenseFlowNano'], data / 'test_batch.bin'
    if kind == 'mnist':
        for part, count in (('train', 6), ('t10k', 4)):
            idx(data / f'{part}-images-idx3-ubyte.gz', count, False)
            idx(data / f'{part}-labels-idx1-ubyte', count, True)
        return [], data / 't10k-images-idx3-ubyte.gz'
    if kind == 'imagenet32_2016':
        for part, count in (('train', 5), ('valid', 3)):
            for i in range(count):
                png(data / f'{part}_32x32' / f'{i:05}.png', i, 32, 32)
        return ['--model', 'DenseFlowNano'], data / 'valid_32x32'
    if kind in ('imagenet32_2017', 'imagenet64_2017'):
        side = int(kind[8:10])
        for i in range(1, 11):
            npz(data / f'train_data_batch_{i}.npz', 10 * i, 1, side)
        npz(data / 'val_data.npz', 200, 3, side)
        return ['--model', 'DenseFlowNano'], data / 'val_data.npz'
    if kind == 'celeba':
        # PNG under names of JPEG: the content says what a file is.
        for i in (1, 2, 3, 162771, 182638, 182639):
            png(data / 'img_align_celeba' / f'{i:06}.jpg', i % 97, 178, 218)
        return ['--model', 'DenseFlowNano'], data / 'img_align_celeba'
    if kind == 'images':
        for i in range(7):
            png(data / ('some' if i % 2 else 'others, with a blank') / f'{i}.PNG', i, 90 + 7 * i, 80)
        return ['--held-out', '0.3'], data
    if kind == 'digits':
        return [], None
    assert kind == 'table', kind
    rows = data / 'rows.csv'
    rows.write_text('a,b,c\n' + ''.join(f'{i % 7},{(i * i) % 11 + 0.5},{-i % 5}\n' for i in range(60)))
    return ['--columns', 'c,a'], rows


def run(*command, fails=False):
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print('$', *command, done.stdout, sep=' ', flush=True)
    if (done.returncode != 0) != fails:
        sys.exit(f'ended with {done.returncode}.')
    return done.stdout


def expect(pattern, text):
    found = re.search(pattern, text)
    if not found:
        sys.exit(f'There is nothing like {pattern} in the output.')
    return found


def train_table(trainer, rows, options, out):
    text = run(trainer, '--data', rows, '--output', out, '--epochs', 2, '--batch', 20, '--draws', 5, *options)
    expect('2 columns, 54 rows to fit, 6 held out', text)
    expect(r'held out: -?[0-9.]+ nats a row after epoch [12]', text)
    lines = (out / 'samples.csv').read_text().splitlines()
    if lines[0] != 'c,a' or len(lines) != 6:
        sys.exit(f'samples.csv has {lines}.')
    expect("No column is called 'z'", run(trainer, '--data', rows, '--output', out, '--columns', 'z', fails=True))


def use(program, weights, images, folder):
    """densenf's commands on the trained model."""
    expect('densenf.model: DenseFlow', run(program, 'info', weights))
    table, outliers = folder / 'table.csv', folder / 'outliers.png'
    text = run(program, 'evaluate', weights, images, '--count', 3, '--draws', 2, '--csv', table, '--outliers', outliers)
    elbo, iwbo = (float(expect(rf'{what}: (-?[0-9.]+) bits/dim', text)[1]) for what in ('ELBO', 'IWBO, 2 draws'))
    lines = table.read_text().splitlines()
    means = [sum(float(line.split(',')[i]) for line in lines[1:]) / (len(lines) - 1) for i in (1, 2)]
    if lines[0] != 'image,elbo,iwbo' or abs(means[0] - elbo) > 1e-4 or abs(means[1] - iwbo) > 1e-4 or iwbo > elbo + 1e-9:
        sys.exit(f'{lines} do not come to {elbo} and {iwbo}, of which the second cannot be more.')
    # An image has its bound whichever images are evaluated with it.
    run(program, 'evaluate', weights, images, '--first', 1, '--count', 1, '--csv', folder / 'one.csv')
    if (folder / 'one.csv').read_text().splitlines()[1].split(',')[:2] != lines[2].split(',')[:2]:
        sys.exit('An image alone has another bound.')
    run(program, 'sample', weights, '--count', 4, '-o', folder / 'drawn.png', '--seed', 1)
    run(program, 'sample', weights, '--count', 2, '--each', folder / 'each', '--temperature', 0.7)
    expect(r'2 images: 0 of [0-9]+ numbers come back as another gray level',
           run(program, 'reconstruct', weights, images, '--count', 2, '-o', folder / 'back.png'))
    run(program, 'interpolate', weights, images, '--steps', 3, '-o', folder / 'way.png')
    double = folder / 'double.safetensors'
    run(program, 'convert', weights, '-o', double, '--type', 'double')
    if expect(r'ELBO: (\S+)', run(program, 'evaluate', double, images, '--count', 3))[1] != f'{elbo:.4f}':
        sys.exit('The converted file has other weights.')
    for picture in (outliers, folder / 'drawn.png', folder / 'each/sample_00001.png', folder / 'back.png', folder / 'way.png'):
        if not picture.read_bytes().startswith(b'\x89PNG'):
            sys.exit(f'{picture} is no picture.')
    expect('cannot be opened for reading', run(program, 'sample', folder / 'none.safetensors', fails=True))
    expect('no images|No such file|cannot be', run(program, 'evaluate', weights, folder / 'none', fails=True))
    expect('cannot be number 1000', run(program, 'evaluate', weights, images, '--first', 1000, fails=True))


def main():
    kind, folder, trainer, *program = sys.argv[1], *map(pathlib.Path, sys.argv[2:])
    shutil.rmtree(folder, ignore_errors=True)
    data = folder / 'data'
    data.mkdir(parents=True)
    options, images = make(kind, data)
    out = folder / 'out'
    if kind == 'table':
        train_table(trainer, images, options, out)
    else:
        given = [] if kind == 'digits' else ['--data', data]
        text = run(trainer, *given, '--output', out, *SHORT, *options)
        expect(r'ELBO [0-9.]+ bits/dim', text)
        if 'imagenet' in kind:
            expect(f'Downsampled ImageNet of {kind[-4:]}', text)
        for file in ('weights.safetensors', 'report.html', 'samples.png', 'log.csv'):
            if not (out / file).stat().st_size:
                sys.exit(f'{file} is empty.')
        if program:
            use(program[0], out / 'weights.safetensors', images, folder)
    shutil.rmtree(folder)


main()
