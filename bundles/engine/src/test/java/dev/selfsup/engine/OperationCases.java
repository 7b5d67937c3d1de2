package dev.selfsup.engine;

import dev.selfsup.engine.op.AveragePool;
import dev.selfsup.engine.op.BatchNorm;
import dev.selfsup.engine.op.BatchNormInference;
import dev.selfsup.engine.op.Convolution;
import dev.selfsup.engine.op.Detach;
import dev.selfsup.engine.op.Gelu;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.GroupNorm;
import dev.selfsup.engine.op.LayerNorm;
import dev.selfsup.engine.op.Linear;
import dev.selfsup.engine.op.LogSoftmax;
import dev.selfsup.engine.op.MaxPool;
import dev.selfsup.engine.op.Normalize;
import dev.selfsup.engine.op.OneHot;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.engine.op.RunningStatistics;
import dev.selfsup.engine.op.Softmax;
import dev.selfsup.engine.op.Take;
import dev.selfsup.engine.op.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** What the cases of record_ops.py are in this engine, by their names. */
final class OperationCases {
    /** Builds a case on its inputs. */
    interface Body {
        List<SDVariable> apply(Graph graph, SDVariable[] in);
    }

    private interface Native {
        SDVariable apply(SameDiff sd, SDVariable[] in);
    }

    private interface Binary {
        SDVariable apply(SDVariable a, SDVariable b);
    }

    private final Map<String, Body> cases = new LinkedHashMap<>();

    private OperationCases() {
        convolutions();
        linear();
        norms();
        activations();
        pools();
        indexing();
        elementwise();
        binary();
        reductions();
        shapes();
        products();
    }

    static Map<String, Body> all() {
        return new OperationCases().cases;
    }

    private void operation(String name, Operation operation) {
        cases.put(name, (graph, in) -> graph.applyAll(operation, in));
    }

    private void sd(String name, Native body) {
        cases.put("native/" + name, (graph, in) -> List.of(body.apply(in[0].getSameDiff(), in)));
    }

    private void convolutions() {
        conv("3x3", 1, 1, 1, 1);
        conv("3x3 bias", 1, 1, 1, 1);
        conv("3x3 stride 2", 2, 1, 1, 1);
        conv("3x3 no padding batch 1", 1, 0, 1, 1);
        conv("7x7 stride 2", 2, 3, 1, 1);
        conv("1x1", 1, 0, 1, 1);
        conv("1x1 stride 2", 2, 0, 1, 1);
        conv("4x4 patches", 4, 0, 1, 1);
        conv("2x2 on 1x1", 1, 1, 1, 1);
        conv("dilation 2", 1, 2, 2, 1);
        operation("convolution/3x2 uneven", new Convolution(1, 2, 1, 0, 2, 1, 1));
        conv("groups 2", 1, 1, 1, 2);
        conv("groups 4 stride 2 bias", 2, 1, 1, 4);
        conv("depthwise", 1, 1, 1, 6);
        conv("depthwise twice", 1, 1, 1, 4);
        conv("5x5 of 32 channels", 1, 2, 1, 1);
    }

    private void conv(String name, int stride, int padding, int dilation, int groups) {
        operation("convolution/" + name, new Convolution(stride, stride, padding, padding, dilation, dilation, groups));
    }

    private void linear() {
        for (String name : List.of("plain", "bias", "one row", "one output", "large")) {
            operation("linear/" + name, new Linear());
        }
    }

    private void norms() {
        for (String name : List.of("images", "rows", "one image", "many channels", "three rows")) {
            operation("batch_norm/" + name, new BatchNorm(1e-5));
            operation("batch_norm/" + name + " without weight", new BatchNorm(1e-5));
            operation("batch_norm_inference/" + name, new BatchNormInference(1e-5));
        }
        operation("batch_norm_inference/without weight", new BatchNormInference(1e-3));
        operation("running_statistics/one", new RunningStatistics(0.1, 24));
        operation("group_norm/images", new GroupNorm(3, 1e-5));
        operation("group_norm/one group", new GroupNorm(1, 1e-5));
        operation("group_norm/rows", new GroupNorm(2, 1e-5));
        operation("group_norm/single", new GroupNorm(5, 1e-5));
        operation("group_norm/without weight", new GroupNorm(2, 1e-5));
        for (String name : List.of("rows", "one row", "many", "without weight")) {
            operation("layer_norm/" + name, new LayerNorm(1e-6));
        }
    }

