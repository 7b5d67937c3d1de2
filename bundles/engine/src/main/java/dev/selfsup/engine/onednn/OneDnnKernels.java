package dev.selfsup.engine.onednn;

import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.AddRelu;
import dev.selfsup.engine.op.Attention;
import dev.selfsup.engine.op.AveragePool;
import dev.selfsup.engine.op.BatchNorm;
import dev.selfsup.engine.op.BatchNormInference;
import dev.selfsup.engine.op.BatchNormRelu;
import dev.selfsup.engine.op.BatchSum;
import dev.selfsup.engine.op.ChannelSum;
import dev.selfsup.engine.op.Convolution;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.Gelu;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.IndexedMaxPool;
import dev.selfsup.engine.op.LayerNorm;
import dev.selfsup.engine.op.Linear;
import dev.selfsup.engine.op.LogSoftmax;
import dev.selfsup.engine.op.MaskedPlaces;
import dev.selfsup.engine.op.MaxPool;
import dev.selfsup.engine.op.MoveRows;
import dev.selfsup.engine.op.NormalizationGradient;
import dev.selfsup.engine.op.OneHot;
import dev.selfsup.engine.op.PlacesOf;
import dev.selfsup.engine.op.PrependToken;
import dev.selfsup.engine.op.PutRows;
import dev.selfsup.engine.op.RandomMasking;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.engine.op.RunningStatistics;
import dev.selfsup.engine.op.Softmax;
import dev.selfsup.engine.op.TokenRange;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.dnnl.stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Fast kernels for processors, by oneDNN. Its native library is loaded with this class, not before. The kernels of one
 * set share working memory: run the plans made with it one at a time. The number of threads is OpenMP's.
 */
public final class OneDnnKernels implements Kernels {
    /** Adds to a sequence what computes an operation. */
    private interface Builder<T> {
        void build(T operation, INDArray[] in, INDArray[] out, Sequence sequence);
    }

    /** Operations on images that have kernels for every layout. */
    private static final Set<Class<? extends Operation>> BLOCKWISE = Set.of(Convolution.class, Convolution.InputGradient.class,
            Convolution.WeightGradient.class, BatchNorm.class, BatchNormRelu.class, BatchNormRelu.Gradient.class, BatchNormInference.class,
            BatchNormInference.Gradient.class, Relu.class, Relu.Gradient.class, AddRelu.class, MaxPool.class, MaxPool.Gradient.class,
            IndexedMaxPool.class, IndexedMaxPool.Gradient.class, GlobalAveragePool.class, GlobalAveragePool.Gradient.class, ChannelSum.class);

    /** Makes a kernel that is no sequence of primitives. */
    private interface Maker<T> {
        Kernel make(T operation, INDArray[] in, INDArray[] out);
    }

    private final Map<Class<?>, Builder<Operation>> operations = new HashMap<>();
    private final Map<Class<?>, Maker<Operation>> hosted = new HashMap<>();
    private final Map<String, Builder<DynamicCustomOp>> natives = Map.of("matmul", ProductKernels::matmul, "permute",
            ProductKernels::permute, "add", ElementKernels::add);
    private final Scratch scratch = new Scratch();
    private final stream stream = new stream(Sequence.ENGINE);
    private final int block = Images.block();

