package dev.selfsup.runtime.export;

import dev.selfsup.engine.Listing;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.Attention;
import dev.selfsup.engine.op.AveragePool;
import dev.selfsup.engine.op.BatchNormInference;
import dev.selfsup.engine.op.Convolution;
import dev.selfsup.engine.op.Detach;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.Gelu;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.GroupNorm;
import dev.selfsup.engine.op.LayerNorm;
import dev.selfsup.engine.op.Linear;
import dev.selfsup.engine.op.LogSoftmax;
import dev.selfsup.engine.op.MaxPool;
import dev.selfsup.engine.op.MoveRows;
import dev.selfsup.engine.op.PrependToken;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.engine.op.Softmax;
import dev.selfsup.engine.op.Take;
import dev.selfsup.engine.op.TokenRange;
import dev.selfsup.engine.op.Window;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import onnx.Onnx.AttributeProto;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Our own operations in terms of ONNX's. */
final class OnnxOperations {
    private final OnnxGraph graph;
    private final OnnxShapes shapes;
    private final Function<String, INDArray> state;

    OnnxOperations(OnnxGraph graph, OnnxShapes shapes, Function<String, INDArray> state) {
        this.graph = graph;
        this.shapes = shapes;
        this.state = state;
    }

    /** Adds an operation; false where there is no way. */
    boolean add(Listing.Step step) {
        Operation operation = step.operation();
        List<String> in = step.in();
        String out = step.out().get(0);
        if (operation instanceof Convolution convolution) {
            convolution(convolution, in, out);
        } else if (operation instanceof BatchNormInference norm) {
            batchNorm(norm, in, out);
        } else if (operation instanceof MaxPool pool) {
            graph.node("MaxPool", out, in, window(pool.window()));
        } else if (operation instanceof AveragePool pool) {
            graph.node("AveragePool", out, in, joined(window(pool.window()), OnnxGraph.number("count_include_pad", pool.countIncludePad() ? 1 : 0)));
        } else if (operation instanceof GlobalAveragePool) {
            graph.node("ReduceMean", out, in, OnnxGraph.ints("axes", 2, 3), OnnxGraph.number("keepdims", 0));
        } else if (operation instanceof Relu) {
            graph.node("Relu", out, in);
        } else {
            return tokens(operation, in, out);
        }
        return true;
    }

    /** Operations of transformers. */
    private boolean tokens(Operation operation, List<String> in, String out) {
        if (operation instanceof Linear) {
            graph.node("Gemm", out, in, OnnxGraph.number("transB", 1));
        } else if (operation instanceof LayerNorm norm) {
            layerNorm(norm, in, out);
        } else if (operation instanceof GroupNorm norm) {
            groupNorm(norm, in, out);
        } else if (operation instanceof Gelu) {
            gelu(in.get(0), out);
        } else if (operation instanceof Softmax) {
            graph.node("Softmax", out, in, OnnxGraph.number("axis", -1));
        } else if (operation instanceof LogSoftmax) {
            graph.node("LogSoftmax", out, in, OnnxGraph.number("axis", -1));
        } else if (operation instanceof AddPositions) {
            graph.node("Add", out, in);
        } else if (operation instanceof PrependToken) {
            prependToken(in, out);
        } else if (operation instanceof TokenRange range) {
            graph.node("Slice", out, List.of(in.get(0), graph.longs(range.from()), graph.longs(range.to()), graph.longs(1)));
        } else if (operation instanceof Attention attention) {
            attention(attention, in, out);
        } else if (operation instanceof Take take) {
            take(take, in.get(0), out);
        } else if (operation instanceof MoveRows move) {
            moveRows(move, in.get(0), out);
        } else if (operation instanceof GatherRows) {
            gatherRows(in, out);
        } else if (operation instanceof Detach) {
            graph.node("Identity", out, in);
        } else {
            return false;
        }
        return true;
    }

    private void convolution(Convolution c, List<String> in, String out) {
        long[] weight = shapes.of(in.get(1));                                                      // [O, I / G, KH, KW]
        graph.node("Conv", out, in, OnnxGraph.ints("kernel_shape", weight[2], weight[3]), OnnxGraph.ints("strides", c.strideH(), c.strideW()),
                OnnxGraph.ints("pads", c.paddingH(), c.paddingW(), c.paddingH(), c.paddingW()), OnnxGraph.ints("dilations", c.dilationH(), c.dilationW()),
                OnnxGraph.number("group", c.groups()));
    }

