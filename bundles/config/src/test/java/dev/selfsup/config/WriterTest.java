package dev.selfsup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a printed config looks like, and that it reads back. */
final class WriterTest {
    private static final Origin HERE = Origin.of("test");
    private static final List<String> TEXTS = List.of("", " ", "a b", "a: b", "a #b", "#", "- a", "-", "null", "true", "1e-6", "012",
            "0x1f", "'", "\"", "\\", "\n", "a\nb\n", "\t", "{{x}}", "[", "]", "{", "}", ",", "*a", "&a", "!a", "|", ">", "%", "@", "`",
            "?", "? a", ":", "a:", "<<", "...", "---", "~", ".inf", ".", "é", "日本", "\u0000", "\u0085", "\u2028", "\ufeff", "😀",
            "mmcls.ImageNet", "data/x y.jpg", "=", "yes", "on", "https://arxiv.org/abs/2002.05709", "a ", " a", "a  b", "x".repeat(300));
    private static final String LONG = "word ".repeat(20_000) + "end";

    @Test
    void blocksForMappingsAndBracketsForShortLists() {
        String yaml = """
                model:
                  type: SimCLR
                  mean: [123.675, 116.28, 103.53]
                  empty: {}
                  none: []
                  lr: 1e-6
                pipeline:
                  - type: LoadImageFromFile
                  - type: MultiView
                    transforms:
                      - - type: A
                          size: [224, 224]
                        - type: B
                      - - type: C
                name: "1"
                on: "a: b"
                load_from: null
                """;
        assertEquals(yaml, Config.parse("test", yaml).toYaml());
        assertEquals("{}\n", Config.parse("test", "").toYaml());
    }

    @Test
    void longListsAreWrittenOneElementALine() {
        String printed = Config.parse("test", "a: [" + "1000, ".repeat(40) + "1]").toYaml();
        assertTrue(printed.startsWith("a:\n  - 1000\n  - 1000\n"), printed);
    }

    @Test
    void whatIsPrintedReadsBackToTheSameValues() {
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            Node.Mapping root = mapping(random, 4);
            String yaml = YamlWriter.write(root);
            assertSame(root, yaml);
            assertSame(root, JsonWriter.write(root));
        }
    }

    private static void assertSame(Node root, String text) {
        Problems problems = new Problems();
        Optional<Node> again = YamlReader.readFile("test", text, problems);
        problems.throwIfAny();
        assertTrue(root.sameAs(again.orElseThrow()), text);
    }

    private static Node node(Random random, int depth) {
        if (depth > 0 && random.nextInt(3) == 0) {
            return mapping(random, depth - 1);
        }
        if (depth > 0 && random.nextInt(3) == 0) {
            List<Node> elements = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                elements.add(node(random, depth - 1));
            }
            return new Node.Sequence(elements, HERE, Optional.empty());
        }
        return switch (random.nextInt(5)) {
            case 0 -> scalar(Node.ScalarType.INTEGER, Integer.toString(random.nextInt()));
            case 1 -> scalar(Node.ScalarType.FLOAT, Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(30) - 15)));
            case 2 -> scalar(Node.ScalarType.BOOLEAN, Boolean.toString(random.nextBoolean()));
            case 3 -> scalar(Node.ScalarType.NULL, "null");
            default -> scalar(Node.ScalarType.STRING, random.nextInt(50) == 0 ? LONG : text(random));
        };
    }

    private static Node.Mapping mapping(Random random, int depth) {
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            entries.put(text(random), new Node.Entry(HERE, node(random, depth)));
        }
        return new Node.Mapping(entries, HERE, Optional.empty());
    }

    private static String text(Random random) {
        String text = TEXTS.get(random.nextInt(TEXTS.size()));
        return random.nextInt(4) == 0 ? text + TEXTS.get(random.nextInt(TEXTS.size())) : text;
    }

    private static Node scalar(Node.ScalarType type, String text) {
        return new Node.Scalar(type, text, HERE, Optional.empty());
    }
}
