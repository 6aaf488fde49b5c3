#!/usr/bin/env python3
"""Writes tiny_graph.pb, a TensorFlow graph of the operations that the Inception network of 2015 is made of, and prints what it
makes of a picture of one color per quarter, computed here without TensorFlow.

The file is written field by field (protocol buffers: a key, then a number or a length and bytes), so that neither TensorFlow nor
its schema is needed.
"""
import pathlib
import struct


def varint(n):
    out = b''
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def number(field, n):
    return varint(field << 3) + varint(n)


def text(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def single(field, x):
    return varint(field << 3 | 5) + struct.pack('<f', x)


FLOAT, INT32 = 1, 3  # of TensorFlow's DataType


def tensor(dtype, shape, content):
    extents = b''.join(text(2, number(1, n)) for n in shape)
    return text(8, number(1, dtype) + text(2, extents) + text(4, content))  # AttrValue.tensor


def node(name, op, inputs=(), **attributes):
    entries = b''.join(text(5, text(1, key) + text(2, value)) for key, value in attributes.items())
    return text(1, text(1, name) + text(2, op) + b''.join(text(3, i) for i in inputs) + entries)


def floats(name, shape, values):
    return node(name, 'Const', dtype=number(6, FLOAT), value=tensor(FLOAT, shape, struct.pack(f'<{len(values)}f', *values)))


def ints(name, shape, values):
    return node(name, 'Const', dtype=number(6, INT32), value=tensor(INT32, shape, struct.pack(f'<{len(values)}i', *values)))


def sizes(*values):
    return text(1, text(3, b''.join(varint(v) for v in values)))  # AttrValue.list.i, packed


KIND = dict(T=number(6, FLOAT))
EPSILON = 0.001
MEAN, VARIANCE, BETA, GAMMA = [0.1, -0.2, 0.3, 0.05], [0.5, 1.5, 1.0, 2.0], [0.25, 0.5, -0.1, 0.2], [2.0, 3.0, 4.0, 5.0]
WEIGHTS = [[0.5, -0.25, 0.1, 1.0], [0.25, 0.75, -0.5, 0.3], [-0.1, 0.2, 0.9, -0.6]]  # of a 1x1 convolution, 3 to 4 channels


def layer(name, source, scaled):
    """Convolution, normalization, a check that another node waits for, and ReLU: as a layer of the network is."""
    return (
        floats(f'{name}/conv2d_params', [1, 1, 3, 4], sum(WEIGHTS, []))
        + node(f'{name}/Conv2D', 'Conv2D', [source, f'{name}/conv2d_params'], padding=text(2, 'VALID'),
               strides=sizes(1, 40, 40, 1), **KIND)
        + floats(f'{name}/batchnorm/moving_mean', [4], MEAN) + floats(f'{name}/batchnorm/moving_variance', [4], VARIANCE)
        + floats(f'{name}/batchnorm/beta', [4], BETA) + floats(f'{name}/batchnorm/gamma', [4], GAMMA)
        + node(f'{name}/batchnorm', 'BatchNormWithGlobalNormalization',
               [f'{name}/Conv2D'] + [f'{name}/batchnorm/{part}' for part in ('moving_mean', 'moving_variance', 'beta', 'gamma')],
               variance_epsilon=single(4, EPSILON), scale_after_normalization=number(5, int(scaled)), **KIND)
        + node(f'{name}/CheckNumerics', 'CheckNumerics', [f'{name}/batchnorm'], message=text(2, 'not a number'), **KIND)
        + node(f'{name}/control_dependency', 'Identity', [f'{name}/batchnorm', f'^{name}/CheckNumerics'], **KIND)
        + node(name, 'Relu', [f'{name}/control_dependency'], **KIND))


SIDE = 299  # of which the convolutions' step of 40 leaves 8 x 8 pixels
GRAPH = (
    node('DecodeJpeg/contents', 'Const', dtype=number(6, 7), value=text(8, number(1, 7) + text(8, 'no JPEG file')))
    + node('DecodeJpeg', 'DecodeJpeg', ['DecodeJpeg/contents'], channels=number(3, 3))
    + node('Cast', 'Cast', ['DecodeJpeg'], SrcT=number(6, 4), DstT=number(6, FLOAT))
    + ints('ExpandDims/dim', [], [0]) + node('ExpandDims', 'ExpandDims', ['Cast', 'ExpandDims/dim'], **KIND)
    + ints('ResizeBilinear/size', [2], [SIDE, SIDE])
    + node('ResizeBilinear', 'ResizeBilinear', ['ExpandDims', 'ResizeBilinear/size'], **KIND)
    + floats('Sub/y', [], [128]) + node('Sub', 'Sub', ['ResizeBilinear', 'Sub/y'], **KIND)
    + floats('Mul/y', [], [1 / 128]) + node('Mul', 'Mul', ['Sub', 'Mul/y'], **KIND)
    + layer('conv', 'Mul', scaled=False) + layer('conv_1', 'Mul', scaled=True)
    + node('mixed/pool', 'AvgPool', ['conv_1'], ksize=sizes(1, 3, 3, 1), strides=sizes(1, 1, 1, 1), padding=text(2, 'SAME'), **KIND)
    + ints('mixed/join/concat_dim', [], [3])
    + node('mixed/join', 'Concat', ['mixed/join/concat_dim', 'conv', 'mixed/pool'], N=number(3, 2), **KIND)
    + node('mixed_1/join/concat_dim', 'Const', dtype=number(6, INT32),
           value=text(8, number(1, INT32) + text(2, b'') + text(7, varint(3))))  # as int_val, the other way to write a number
    + node('mixed_1/join', 'Concat', ['mixed_1/join/concat_dim', 'mixed/join', 'conv'], N=number(3, 2), **KIND)
    + node('pool_3', 'AvgPool', ['mixed_1/join'], ksize=sizes(1, 8, 8, 1), strides=sizes(1, 1, 1, 1), padding=text(2, 'VALID'),
           **KIND)
    + ints('softmax/shape', [2], [1, 12]) + node('softmax/reshape', 'Reshape', ['pool_3', 'softmax/shape'], **KIND)
    + node('softmax', 'Softmax', ['softmax/reshape'], **KIND))


def features(color):
    """Of a picture of one color: then neither scaling nor means of neighbors change anything."""
    x = [(v - 128) / 128 for v in color]
    normal = [(sum(x[i] * WEIGHTS[i][o] for i in range(3)) - MEAN[o]) / (VARIANCE[o] + EPSILON) ** 0.5 for o in range(4)]
    conv = [max(0, normal[o] + BETA[o]) for o in range(4)]
    return conv + [max(0, GAMMA[o] * normal[o] + BETA[o]) for o in range(4)] + conv


(pathlib.Path(__file__).parent / 'tiny_graph.pb').write_bytes(GRAPH)
for color in (10, 200, 90), (255, 0, 128):
    print(color, [round(f, 7) for f in features(color)])