    private static AttributeProto[] window(Window w) {
        return new AttributeProto[] {OnnxGraph.ints("kernel_shape", w.kernelH(), w.kernelW()), OnnxGraph.ints("strides", w.strideH(), w.strideW()),
            OnnxGraph.ints("pads", w.paddingH(), w.paddingW(), w.paddingH(), w.paddingW()), OnnxGraph.number("ceil_mode", w.ceilMode() ? 1 : 0)};
    }

    private static AttributeProto[] joined(AttributeProto[] some, AttributeProto one) {
        AttributeProto[] all = Arrays.copyOf(some, some.length + 1);
        all[some.length] = one;
        return all;
    }

    private void batchNorm(BatchNormInference norm, List<String> in, String out) {
        long channels = shapes.of(in.get(1))[0];
        String scale = in.size() > 3 ? in.get(3) : filled(1, channels);
        String shift = in.size() > 3 ? in.get(4) : filled(0, channels);
        graph.node("BatchNormalization", out, List.of(in.get(0), scale, shift, in.get(1), in.get(2)), OnnxGraph.real("epsilon", norm.epsilon()));
    }

    private String filled(double value, long length) {
        float[] values = new float[Math.toIntExact(length)];
        Arrays.fill(values, (float) value);
        return graph.floats(values, length);
    }

    private void layerNorm(LayerNorm norm, List<String> in, String out) {
        long channels = shapes.of(in.get(0))[1];
        List<String> all = in.size() > 1 ? in : List.of(in.get(0), filled(1, channels));
        graph.node("LayerNormalization", out, all, OnnxGraph.number("axis", -1), OnnxGraph.real("epsilon", norm.epsilon()));
    }

    private void groupNorm(GroupNorm norm, List<String> in, String out) {
        long[] shape = shapes.target(in.get(0));                                                   // [N, C, ...]
        String grouped = graph.part("Reshape", List.of(in.get(0), graph.longs(0, norm.groups(), -1)));
        String normal = graph.part("InstanceNormalization", List.of(grouped, filled(1, norm.groups()), filled(0, norm.groups())),
                OnnxGraph.real("epsilon", norm.epsilon()));
        if (in.size() == 1) {
            graph.node("Reshape", out, List.of(normal, graph.longs(shape)));
            return;
        }
        long[] channels = new long[shape.length];
        Arrays.fill(channels, 1);
        channels[1] = shape[1];
        String scaled = graph.part("Mul", List.of(graph.part("Reshape", List.of(normal, graph.longs(shape))), graph.part("Reshape", List.of(in.get(1), graph.longs(channels)))));
        graph.node("Add", out, List.of(scaled, graph.part("Reshape", List.of(in.get(2), graph.longs(channels)))));
    }

    /** x (1 + erf(x / sqrt 2)) / 2. */
    private void gelu(String x, String out) {
        String erf = graph.part("Erf", List.of(graph.part("Mul", List.of(x, graph.scalar(Math.sqrt(0.5))))));
        String share = graph.part("Mul", List.of(graph.part("Add", List.of(erf, graph.scalar(1))), graph.scalar(0.5)));
        graph.node("Mul", out, List.of(x, share));
    }

    private void prependToken(List<String> in, String out) {
        long channels = shapes.of(in.get(0))[2];
        String token = graph.part("Reshape", List.of(in.get(1), graph.longs(1, 1, channels)));
        String batch = graph.part("Shape", List.of(in.get(0)), OnnxGraph.number("start", 0), OnnxGraph.number("end", 1));
        String shape = graph.part("Concat", List.of(batch, graph.longs(1, channels)), OnnxGraph.number("axis", 0));
        graph.node("Concat", out, List.of(graph.part("Expand", List.of(token, shape)), in.get(0)), OnnxGraph.number("axis", 1));
    }