    private void activations() {
        operation("relu/images", new Relu());
        operation("relu/with zeros", new Relu());
        operation("gelu/rows", new Gelu());
        operation("gelu/large values", new Gelu());
        for (String name : List.of("rows", "one row", "many")) {
            operation("softmax/" + name, new Softmax());
            operation("log_softmax/" + name, new LogSoftmax());
            operation("normalize/" + name, new Normalize(1e-12));
        }
        operation("normalize/short rows", new Normalize(0.1));
    }

    private void pools() {
        pool("3 stride 2 padding 1", Window.square(3, 2, 1, false));
        pool("2 stride 2", Window.square(2, 2, 0, false));
        pool("2 stride 2 ceil", Window.square(2, 2, 0, true));
        pool("3 stride 2 padding 1 ceil", Window.square(3, 2, 1, true));
        pool("3 stride 1 padding 1", Window.square(3, 1, 1, false));
        pool("3x2 uneven", new Window(3, 2, 2, 1, 1, 0, false));
        operation("global_average_pool/images", new GlobalAveragePool());
        operation("global_average_pool/1x1", new GlobalAveragePool());
    }

    private void pool(String name, Window window) {
        operation("max_pool/" + name + " normal", new MaxPool(window));
        operation("max_pool/" + name + " whole", new MaxPool(window));
        operation("average_pool/" + name + " with padding", new AveragePool(window, true));
        operation("average_pool/" + name + " without padding", new AveragePool(window, false));
    }

    private void indexing() {
        operation("take/shuffled", new Take(new int[] {7, 0, 11, 3, 3, 7, 7, 2}, 2, 4));
        operation("take/rows", new Take(places(6, 3, 1, 1, 4), 4, 6));
        operation("take/roll", new Take(places(3, 2, 3, 4, 0, 1, 7, 8, 9, 5, 6), 2, 5, 3));
        operation("one_hot/classes", new OneHot(7));
        cases.put("detach/half", (graph, in) -> List.of(in[0].mul(graph.apply(new Detach(), in[0]))));
    }

    /** Places of whole rows. */
    private static int[] places(int length, int... rows) {
        int[] places = new int[rows.length * length];
        for (int i = 0; i < places.length; i++) {
            places[i] = rows[i / length] * length + i % length;
        }
        return places;
    }

    private void elementwise() {
        sd("exp", (sd, in) -> sd.math().exp(in[0]));
        sd("sigmoid", (sd, in) -> sd.nn().sigmoid(in[0]));
        sd("tanh", (sd, in) -> sd.math().tanh(in[0]));
        sd("square", (sd, in) -> sd.math().square(in[0]));
        sd("neg", (sd, in) -> in[0].neg());
        sd("log", (sd, in) -> sd.math().log(in[0]));
        sd("sqrt", (sd, in) -> sd.math().sqrt(in[0]));
        sd("rsqrt", (sd, in) -> sd.math().rsqrt(in[0]));
        sd("pow 1.7", (sd, in) -> in[0].pow(1.7));
        sd("pow 2", (sd, in) -> in[0].pow(2));
        sd("pow 3", (sd, in) -> in[0].pow(3));
        sd("abs", (sd, in) -> sd.math().abs(in[0]));
        sd("add number", (sd, in) -> in[0].add(2.5));
        sd("sub number", (sd, in) -> in[0].sub(0.7));
        sd("mul number", (sd, in) -> in[0].mul(-1.3));
        sd("div number", (sd, in) -> in[0].div(3.7));
        sd("rsub number", (sd, in) -> in[0].rsub(1.5));
        sd("rdiv number", (sd, in) -> in[0].rdiv(1.5));
    }

