package dev.selfsup.engine.op;

import dev.selfsup.engine.Views;
import java.util.List;
import java.util.function.BiConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Plain kernels of convolutions with dilation, which ND4J's native convolution refuses: a sum of 1x1 convolutions, one for
 * each element of the kernel, of the image shifted by that element's place.
 */
final class DilatedConvolution {
    private final Convolution of;
    private final Convolution pointwise;
    private final Steps steps;

    DilatedConvolution(Convolution of, Steps steps) {
        this.of = of;
        this.pointwise = new Convolution(1, 1, 0, 0, 1, 1, of.groups());
        this.steps = steps;
    }

    void forward(INDArray x, INDArray weight, INDArray y) {
        INDArray padded = padded(x.shape());
        steps.fill(padded, 0);
        steps.copy(x, image(padded, x.shape()));
        steps.fill(y, 0);
        each(padded, weight, y.shape(), (shifted, filter) -> {
            INDArray part = Steps.temporary(y.shape());
            INDArray[] from = {copy(shifted), copy(filter)};
            steps.then(pointwise.plain(from, new INDArray[] {part}));
            steps.add(y, part, y);
        });
    }

    void inputGradient(INDArray weight, INDArray dy, INDArray dx) {
        INDArray padded = padded(dx.shape());
        steps.fill(padded, 0);
        each(padded, weight, dy.shape(), (shifted, filter) -> {
            INDArray part = Steps.temporary(shifted.shape());
            INDArray[] from = {copy(filter), dy};
            steps.then(new Convolution.InputGradient(pointwise, List.of()).plain(from, new INDArray[] {part}));
            steps.add(shifted, part, shifted);
        });
        steps.copy(image(padded, dx.shape()), dx);
    }

    void weightGradient(INDArray x, INDArray dy, INDArray dw) {
        INDArray padded = padded(x.shape());
        steps.fill(padded, 0);
        steps.copy(x, image(padded, x.shape()));
        each(padded, dw, dy.shape(), (shifted, filter) -> {
            INDArray part = Steps.temporary(filter.shape());
            INDArray[] from = {copy(shifted), dy};
            steps.then(new Convolution.WeightGradient(pointwise, List.of()).plain(from, new INDArray[] {part}));
            steps.copy(part, filter);
        });
    }

    private INDArray copy(INDArray view) {
        return steps.copy(view, Steps.temporary(view.shape()));
    }

    private INDArray padded(long[] shape) {
        return Steps.temporary(shape[0], shape[1], shape[2] + 2L * of.paddingH(), shape[3] + 2L * of.paddingW());
    }

    private INDArray image(INDArray padded, long[] shape) {
        return Views.of(padded, of.paddingH() * padded.size(3) + of.paddingW(), shape, Nd4j.getStrides(padded.shape(), 'c'));
    }

    /** Gives for each element of the kernel what it sees of the image, [N, C, OH, OW], and its weights, [O, C / groups, 1, 1]. */
    private void each(INDArray padded, INDArray weight, long[] output, BiConsumer<INDArray, INDArray> body) {
        long width = padded.size(3);
        long[] strides = Nd4j.getStrides(padded.shape(), 'c');
        strides[2] *= of.strideH();
        strides[3] *= of.strideW();
        long[] shape = {padded.size(0), padded.size(1), output[2], output[3]};
        long[] filter = {weight.size(0), weight.size(1), 1, 1};
        for (int i = 0; i < weight.size(2); i++) {
            for (int j = 0; j < weight.size(3); j++) {
                INDArray shifted = Views.of(padded, i * of.dilationH() * width + j * of.dilationW(), shape, strides);
                long[] filterStrides = Nd4j.getStrides(weight.shape(), 'c');
                body.accept(shifted, Views.of(weight, i * weight.size(3) + j, filter, filterStrides));
            }
        }
    }
}