    /** Queries, keys and values lie side by side, [B * N, 3 * H * D]. */
    private void attention(Attention attention, List<String> in, String out) {
        long width = shapes.of(in.get(0))[1] / 3 / attention.heads();
        String split = graph.part("Reshape", List.of(in.get(0), graph.longs(-1, attention.length(), 3, attention.heads(), width)));
        String parts = graph.part("Transpose", List.of(split), OnnxGraph.ints("perm", 2, 0, 3, 1, 4));          // [3, B, H, N, D]
        String query = graph.part("Mul", List.of(picked(parts, 0), graph.scalar(attention.scale())));
        String keys = graph.part("Transpose", List.of(picked(parts, 1)), OnnxGraph.ints("perm", 0, 1, 3, 2));
        String scores = graph.part("MatMul", List.of(query, keys));                                             // [B, H, N, N]
        String biased = in.size() > 1 ? biased(scores, in.get(1)) : scores;
        String weights = graph.part("Softmax", List.of(biased), OnnxGraph.number("axis", -1));
        String mixed = graph.part("Transpose", List.of(graph.part("MatMul", List.of(weights, picked(parts, 2)))), OnnxGraph.ints("perm", 0, 2, 1, 3));
        graph.node("Reshape", out, List.of(mixed, graph.longs(-1, attention.heads() * width)));
    }

    /** Scores with a bias of each head, [H, N, N], or of each of a group of sequences, [G, H, N, N], after which they repeat. */
    private String biased(String scores, String bias) {
        long[] shape = shapes.of(bias);
        if (shape.length < 4) {
            return graph.part("Add", List.of(scores, bias));
        }
        String grouped = graph.part("Reshape", List.of(scores, graph.longs(-1, shape[0], shape[1], shape[2], shape[3])));
        return graph.part("Reshape", List.of(graph.part("Add", List.of(grouped, bias)), graph.longs(-1, shape[1], shape[2], shape[3])));
    }

    /** Rows at fixed places within the block of each image, zeros where a place is negative. */
    private void moveRows(MoveRows move, String x, String out) {
        long channels = shapes.of(x)[1];
        String blocks = graph.part("Reshape", List.of(x, graph.longs(-1, move.rows(), channels)));                 // [B, R, C]
        boolean zeros = Arrays.stream(move.places()).anyMatch(place -> place < 0);
        String padded = zeros ? graph.part("Pad", List.of(blocks, graph.longs(0, 0, 0, 0, 1, 0))) : blocks;        // the last row is zero
        long[] places = Arrays.stream(move.places()).mapToLong(place -> place < 0 ? move.rows() : place).toArray();
        gathered(padded, places, channels, out);
    }

    private void gathered(String blocks, long[] places, long channels, String out) {
        String rows = graph.part("Gather", List.of(blocks, graph.longs(places)), OnnxGraph.number("axis", 1));
        graph.node("Reshape", out, List.of(rows, graph.longs(-1, channels)));
    }

    /** Rows of a table, or rows of all images by places that are the same in each. */
    private void gatherRows(List<String> in, String out) {
        long[] table = shapes.of(in.get(0));                                                                       // [R, C]
        INDArray some = shapes.some().constant(in.get(1)).orElseGet(() -> shapes.some().weight(in.get(1)) ? state.apply(in.get(1)) : null);
        if (some == null) {
            throw new UnsupportedOperationException("it picks rows by places that are computed");
        }
        long[] places = some.dup('c').data().asLong();
        if (!OnnxShapes.free(table)) {
            String rows = graph.part("Gather", List.of(in.get(0), graph.longs(places)), OnnxGraph.number("axis", 0));
            graph.node("Reshape", out, List.of(rows, graph.longs(shapes.target(out))));
            return;
        }
        long rows = shapes.some().shape(in.get(0))[0] / OnnxExport.IMAGES;
        int count = places.length / OnnxExport.IMAGES;
        for (int i = 0; i < count; i++) {
            if (places[i] >= rows || places[i + count] != places[i] + rows) {
                throw new UnsupportedOperationException("it picks other rows of each image");
            }
        }
        gathered(graph.part("Reshape", List.of(in.get(0), graph.longs(-1, rows, table[1]))), Arrays.copyOf(places, count), table[1], out);
    }

    private String picked(String parts, long index) {
        String slice = graph.part("Slice", List.of(parts, graph.longs(index), graph.longs(index + 1), graph.longs(0)));
        return graph.part("Squeeze", List.of(slice, graph.longs(0)));
    }

    private void take(Take take, String x, String out) {
        if (OnnxShapes.free(shapes.of(x))) {
            throw new UnsupportedOperationException("it picks elements of all images together");
        }
        String flat = graph.part("Reshape", List.of(x, graph.longs(-1)));
        long[] indices = Arrays.stream(take.indices()).asLongStream().toArray();
        graph.node("Reshape", out, List.of(graph.part("Gather", List.of(flat, graph.longs(indices))), graph.longs(take.shape())));
    }
}