    private void binary() {
        Map<String, Binary> operations = new LinkedHashMap<>();
        operations.put("add", SDVariable::add);
        operations.put("sub", SDVariable::sub);
        operations.put("mul", SDVariable::mul);
        operations.put("div", SDVariable::div);
        operations.put("rsub", SDVariable::rsub);
        operations.put("rdiv", SDVariable::rdiv);
        operations.forEach((name, operation) -> {
            for (String kind : List.of("same", "last", "column", "row", "outer", "channels", "smaller first", "less dimensions first",
                    "scalar", "one")) {
                sd(name + " " + kind, (sd, in) -> operation.apply(in[0], in[1]));
            }
        });
    }

    private void reductions() {
        sd("sum all", (sd, in) -> in[0].sum());
        sd("mean all", (sd, in) -> in[0].mean());
        Map<String, int[]> dimensions = Map.of("0", new int[] {0}, "1", new int[] {1}, "last", new int[] {2}, "0 and 2",
                new int[] {0, 2}, "negative", new int[] {-1});
        dimensions.forEach((name, over) -> {
            sd("sum " + name, (sd, in) -> in[0].sum(over));
            sd("mean " + name, (sd, in) -> in[0].mean(over));
            sd("sum " + name + " kept", (sd, in) -> in[0].sum(true, over));
            sd("mean " + name + " kept", (sd, in) -> in[0].mean(true, over));
        });
    }

    private void shapes() {
        sd("reshape", (sd, in) -> sd.math().exp(in[0].reshape(4, 6)));
        sd("reshape to -1", (sd, in) -> in[0].reshape(-1, 3));
        sd("expand dims and squeeze", (sd, in) -> sd.squeeze(sd.math().exp(sd.expandDims(in[0], 1)), 2));
        sd("permute", (sd, in) -> in[0].permute(2, 0, 3, 1));
        sd("permute then reshape", (sd, in) -> in[0].permute(0, 2, 1, 3).reshape(8, 15).mul(2));
        sd("transpose", (sd, in) -> sd.transpose(in[0]));
        sd("concat 0", (sd, in) -> sd.concat(0, in));
        sd("concat 1 of three", (sd, in) -> sd.concat(1, in));
        sd("stack 0", (sd, in) -> sd.stack(0, in));
        sd("stack 1", (sd, in) -> sd.stack(1, in));
        sd("get interval", (sd, in) -> in[0].get(SDIndex.all(), SDIndex.interval(1, 4), SDIndex.all()));
        sd("get point", (sd, in) -> in[0].get(SDIndex.all(), SDIndex.point(2), SDIndex.all()));
        sd("get interval and point", (sd, in) -> in[0].get(SDIndex.interval(1, 5), SDIndex.all(), SDIndex.point(0)));
        sd("slice", (sd, in) -> sd.slice(in[0], new int[] {0, 1, 2}, 2, 3, 2));
        sd("strided slice", (sd, in) -> sd.stridedSlice(in[0], new long[] {0, 1, 0}, new long[] {2, 6, 4}, 1, 2, 1));
        sd("cast", (sd, in) -> in[0].castTo(DataType.DOUBLE).mul(2).castTo(DataType.FLOAT));
        sd("cast of classes", (sd, in) -> in[0].castTo(DataType.FLOAT).mul(in[1]));
        sd("tile", (sd, in) -> sd.tile(in[0], 4, 2));
        sd("used twice", (sd, in) -> in[0].mul(in[0]).add(sd.math().exp(in[0])).add(in[0]));
        cases.put("native/cross entropy", (graph, in) -> List.of(graph.apply(new LogSoftmax(), in[0]).mul(in[1]).sum(1).mean().neg()));
    }

    private void products() {
        for (String name : List.of("2d", "3d", "4d", "row", "column", "rows", "columns")) {
            for (boolean first : new boolean[] {false, true}) {
                for (boolean second : new boolean[] {false, true}) {
                    String kind = (first ? " first transposed" : "") + (second ? " second transposed" : "");
                    sd("matmul " + name + kind, (sd, in) -> sd.mmul(in[0], in[1], first, second, false));
                }
            }
        }
    }
}