    /** A set with its own working memory. */
    public OneDnnKernels() {
        add(Convolution.class, ConvolutionKernels::forward);
        add(Convolution.InputGradient.class, ConvolutionKernels::inputGradient);
        add(Convolution.WeightGradient.class, ConvolutionKernels::weightGradient);
        add(Linear.class, ProductKernels::linear);
        add(Linear.Product.class, ProductKernels::linearGradient);
        add(ChannelSum.class, OneDnnKernels::channelSum);
        add(BatchNorm.class, NormalizationKernels::batchNorm);
        add(BatchNormRelu.class, NormalizationKernels::batchNormRelu);
        add(BatchNormRelu.Gradient.class, NormalizationKernels::reluGradient);
        add(BatchNormInference.class, NormalizationKernels::batchNormInference);
        add(BatchNormInference.Gradient.class, NormalizationKernels::inferenceGradient);
        add(LayerNorm.class, NormalizationKernels::layerNorm);
        add(NormalizationGradient.class, NormalizationKernels::gradient);
        add(Relu.class, ElementKernels::relu);
        add(Relu.Gradient.class, ElementKernels::reluGradient);
        add(AddRelu.class, ElementKernels::addRelu);
        add(Gelu.class, ElementKernels::gelu);
        add(Gelu.Gradient.class, ElementKernels::geluGradient);
        add(Softmax.class, ElementKernels::softmax);
        add(Softmax.Gradient.class, ElementKernels::softmaxGradient);
        add(LogSoftmax.class, ElementKernels::logSoftmax);
        add(LogSoftmax.Gradient.class, ElementKernels::logSoftmaxGradient);
        add(Attention.class, AttentionKernels::forward);
        add(Attention.Gradient.class, AttentionKernels::gradient);
        add(PrependToken.class, TokenKernels::prepend);
        add(TokenRange.class, TokenKernels::range);
        add(TokenRange.Gradient.class, TokenKernels::rangeGradient);
        add(AddPositions.class, TokenKernels::positions);
        add(BatchSum.class, TokenKernels::batchSum);
        host(GatherRows.class, TokenKernels::gather);
        host(GatherRows.Gradient.class, TokenKernels::gatherGradient);
        host(MoveRows.class, TokenKernels::move);
        host(OneHot.class, TokenKernels::oneHot);
        host(PutRows.class, TokenKernels::put);
        host(RandomMasking.class, TokenKernels::masking);
        host(MaskedPlaces.class, TokenKernels::maskedPlaces);
        host(PlacesOf.class, TokenKernels::placesOf);
        host(RunningStatistics.class, RunningStatisticsKernel::new);
        add(MaxPool.class, PoolingKernels::max);
        add(MaxPool.Gradient.class, PoolingKernels::maxGradient);
        add(IndexedMaxPool.class, PoolingKernels::indexedMax);
        add(IndexedMaxPool.Gradient.class, PoolingKernels::indexedMaxGradient);
        add(AveragePool.class, PoolingKernels::average);
        add(AveragePool.Gradient.class, PoolingKernels::averageGradient);
        add(GlobalAveragePool.class, PoolingKernels::global);
        add(GlobalAveragePool.Gradient.class, PoolingKernels::globalGradient);
    }

    private <T extends Operation> void add(Class<T> type, Builder<T> builder) {
        operations.put(type, (operation, in, out, sequence) -> builder.build(type.cast(operation), in, out, sequence));
    }

    private <T extends Operation> void host(Class<T> type, Maker<T> maker) {
        hosted.put(type, (operation, in, out) -> maker.make(type.cast(operation), in, out));
    }

    private static void channelSum(ChannelSum of, INDArray[] in, INDArray[] out, Sequence sequence) {
        if (in[0].rank() == 2) {
            ProductKernels.channelSum(of, in, out, sequence);
        } else {
            PoolingKernels.channelSum(of, in, out, sequence);
        }
    }

    @Override
    public int block() {
        return block;
    }

    @Override
    public boolean worksInBlocks(Operation operation) {
        if (operation instanceof NormalizationGradient gradient) {
            return gradient.of() instanceof BatchNorm;
        }
        if (operation instanceof AveragePool pool) {
            return !pool.countIncludePad();
        }
        return operation instanceof AveragePool.Gradient gradient ? !gradient.of().countIncludePad() : BLOCKWISE.contains(operation.getClass());
    }

    @Override
    public OptionalLong fuses(Operation fused, long... x) {
        if (fused instanceof BatchNormRelu norm) {
            return NormalizationKernels.kept(norm, x, block);
        }
        if (fused instanceof IndexedMaxPool pool) {
            return PoolingKernels.kept(pool, x);
        }
        return fused instanceof AddRelu ? OptionalLong.of(0) : OptionalLong.empty();
    }

    @Override
    public Optional<Kernel> kernel(Operation operation, INDArray[] in, INDArray[] out) {
        Maker<Operation> maker = hosted.get(operation.getClass());
        if (maker != null && Stream.of(in, out).flatMap(Stream::of).noneMatch(a -> a.dataType() == DataType.DOUBLE)) {
            return Optional.of(maker.make(operation, in, out));
        }
        Builder<Operation> builder = operations.get(operation.getClass());
        return prepare(builder == null, in, out, sequence -> builder.build(operation, in, out, sequence));
    }

    @Override
    public Optional<Kernel> kernel(DynamicCustomOp operation, INDArray[] in, INDArray[] out) {
        Builder<DynamicCustomOp> builder = natives.get(operation.opName());
        return prepare(builder == null, in, out, sequence -> builder.build(operation, in, out, sequence));
    }

    private Optional<Kernel> prepare(boolean unknown, INDArray[] in, INDArray[] out, Consumer<Sequence> build) {
        if (unknown || Stream.of(in, out).flatMap(Stream::of).anyMatch(a -> a.dataType() != DataType.FLOAT)) {
            return Optional.empty();
        }
        scratch.reset();
        Sequence sequence = new Sequence(scratch, stream);
        try {
            build.accept(sequence);
            return Optional.of(sequence);
        } catch (Sequence.Unsupported e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "onednn";
    }
}
