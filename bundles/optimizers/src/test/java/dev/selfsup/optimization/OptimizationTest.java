package dev.selfsup.optimization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.api.run.OptimWrapper;
import dev.selfsup.api.run.OptimWrapper.ClipGrad;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.State;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.HostUpdates;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.PlainUpdates;
import dev.selfsup.engine.Updates;
import dev.selfsup.engine.Weights;
import dev.selfsup.optimizer.adamw.AdamW;
import dev.selfsup.optimizer.lars.LARS;
import dev.selfsup.optimizer.sgd.SGD;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class OptimizationTest {
    private static final HostUpdates HOST = new HostUpdates(2);
    private static final Updates[] BOTH = {new PlainUpdates(), HOST};
    private static final String REMEDY = "resume with the model and optim_wrapper that it was saved with";
    private static final SGD PLAIN_SGD = new SGD(new SGD.Config(0.5, 0, 0, 0, false, Optional.empty(), 1));

    @AfterAll
    static void close() {
        HOST.close();
    }

    @Test
    void stochasticGradientDescentIsThatOfPyTorch() throws IOException {
        JsonNode args = Fixture.read("optim_sgd").info().get("args");
        replayOne("optim_sgd", new SGD(new SGD.Config(
                args.get("lr").asDouble(), args.get("momentum").asDouble(), 0, args.get("weight_decay").asDouble(), false, Optional.empty(), 1)));
    }

    @Test
    void adamWIsThatOfPyTorch() throws IOException {
        JsonNode args = Fixture.read("optim_adamw").info().get("args");
        List<Double> betas = List.of(args.get("betas").get(0).asDouble(), args.get("betas").get(1).asDouble());
        replayOne("optim_adamw", new AdamW(new AdamW.Config(
                args.get("lr").asDouble(), betas, 1e-8, args.get("weight_decay").asDouble(), false, Optional.empty(), 1)));
    }

    private static void replayOne(String name, Optimizer optimizer) throws IOException {
        Fixture fixture = Fixture.read(name);
        for (Updates updates : BOTH) {
            FlatBuffers buffers = fixture.buffers("p");
            Optimization optimization = new Optimization(
                    Fixture.wrapper(optimizer, 1, Optional.empty()), buffers, Set.of(), updates, fixture.outputs().size());
            for (int i = 0; i < fixture.outputs().size(); i++) {
                buffers.gradient().assign(Nd4j.createFromArray(fixture.inputs().get("grad" + i).toFloats()));
                assertTrue(optimization.step());
                assertClose(fixture.outputs().get("p" + i), buffers.weights(), name + " p" + i);
            }
        }
    }

    @Test
    void larsIsThatOfTheReference() throws IOException {
        Fixture fixture = Fixture.read("optim_lars_0");
        JsonNode args = fixture.info().get("args");
        LARS lars = new LARS(new LARS.Config(args.get("lr").asDouble(), args.get("momentum").asDouble(),
                args.get("weight_decay").asDouble(), 0, 0.001, false, 1e-8, Optional.empty(), 1));
        for (Updates updates : BOTH) {
            List<ParamGroup> groups = new ArrayList<>();
            for (JsonNode group : fixture.info().get("groups")) {
                groups.add(new ParamGroup(List.of("p" + groups.size()), new ParamGroup.Options(group.get("lr").asDouble(),
                        group.get("weight_decay").asDouble(), OptionalDouble.empty(), group.path("lars_exclude").asBoolean(), false)));
            }
            FlatBuffers buffers = fixture.buffers("p0", "p1", "p2", "p3");
            Optimization optimization =
                    new Optimization(Fixture.wrapper(lars, 1, Optional.empty(), groups), buffers, Set.of(), updates, 3);
            for (int step = 0; step < 3; step++) {
                for (int p = 0; p < 4; p++) {
                    assign(buffers.parameters().get(p).gradient(), fixture.inputs().get("grad" + step + "/p" + p));
                }
                optimization.step();
                for (int p = 0; p < 4; p++) {
                    String key = "step" + step + "/p" + p;
                    assertClose(fixture.outputs().get(key), buffers.parameters().get(p).value(), key);
                }
            }
        }
    }

    @Test
    void gradientsOfThreeLossCallsMakeOneUpdate() throws IOException {
        Fixture fixture = Fixture.read("optim_accumulate3");
        for (Updates updates : BOTH) {
            FlatBuffers buffers = fixture.buffers("p");
            Optimization optimization =
                    new Optimization(Fixture.wrapper(PLAIN_SGD, 3, Optional.empty()), buffers, Set.of(), updates, 6);
            for (int i = 0; i < 6; i++) {
                buffers.gradient().assign(Nd4j.createFromArray(fixture.inputs().get("coef" + i).toFloats()));
                assertEquals(i % 3 == 2, optimization.step());
                assertClose(fixture.outputs().get("p" + i), buffers.weights(), "p" + i);
            }
        }
    }

    @Test
    void gradientsAreClippedByTheirNormOverAllParameters() throws IOException {
        Fixture fixture = Fixture.read("optim_clip_grad");
        SGD sgd = new SGD(new SGD.Config(1, 0, 0, 0, false, Optional.empty(), 1));
        for (Updates updates : BOTH) {
            FlatBuffers buffers = fixture.buffers("p0", "p1");
            Optimization optimization = new Optimization(
                    Fixture.wrapper(sgd, 1, Optional.of(ClipGrad.byNorm(0.02))), buffers, Set.of(), updates, 1);
            buffers.parameters().forEach(p -> assign(p.gradient(), fixture.inputs().get("grad/" + p.name())));
            double norm = buffers.gradient().norm2Number().doubleValue();
            optimization.step();
            assertEquals(norm, optimization.gradientNorm().getAsDouble(), 1e-6 * norm);
            buffers.parameters().forEach(p -> assertClose(fixture.outputs().get(p.name()), p.value(), p.name()));
        }
    }

    private static void assign(INDArray target, Tensor source) {
        target.assign(Nd4j.create(source.toFloats(), source.shape(), 'c'));
    }

    private static void assertClose(Tensor expected, INDArray actual, String what) {
        float[] wanted = expected.toFloats();
        float largest = 0;
        for (float v : wanted) {
            largest = Math.max(largest, Math.abs(v));
        }
        assertArrayEquals(wanted, actual.dup().reshape(actual.length()).toFloatVector(), 2e-7f * largest, what);
    }

    @Test
    void theCallsThatRemainAtTheEndOfARunMakeAnUpdateOfTheirMean() {
        FlatBuffers buffers = ones();
        Optimization optimization = new Optimization(Fixture.wrapper(PLAIN_SGD, 3, Optional.empty()), buffers, Set.of(), HOST, 5);
        boolean[] changed = new boolean[5];
        for (int i = 0; i < 5; i++) {
            buffers.gradient().assign(i < 3 ? 3 : i == 3 ? 1 : 2);
            changed[i] = optimization.step();
        }
        assertArrayEquals(new boolean[] {false, false, true, false, true}, changed);
        assertEquals(1 - 0.5 * 3 - 0.5 * 1.5, buffers.weights().getDouble(0), 1e-6);
    }

    private static FlatBuffers ones() {
        return Fixture.buffers(new String[] {"a.weight", "a.bias", "b.weight"},
                new float[][] {{1, 1, 1, 1}, {1, 1}, {1, 1, 1, 1, 1, 1}}, new long[][] {{2, 2}, {2}, {3, 2}});
    }

    @Test
    void aRunResumedAtAnyCallContinuesBitForBit() {
        AdamW adam = new AdamW(new AdamW.Config(0.1, List.of(0.9, 0.999), 1e-8, 0.05, false, Optional.empty(), 1));
        OptimWrapper wrapper = Fixture.wrapper(adam, 3, Optional.of(ClipGrad.byNorm(1)));
        FlatBuffers whole = ones();
        FlatBuffers resumed = ones();
        Optimization uninterrupted = new Optimization(wrapper, whole, Set.of(), HOST, 11);
        Optimization continued = new Optimization(wrapper, resumed, Set.of(), HOST, 11);
        for (int i = 0; i < 11; i++) {
            uninterrupted.groups().get(0).setRate(0.1 / (i + 1));
            continued.groups().get(0).setRate(0.1 / (i + 1));
            INDArray gradient = Nd4j.linspace(-1, 1 + i, 12);
            whole.gradient().assign(gradient);
            resumed.gradient().assign(gradient);
            uninterrupted.step();
            continued.step();
            Map<String, INDArray> saved = new HashMap<>();
            continued.state().tensors().forEach((name, array) -> saved.put(name, array.dup()));
            Optimization next = new Optimization(wrapper, resumed, Set.of(), HOST, 11);
            next.restore(new State(saved, continued.state().numbers()));
            assertEquals(continued.groups().get(0).rate(), next.groups().get(0).rate());
            continued = next;
            assertArrayEquals(whole.weights().toFloatVector(), resumed.weights().toFloatVector());
        }
    }

    /** Weights that are frozen for two updates, and then updated as by an optimizer that begins; all in one and resumed after every call. */
    @Test
    void frozenWeightsAreLeftAsTheyAreAndBeginWhenTheyAreNotFrozenAnyMore() {
        AdamW adam = new AdamW(new AdamW.Config(0.1, List.of(0.9, 0.999), 1e-8, 0.05, false, Optional.empty(), 1));
        OptimWrapper wrapper = Fixture.wrapper(adam, 2, Optional.of(ClipGrad.byNorm(1)));
        FlatBuffers buffers = ones();
        Optimization optimization = new Optimization(wrapper, buffers, Set.of(), HOST, 100);
        for (int call = 0; call < 4; call++) {
            optimization.freeze(Set.of("a.bias", "b.weight"));
            buffers.gradient().assign(Nd4j.linspace(-1, 1, 12));
            optimization.step();
            optimization = resumed(optimization, wrapper, buffers);
        }
        assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1, 1, 1}, FlatBuffers.slice(buffers.weights(), 4, 12).toFloatVector());
        assertTrue(buffers.weights().getFloat(0) > 1);
        FlatBuffers fresh = ones();
        Optimization beginning = new Optimization(wrapper, fresh, Set.of("a.weight"), HOST, 100);
        for (int call = 0; call < 6; call++) {
            optimization.freeze(Set.of("a.weight"));
            INDArray gradient = Nd4j.linspace(call, 1, 12);
            buffers.gradient().assign(gradient);
            fresh.gradient().assign(gradient);
            assertEquals(beginning.step(), optimization.step());
            optimization = resumed(optimization, wrapper, buffers);
            assertArrayEquals(FlatBuffers.slice(fresh.weights(), 4, 12).toFloatVector(), FlatBuffers.slice(buffers.weights(), 4, 12).toFloatVector());
        }
    }

    @Test
    void gradientsOfCallsBeforeTheEndOfFreezingDoNotCount() {
        FlatBuffers buffers = ones();
        Optimization optimization = new Optimization(Fixture.wrapper(PLAIN_SGD, 2, Optional.empty()), buffers, Set.of(), HOST, 100);
        optimization.freeze(Set.of("a.bias"));
        buffers.gradient().assign(4);
        optimization.step();
        optimization.freeze(Set.of());
        buffers.gradient().assign(2);
        optimization.step();
        assertArrayEquals(new float[] {-.5f, -.5f, -.5f, -.5f, .5f, .5f, -.5f, -.5f, -.5f, -.5f, -.5f, -.5f}, buffers.weights().toFloatVector());
    }

    private static Optimization resumed(Optimization saved, OptimWrapper wrapper, FlatBuffers buffers) {
        Map<String, INDArray> tensors = new HashMap<>();
        saved.state().tensors().forEach((name, array) -> tensors.put(name, array.dup()));
        Optimization next = new Optimization(wrapper, buffers, Set.of(), HOST, 100);
        next.restore(new State(tensors, saved.state().numbers()));
        return next;
    }

    @Test
    void stateIsNamedAfterParameterAndArray() {
        AdamW adam = new AdamW(new AdamW.Config(0.1, List.of(0.9, 0.999), 1e-8, 0.05, false, Optional.empty(), 1));
        Optimization optimization =
                new Optimization(Fixture.wrapper(adam, 2, Optional.empty()), ones(), Set.of("b.weight"), HOST, 2);
        assertEquals(Set.of("optimizer/a.weight/exp_avg", "optimizer/a.weight/exp_avg_sq", "optimizer/a.weight/accumulated_gradient",
                "optimizer/a.bias/exp_avg", "optimizer/a.bias/exp_avg_sq", "optimizer/a.bias/accumulated_gradient"),
                optimization.state().tensors().keySet());
        assertArrayEquals(new long[] {2, 2}, optimization.state().tensors().get("optimizer/a.weight/exp_avg").shape());
    }

    @Test
    void theWeightsOfAModelAreUpdatedWhereTheyLie() {
        Weights model = new Weights(1);
        Graph graph = new Graph(model, true, Collectives.SINGLE);
        graph.in("fc").weight("weight", LayerType.LINEAR, Fill.ONES, 3, 5);
        graph.in("fc").weight("bias", LayerType.LINEAR, Fill.ONES, 3);
        graph.in("head").weight("weight", LayerType.LINEAR, Fill.ONES, 7, 3);
        model.allocate();
        FlatBuffers buffers = new FlatBuffers(model.parameters(), model.flat(), model.gradient());
        LARS lars = new LARS(new LARS.Config(1, 0.9, 0, 0, 1, false, 0, Optional.empty(), 1));
        for (Optimizer optimizer : List.of(PLAIN_SGD, lars)) {
            model.flat().assign(1);
            model.gradient().assign(0);
            model.parameters().get(1).gradient().assign(1);
            new Optimization(Fixture.wrapper(optimizer, 1, Optional.empty()), buffers, Set.of("head.weight"), HOST, 1).step();
            float changed = optimizer == lars ? 0 : 0.5f;
            assertArrayEquals(new float[] {changed, changed, changed}, model.array("fc.bias").toFloatVector());
            assertEquals(15, model.array("fc.weight").sumNumber().doubleValue());
            assertEquals(21, model.array("head.weight").sumNumber().doubleValue());
        }
    }

    @Test
    void aWeightThatTheLossDoesNotReachIsNotDecayed() {
        FlatBuffers buffers = ones();
        SGD sgd = new SGD(new SGD.Config(1, 0.9, 0, 0.5, false, Optional.empty(), 1));
        new Optimization(Fixture.wrapper(sgd, 1, Optional.empty()), buffers, Set.of("a.bias"), HOST, 1).step();
        assertArrayEquals(new float[] {.5f, .5f, .5f, .5f, 1, 1, .5f, .5f, .5f, .5f, .5f, .5f}, buffers.weights().toFloatVector());
    }

    @Test
    void neighboursOfOneGroupAreUpdatedAsOneSlice() {
        List<Long> lengths = new ArrayList<>();
        FlatBuffers buffers = ones();
        Optimizer counting = counting(true, slice -> lengths.add(slice.value().length()));
        new Optimization(Fixture.wrapper(counting, 1, Optional.empty()), buffers, Set.of(), HOST, 1).step();
        assertEquals(List.of(12L), lengths);
        lengths.clear();
        new Optimization(Fixture.wrapper(counting, 1, Optional.empty()), buffers, Set.of("a.bias"), HOST, 1).step();
        assertEquals(List.of(4L, 6L), lengths);
        lengths.clear();
        Optimizer byWeight = counting(false, slice -> lengths.add(slice.value().length()));
        new Optimization(Fixture.wrapper(byWeight, 1, Optional.empty()), buffers, Set.of(), HOST, 1).step();
        assertEquals(List.of(4L, 2L, 6L), lengths);
    }

    private static Optimizer counting(boolean elementwise, Consumer<Optimizer.Slice> seen) {
        return new Optimizer() {
            @Override
            public double lr() {
                return 1;
            }

            @Override
            public double weightDecay() {
                return 0;
            }

            @Override
            public List<String> stateNames() {
                return List.of();
            }

            @Override
            public boolean elementwise() {
                return elementwise;
            }

            @Override
            public void update(Slice slice, ParamGroup group, long step, Updates updates) {
                seen.accept(slice);
            }
        };
    }

    @Test
    void gradientsAreClippedByValueAndByTheLargestElement() {
        ClipGrad byValue = new ClipGrad(ClipGrad.Type.VALUE, OptionalDouble.empty(), 2, false, OptionalDouble.of(0.25));
        assertEquals(1 - 0.5 * 0.25, afterGradientOfTwo(byValue), 1e-6);
        ClipGrad byLargest = new ClipGrad(
                ClipGrad.Type.NORM, OptionalDouble.of(0.5), Double.POSITIVE_INFINITY, false, OptionalDouble.empty());
        assertEquals(1 - 0.5 * 0.5, afterGradientOfTwo(byLargest), 1e-6);
        assertEquals(1 - 0.5 * 2, afterGradientOfTwo(ClipGrad.byNorm(100)), 0);
    }

    private static double afterGradientOfTwo(ClipGrad clip) {
        FlatBuffers buffers = ones();
        Optimization optimization = new Optimization(Fixture.wrapper(PLAIN_SGD, 1, Optional.of(clip)), buffers, Set.of(), HOST, 1);
        buffers.gradient().assign(2);
        optimization.step();
        return buffers.weights().getDouble(0);
    }

    @Test
    void aNormThatIsNotFiniteEndsTheRunWhereAsked() {
        ClipGrad clip = new ClipGrad(ClipGrad.Type.NORM, OptionalDouble.of(1), 2, true, OptionalDouble.empty());
        UsageException e = assertThrows(UsageException.class, () -> {
            FlatBuffers buffers = ones();
            Optimization optimization = new Optimization(Fixture.wrapper(PLAIN_SGD, 1, Optional.of(clip)), buffers, Set.of(), HOST, 1);
            buffers.gradient().assign(Float.NaN);
            optimization.step();
        });
        assertEquals("the norm of the gradient is NaN (clip_grad.error_if_nonfinite): lower the learning rate", e.getMessage());
        assertEquals(1, e.status());
    }

    @Test
    void theStateOfAnotherOptimizationIsRefused() {
        Optimization optimization = new Optimization(Fixture.wrapper(PLAIN_SGD, 1, Optional.empty()), ones(), Set.of(), HOST, 1);
        assertEquals("the checkpoint has 2 parameter groups, this config makes 1; " + REMEDY, assertThrows(UsageException.class,
                () -> optimization.restore(State.of(Map.of("optimizer/rates", new double[] {1, 2})))).getMessage());
        Map<String, INDArray> tensors = new HashMap<>(optimization.state().tensors());
        tensors.put("optimizer/a.bias/momentum_buffer", Nd4j.zeros(3));
        assertEquals("the checkpoint has [3] for optimizer/a.bias/momentum_buffer, this config needs [2]; " + REMEDY,
                assertThrows(UsageException.class,
                        () -> optimization.restore(new State(tensors, optimization.state().numbers()))).getMessage());
        assertFalse(optimization.gradientNorm().isPresent());
    }
}
