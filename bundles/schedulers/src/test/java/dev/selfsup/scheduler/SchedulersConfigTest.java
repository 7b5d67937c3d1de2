package dev.selfsup.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.run.Scheduler;
import dev.selfsup.api.run.Span;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.scheduler.constantlr.ConstantLR;
import dev.selfsup.scheduler.cosineannealinglr.CosineAnnealingLR;
import dev.selfsup.scheduler.exponentiallr.ExponentialLR;
import dev.selfsup.scheduler.linearlr.LinearLR;
import dev.selfsup.scheduler.multisteplr.MultiStepLR;
import dev.selfsup.scheduler.polylr.PolyLR;
import dev.selfsup.scheduler.steplr.StepLR;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SchedulersConfigTest {
    private static final Map<String, ComponentFactory<?, ?>> FACTORIES = Map.of(
            "ConstantLR", new ConstantLR.Factory(), "CosineAnnealingLR", new CosineAnnealingLR.Factory(),
            "ExponentialLR", new ExponentialLR.Factory(), "LinearLR", new LinearLR.Factory(), "MultiStepLR", new MultiStepLR.Factory(),
            "PolyLR", new PolyLR.Factory(), "StepLR", new StepLR.Factory());

    private static final Components INSTALLED = new Components() {
        @Override
        public List<Installed> all() {
            return FACTORIES.entrySet().stream()
                    .map(e -> new Installed(new Id("param_scheduler", "mmengine", e.getKey()), e.getValue())).toList();
        }

        @Override
        public Optional<Installed> find(String kind, String type, List<String> scopes) {
            return all().stream().filter(i -> i.id().kind().equals(kind) && i.id().name().equals(type)).findFirst();
        }
    };

    record Run(List<Scheduler> paramScheduler) {}

    private static List<Scheduler> bind(String yaml) {
        return Config.parse("test", yaml).bind(Run.class, INSTALLED).paramScheduler();
    }

    @Test
    void aWarmUpAndACosineBind() {
        List<Scheduler> schedulers = bind("""
                param_scheduler:
                - {type: LinearLR, start_factor: 1.0e-4, by_epoch: true, begin: 0, end: 10, convert_to_iter_based: true}
                - {type: CosineAnnealingLR, T_max: 190, by_epoch: true, begin: 10, end: 200}
                """);
        assertEquals(new Span(0, 50, false, false, -1), schedulers.get(0).inIterations(5).span());
        assertEquals(new Span(10, 200, true, false, -1), schedulers.get(1).inIterations(5).span());
        assertEquals(1e-4, schedulers.get(0).rate(0, 1, 1));
        assertEquals(0.5, schedulers.get(1).rate(1, 0.5, 1), 1e-4);
    }

    @Test
    void defaultsAreThoseOfTheReference() {
        List<Scheduler> schedulers = bind("""
                param_scheduler:
                - {type: ConstantLR}
                - {type: LinearLR}
                - {type: CosineAnnealingLR, end: 4}
                - {type: MultiStepLR, milestones: [2]}
                - {type: StepLR, step_size: 2}
                - {type: ExponentialLR, gamma: 0.5}
                - {type: PolyLR, end: 4}
                """);
        schedulers.stream().filter(s -> !(s instanceof CosineAnnealingLR) && !(s instanceof PolyLR))
                .forEach(s -> assertEquals(new Span(0, Span.FOREVER, true, false, -1), s.span()));
        assertEquals(List.of(1.0 / 3, 1.0 / 3, 1.0, 1.0, 1.0, 1.0, 1.0), schedulers.stream().map(s -> s.rate(0, 1, 1)).toList());
        assertEquals(0.1, schedulers.get(3).rate(2, 1, 1));
        assertEquals(0.1, schedulers.get(4).rate(2, 1, 1));
        assertEquals(0, schedulers.get(6).rate(3, 0.25, 1));
    }

    @Test
    void wrongTimesAreReportedAtTheirPlace() {
        String yaml = "param_scheduler: {type: StepLR, step_size: 2, begin: 5, end: 5}";
        String message = assertThrows(UsageException.class, () -> bind(yaml)).getMessage();
        assertTrue(message.contains("test:1:62: param_scheduler.end: end must be larger than begin: begin 5, end 5"), message);
    }
}
