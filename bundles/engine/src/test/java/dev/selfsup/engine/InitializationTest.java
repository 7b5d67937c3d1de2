package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class InitializationTest {
    /** Fills everything of one name with one value. */
    private record Rule(String key, double value, boolean overridesInner, boolean loads) implements Initialization {
        Rule(String key, double value, boolean overridesInner) {
            this(key, value, overridesInner, false);
        }

        @Override
        public Optional<Fill> fill(Weight weight) {
            return weight.key().equals(key) ? Optional.of(Fill.constant(value)) : Optional.empty();
        }
    }

    private final Weights weights = new Weights(1);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    @Test
    void theInnermostRuleWinsAndAmongItsModulesTheLast() {
        Graph outer = graph.in("a").initialized(List.of(new Rule("b.weight", 2, false), new Rule("b.bias", 3, false)));
        Graph inner = outer.in("b").initialized(List.of(new Rule("weight", 4, false), new Rule("weight", 5, false)));
        make(inner);
        assertEquals(5, value("a.b.weight"));
        assertEquals(3, value("a.b.bias"));
    }

    @Test
    void pretrainedWeightsWinOverInnerRulesAndFillBuffersOfFloatsToo() {
        Graph outer = graph.in("a").initialized(List.of(new Rule("b.weight", 2, true), new Rule("b.running_mean", 6, true)));
        make(outer.in("b").initialized(List.of(new Rule("weight", 4, false), new Rule("running_mean", 7, false))));
        assertEquals(2, value("a.b.weight"));
        assertEquals(0, value("a.b.bias"));
        assertEquals(6, value("a.b.running_mean"));
    }

    @Test
    void ofRulesThatWinOverInnerOnesTheOutermostWins() {
        Graph outer = graph.in("a").initialized(List.of(new Rule("b.weight", 2, true), new Rule("b.running_mean", 6, true)));
        make(outer.in("b").initialized(List.of(new Rule("weight", 4, true), new Rule("bias", 5, true), new Rule("running_mean", 7, true))));
        assertEquals(2, value("a.b.weight"));
        assertEquals(5, value("a.b.bias"));
        assertEquals(6, value("a.b.running_mean"));
    }

    @Test
    void onlyRulesThatLoadAreAskedWhatTheyHad() {
        make(graph.in("a").initialized(List.of(new Rule("weight", 2, true))));
        assertEquals(Map.of(), weights.loads());
    }

    @Test
    void whatAnotherRuleFilledARuleThatLoadsDidNotHave() {
        Rule file = new Rule("running_mean", 3, true, true);
        make(graph.in("a").initialized(List.of(file)).initialized(List.of(new Rule("weight", 2, true))));
        assertEquals(Map.of(file, new Weights.Loaded(Set.of("a.running_mean"), Set.of("a.weight", "a.bias"))), weights.loads());
        assertEquals(2, value("a.weight"));
    }

    private void make(Graph place) {
        place.weight("weight", LayerType.LINEAR, Fill.ONES, 2, 2);
        place.weight("bias", LayerType.LINEAR, Fill.ZEROS, 2);
        place.buffer("running_mean", DataType.FLOAT, Fill.ZEROS, 2);
        place.buffer("num_batches_tracked", DataType.INT64, Fill.ZEROS, 1);
        weights.allocate();
    }

    private double value(String name) {
        return weights.array(name).getDouble(0);
    }
}
