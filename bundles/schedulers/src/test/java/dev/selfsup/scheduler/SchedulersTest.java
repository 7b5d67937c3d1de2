package dev.selfsup.scheduler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.Scheduler;
import dev.selfsup.checkpoint.Npz;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.optimization.Schedules;
import dev.selfsup.scheduler.constantlr.ConstantLR;
import dev.selfsup.scheduler.cosineannealinglr.CosineAnnealingLR;
import dev.selfsup.scheduler.exponentiallr.ExponentialLR;
import dev.selfsup.scheduler.linearlr.LinearLR;
import dev.selfsup.scheduler.multisteplr.MultiStepLR;
import dev.selfsup.scheduler.polylr.PolyLR;
import dev.selfsup.scheduler.steplr.StepLR;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SchedulersTest {
    private static final Path COMPONENTS = Path.of(System.getProperty("selfsup.root"), "integration-tests/fixtures/components");
    private static final int FOREVER = 1_000_000_000;

    @Test
    void everyScheduleOfTheReferencesConfigsIsReproduced() throws IOException {
        Path folder = COMPONENTS.resolve("schedules_all_configs");
        Map<String, Tensor> expected = Npz.readAll(folder.resolve("outputs.npz"));
        JsonNode curves = new ObjectMapper().readTree(folder.resolve("case.json").toFile()).get("curves");
        assertEquals(expected.keySet().size(), curves.size());
        for (Map.Entry<String, JsonNode> curve : curves.properties()) {
            double[] wanted = expected.get(curve.getKey()).toDoubles();
            int epochLength = curve.getValue().get("epoch_length").asInt();
            List<ParamGroup> groups = List.of(group(curve.getValue().get("base_lr").asDouble()));
            Schedules schedules = new Schedules(schedulers(curve.getValue().get("param_scheduler")), groups, epochLength);
            double[] rates = new double[wanted.length];
            for (int n = 0; n < wanted.length; n++) {
                rates[n] = groups.get(0).rate();
                schedules.afterIteration();
                if ((n + 1) % epochLength == 0) {
                    schedules.afterEpoch();
                }
            }
            // Bit for bit, but for the last bit of the C library's cosine, which is not correctly rounded.
            boolean cosine = curve.getValue().get("param_scheduler").toString().contains("Cosine");
            double tolerance = cosine ? Math.ulp(Arrays.stream(wanted).max().getAsDouble()) : 0;
            for (int n = 0; n < wanted.length; n++) {
                assertEquals(wanted[n], rates[n], tolerance, curve.getKey() + " " + n);
            }
        }
    }

    @Test
    void everyKindOfScheduleIsReproducedBitForBit() throws IOException {
        Path folder = COMPONENTS.resolve("schedules_unit");
        Map<String, Tensor> expected = Npz.readAll(folder.resolve("outputs.npz"));
        JsonNode curves = new ObjectMapper().readTree(folder.resolve("case.json").toFile()).get("curves");
        for (Map.Entry<String, JsonNode> curve : curves.properties()) {
            List<ParamGroup> groups = groups(curve.getValue());
            double[][] rates = new double[groups.size()][curve.getValue().get("n").asInt()];
            Schedules schedules = new Schedules(schedulers(curve.getValue().get("cfgs")), groups,
                    curve.getValue().get("epoch_length").asInt(1));
            for (int n = 0; n < rates[0].length; n++) {
                for (int g = 0; g < rates.length; g++) {
                    rates[g][n] = groups.get(g).rate();
                }
                schedules.afterIteration();
                schedules.afterEpoch();
            }
            double[] wanted = expected.get(curve.getKey()).toDoubles();
            for (int g = 0; g < rates.length; g++) {
                int n = rates[g].length;
                assertArrayEquals(Arrays.copyOfRange(wanted, g * n, (g + 1) * n), rates[g], curve.getKey());
            }
        }
    }

    private static List<ParamGroup> groups(JsonNode curve) {
        if (curve.get("groups").isNull()) {
            return List.of(group(curve.get("lr0").asDouble()));
        }
        List<ParamGroup> groups = new ArrayList<>();
        curve.get("groups").forEach(rate -> groups.add(group(rate.asDouble())));
        return groups;
    }

    private static ParamGroup group(double rate) {
        return new ParamGroup(List.of(), ParamGroup.Options.of(rate, 0));
    }

    private static List<Scheduler> schedulers(JsonNode configs) {
        List<Scheduler> schedulers = new ArrayList<>();
        (configs.isArray() ? configs : List.of(configs)).forEach(c -> schedulers.add(scheduler(c)));
        return schedulers;
    }

    private static Scheduler scheduler(JsonNode c) {
        int begin = c.path("begin").asInt(0);
        int end = c.path("end").asInt(FOREVER);
        boolean epoch = c.path("by_epoch").asBoolean(true);
        boolean convert = c.path("convert_to_iter_based").asBoolean(false);
        double gamma = c.path("gamma").asDouble(0.1);
        Optional<Double> etaMin = Optional.ofNullable(c.get("eta_min")).map(JsonNode::asDouble);
        Optional<Double> etaMinRatio = Optional.ofNullable(c.get("eta_min_ratio")).map(JsonNode::asDouble);
        Optional<Integer> tMax = Optional.ofNullable(c.get("T_max")).map(JsonNode::asInt);
        List<Integer> milestones = new ArrayList<>();
        c.path("milestones").forEach(m -> milestones.add(m.asInt()));
        return switch (c.get("type").asText()) {
            case "ConstantLR" -> new ConstantLR(
                    new ConstantLR.Config(c.path("factor").asDouble(1.0 / 3), begin, end, epoch, convert, -1));
            case "LinearLR" -> new LinearLR(new LinearLR.Config(
                    c.path("start_factor").asDouble(1.0 / 3), c.path("end_factor").asDouble(1), begin, end, epoch, convert, -1));
            case "CosineAnnealingLR" -> new CosineAnnealingLR(
                    new CosineAnnealingLR.Config(tMax, etaMin, etaMinRatio, begin, end, epoch, convert, -1));
            case "MultiStepLR" -> new MultiStepLR(new MultiStepLR.Config(milestones, gamma, begin, end, epoch, convert, -1));
            case "StepLR" -> new StepLR(new StepLR.Config(c.get("step_size").asInt(), gamma, begin, end, epoch, convert, -1));
            case "ExponentialLR" -> new ExponentialLR(new ExponentialLR.Config(gamma, begin, end, epoch, convert, -1));
            case "PolyLR" -> new PolyLR(
                    new PolyLR.Config(c.path("power").asDouble(1), etaMin, etaMinRatio, begin, end, epoch, convert, -1));
            default -> throw new IllegalArgumentException(c.toString());
        };
    }

    @Test
    void aResumedScheduleContinuesBitForBit() {
        List<Scheduler> schedulers = List.of(
                new LinearLR(new LinearLR.Config(1e-4, 1, 0, 3, true, true, -1)),
                new CosineAnnealingLR(new CosineAnnealingLR.Config(
                        Optional.empty(), Optional.empty(), Optional.of(0.01), 3, 20, true, false, -1)));
        List<ParamGroup> whole = List.of(group(0.3));
        List<ParamGroup> resumed = List.of(group(0.3));
        Schedules uninterrupted = new Schedules(schedulers, whole, 5);
        Schedules continued = new Schedules(schedulers, resumed, 5);
        for (int i = 1; i <= 100; i++) {
            uninterrupted.afterIteration();
            continued.afterIteration();
            if (i % 5 == 0) {
                uninterrupted.afterEpoch();
                continued.afterEpoch();
            }
            List<ParamGroup> fresh = List.of(group(0.3));
            Schedules next = new Schedules(schedulers, fresh, 5);
            next.restore(continued.state());
            fresh.get(0).setRate(resumed.get(0).rate());
            resumed = fresh;
            continued = next;
            assertEquals(whole.get(0).rate(), resumed.get(0).rate());
        }
    }

    @Test
    void wrongTimesAndFactorsAreRefusedWithRuleAndValue() {
        assertMessage("end must be larger than begin: begin 5, end 5", () -> new ConstantLR.Config(0.5, 5, 5, true, false, -1));
        assertMessage("convert_to_iter_based needs by_epoch: true", () -> new ExponentialLR.Config(0.5, 0, 5, false, true, -1));
        assertMessage("last_step must be at least -1, not -2", () -> new ExponentialLR.Config(0.5, 0, 5, true, false, -2));
        assertMessage("begin must not be negative: -1", () -> new ExponentialLR.Config(0.5, -1, 5, true, false, -1));
        assertMessage("factor must lie between 0 and 1, not 2.0", () -> new ConstantLR.Config(2, 0, 5, true, false, -1));
        assertMessage("start_factor must lie between 0 and 1, not 2.0", () -> new LinearLR.Config(2, 1, 0, 5, true, false, -1));
        assertMessage("end_factor must lie between 0 and 1, not -1.0", () -> new LinearLR.Config(1, -1, 0, 5, true, false, -1));
        assertMessage("step_size must be positive, not 0", () -> new StepLR.Config(0, 0.1, 0, 5, true, false, -1));
        assertMessage("T_max must be positive, not 0", () -> new CosineAnnealingLR.Config(
                Optional.of(0), Optional.empty(), Optional.empty(), 0, 5, true, false, -1));
        assertMessage("eta_min and eta_min_ratio must not both be given", () -> new PolyLR.Config(
                1, Optional.of(0.1), Optional.of(0.1), 0, 5, true, false, -1));
    }

    private static void assertMessage(String message, org.junit.jupiter.api.function.Executable config) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, config).getMessage());
    }
}
