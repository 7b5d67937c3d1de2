package dev.selfsup.initializer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.SafeTensors;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Initialization.Weight;
import dev.selfsup.engine.LayerType;
import dev.selfsup.initializer.constant.Constant;
import dev.selfsup.initializer.kaiming.Kaiming;
import dev.selfsup.initializer.normal.Normal;
import dev.selfsup.initializer.pretrained.Pretrained;
import dev.selfsup.initializer.truncnormal.TruncNormal;
import dev.selfsup.initializer.uniform.Uniform;
import dev.selfsup.initializer.xavier.Xavier;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class InitializersTest {
    private static final List<String> LINEAR = List.of("Linear");
    private static final OptionalDouble NO_PROB = OptionalDouble.empty();
    private static final Optional<String> NO_NAME = Optional.empty();
    private static final long[] SHAPE = {64, 32, 3, 3};

    @Test
    void aNormalDistributionHasItsMomentsAndTails() {
        float[] values = fill(new Normal(new Normal.Config(0.5, 2, 0, NO_PROB, LINEAR, NO_NAME, List.of())), 200, 1000);
        assertMoments(values, 0.5, 2);
        assertEquals(0.6827, share(values, -1.5, 2.5), 0.005);
        assertEquals(0.9545, share(values, -3.5, 4.5), 0.003);
    }

    @Test
    void aTruncatedNormalDistributionKeepsItsFormBetweenTheBounds() {
        float[] values = fill(truncated(0, 1, -1, 2), 200, 1000);
        assertEquals(1, share(values, -1, 2));
        assertEquals(0.2297, mean(values), 0.01); // (density(-1) - density(2)) / (cdf(2) - cdf(-1))
        assertMoments(fill(truncated(0, 0.02, -2, 2), 200, 1000), 0, 0.02);
        float[] tail = fill(truncated(0, 1, 3, 4), 200, 1000);
        assertEquals(1, share(tail, 3, 4));
        assertEquals(3.2652, mean(tail), 0.01);
        float[] narrow = fill(truncated(0, 1, -0.001, 0.001), 200, 1000);
        assertMoments(narrow, 0, 0.001 / Math.sqrt(3));
    }

    private static Initializer truncated(double mean, double std, double a, double b) {
        return new TruncNormal(new TruncNormal.Config(mean, std, a, b, 0, NO_PROB, LINEAR, NO_NAME, List.of()));
    }

    @Test
    void aUniformDistributionFillsItsInterval() {
        float[] values = fill(new Uniform(new Uniform.Config(-1, 3, 0, NO_PROB, LINEAR, NO_NAME, List.of())), 200, 1000);
        assertEquals(1, share(values, -1, 3));
        assertMoments(values, 1, 4 / Math.sqrt(12));
    }

    @Test
    void xavierDependsOnInputsAndOutputs() {
        double deviation = 2 * Math.sqrt(2.0 / (32 * 9 + 64 * 9));
        float[] normal = fill(xavier(Xavier.Distribution.NORMAL), SHAPE);
        assertMoments(normal, 0, deviation);
        assertTrue(share(normal, -2 * deviation, 2 * deviation) < 0.97);
        float[] uniform = fill(xavier(Xavier.Distribution.UNIFORM), SHAPE);
        assertMoments(uniform, 0, deviation);
        assertEquals(1, share(uniform, -Math.sqrt(3) * deviation, Math.sqrt(3) * deviation));
    }

    private static Initializer xavier(Xavier.Distribution distribution) {
        return new Xavier(new Xavier.Config(2, distribution, 0, NO_PROB, LINEAR, NO_NAME, List.of()));
    }

    @Test
    void kaimingDependsOnOneSideAndTheFunctionBehind() {
        assertMoments(kaiming(0, Kaiming.Mode.FAN_OUT, Kaiming.Nonlinearity.RELU, SHAPE), 0, Math.sqrt(2.0 / (64 * 9)));
        assertMoments(kaiming(0, Kaiming.Mode.FAN_IN, Kaiming.Nonlinearity.RELU, SHAPE), 0, Math.sqrt(2.0 / (32 * 9)));
        assertMoments(kaiming(1, Kaiming.Mode.FAN_IN, Kaiming.Nonlinearity.LEAKY_RELU, SHAPE), 0, Math.sqrt(1.0 / (32 * 9)));
        assertMoments(kaiming(0, Kaiming.Mode.FAN_IN, Kaiming.Nonlinearity.TANH, SHAPE), 0, 5.0 / 3 / Math.sqrt(32 * 9));
        assertMoments(kaiming(0, Kaiming.Mode.FAN_OUT, Kaiming.Nonlinearity.LINEAR, 100, 400), 0, 1.0 / 10);
    }

    private static float[] kaiming(double a, Kaiming.Mode mode, Kaiming.Nonlinearity nonlinearity, long... shape) {
        float[] normal = fill(kaiming(a, mode, nonlinearity, Kaiming.Distribution.NORMAL), shape);
        float[] uniform = fill(kaiming(a, mode, nonlinearity, Kaiming.Distribution.UNIFORM), shape);
        assertEquals(deviation(normal), deviation(uniform), 0.05 * deviation(normal));
        assertEquals(1, share(uniform, -1.8 * deviation(normal), 1.8 * deviation(normal)));
        return normal;
    }

    private static Initializer kaiming(double a, Kaiming.Mode mode, Kaiming.Nonlinearity behind, Kaiming.Distribution distribution) {
        return new Kaiming(new Kaiming.Config(a, mode, behind, distribution, 0, NO_PROB, LINEAR, NO_NAME, List.of()));
    }

    private static float[] fill(Initializer rule, long... shape) {
        Fill fill = rule.fill(new Weight("fc", "weight", LayerType.LINEAR, shape)).orElseThrow();
        float[] values = values(fill, shape);
        assertArrayEquals(values, values(fill, shape), "the same generator gives the same values");
        return values;
    }

    private static float[] values(Fill fill, long... shape) {
        int length = 1;
        for (long size : shape) {
            length *= (int) size;
        }
        float[] values = new float[length];
        fill.fill(values, shape, new SplittableRandom(7));
        return values;
    }

    /** Within five standard errors. */
    private static void assertMoments(float[] values, double mean, double deviation) {
        double error = 5 / Math.sqrt(values.length);
        assertEquals(mean, mean(values), error * deviation);
        assertEquals(deviation, deviation(values), error * deviation);
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float v : values) {
            sum += v;
        }
        return sum / values.length;
    }

    private static double deviation(float[] values) {
        double mean = mean(values);
        double sum = 0;
        for (float v : values) {
            sum += (v - mean) * (v - mean);
        }
        return Math.sqrt(sum / values.length);
    }

    private static double share(float[] values, double low, double high) {
        int inside = 0;
        for (float v : values) {
            inside += v >= (float) low && v <= (float) high ? 1 : 0;
        }
        return (double) inside / values.length;
    }

    @Test
    void aRuleMeansTheLayersThatItListsByClassOrBaseClass() {
        Initializer rule = constant(2, List.of("_BatchNorm", "GroupNorm"), NO_NAME, List.of());
        assertEquals(2, first(rule, "a.bn1", "weight", LayerType.BATCH_NORM_2D));
        assertEquals(-1, first(rule, "a.bn1", "bias", LayerType.SYNC_BATCH_NORM));
        assertEquals(2, first(rule, "gn", "weight", LayerType.GROUP_NORM));
        assertEquals(Double.NaN, first(rule, "conv1", "weight", LayerType.CONV));
        assertEquals(Double.NaN, first(rule, "", "cls_token", LayerType.NONE));
        assertEquals(Double.NaN, first(constant(2, List.of(), NO_NAME, List.of()), "conv1", "weight", LayerType.CONV));
    }

    @Test
    void anOverrideFillsTheWholeChildOfItsName() {
        Initializer override = constant(5, List.of(), Optional.of("reg"), List.of());
        Initializer rule = constant(2, List.of("Conv2d"), NO_NAME, List.of(override));
        assertEquals(2, first(rule, "cls", "weight", LayerType.CONV));
        assertEquals(5, first(rule, "reg", "weight", LayerType.CONV));
        assertEquals(5, first(rule, "reg.0.bn", "weight", LayerType.BATCH_NORM_2D));
        assertEquals(2, first(rule, "reg2", "weight", LayerType.CONV));
        assertEquals(Double.NaN, first(rule, "bn", "weight", LayerType.BATCH_NORM_2D));
    }

    @Test
    void aBiasCanBeGivenByTheProbabilityOfItsSigmoid() {
        Initializer rule = new Constant(new Constant.Config(1, 0, OptionalDouble.of(0.01), LINEAR, NO_NAME, List.of()));
        assertEquals(-Math.log(99), first(rule, "fc", "bias", LayerType.LINEAR), 1e-6);
    }

    private static Initializer constant(double value, List<String> layer, Optional<String> name, List<Initializer> override) {
        return new Constant(new Constant.Config(value, -1, NO_PROB, layer, name, override));
    }

    /** First value that a rule gives; NaN where it does not apply. */
    private static double first(Initializer rule, String path, String name, LayerType layer) {
        return rule.fill(new Weight(path, name, layer, new long[] {1})).map(fill -> (double) values(fill, 1)[0]).orElse(Double.NaN);
    }

    @Test
    void pretrainedWeightsAreTakenFromAFileByName(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("weights.safetensors");
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            SafeTensors.write(out, List.of(Tensor.of("backbone.fc.weight", FloatBuffer.wrap(new float[] {1, 2, 3, 4}), 2, 2)), Map.of());
        }
        Pretrained rule = new Pretrained(new Pretrained.Config(file.toString(), Optional.of("backbone")));
        assertTrue(rule.overridesInner() && rule.loads());
        Fill fill = rule.fill(new Weight("fc", "weight", LayerType.LINEAR, new long[] {2, 2})).orElseThrow();
        assertArrayEquals(new float[] {1, 2, 3, 4}, values(fill, 2, 2));
        assertTrue(rule.fill(new Weight("fc", "bias", LayerType.LINEAR, new long[] {2})).isEmpty());
        assertUsage("init_cfg Pretrained: backbone.fc.weight has shape [2, 2] in " + file
                        + ", the model needs [4]; give the checkpoint of this model",
                () -> rule.fill(new Weight("fc", "weight", LayerType.LINEAR, new long[] {4})));
        assertUsage("init_cfg Pretrained: no name in " + file + " starts with the prefix neck.; its first is backbone.fc.weight",
                () -> new Pretrained(new Pretrained.Config(file.toString(), Optional.of("neck."))).fill(weight()));
        assertUsage("init_cfg Pretrained: checkpoint is ''; give the path of a .pth, .safetensors or .npz file (download it first)",
                () -> new Pretrained(new Pretrained.Config("", Optional.empty())).fill(weight()));
        Path missing = folder.resolve("missing.npz");
        assertUsage("init_cfg Pretrained: the checkpoint " + missing + " is not there; check the path, relative to "
                        + Path.of("").toAbsolutePath(),
                () -> new Pretrained(new Pretrained.Config(missing.toString(), Optional.empty())).fill(weight()));
    }

    private static Weight weight() {
        return new Weight("fc", "weight", LayerType.LINEAR, new long[] {2, 2});
    }

    private static void assertUsage(String message, Executable action) {
        assertEquals(message, assertThrows(UsageException.class, action).getMessage());
    }

    @Test
    void wrongValuesAreRefusedWithRuleAndValue() {
        assertRefused("std must not be negative: -1.0", () -> new Normal.Config(0, -1, 0, NO_PROB, LINEAR, NO_NAME, List.of()));
        assertRefused("a must be below b: a 2.0, b 2.0", () -> new TruncNormal.Config(0, 1, 2, 2, 0, NO_PROB, LINEAR, NO_NAME, List.of()));
        assertRefused("std must be positive, not 0.0", () -> new TruncNormal.Config(0, 0, -2, 2, 0, NO_PROB, LINEAR, NO_NAME, List.of()));
        assertRefused("a must not be above b: a 3.0, b 2.0", () -> new Uniform.Config(3, 2, 0, NO_PROB, LINEAR, NO_NAME, List.of()));
        assertRefused("gain must not be negative: -1.0",
                () -> new Xavier.Config(-1, Xavier.Distribution.NORMAL, 0, NO_PROB, LINEAR, NO_NAME, List.of()));
        assertRefused("bias_prob must lie between 0 and 1, not 1.5",
                () -> new Constant.Config(0, 0, OptionalDouble.of(1.5), LINEAR, NO_NAME, List.of()));
    }

    private static void assertRefused(String message, Executable config) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, config).getMessage());
    }
}
