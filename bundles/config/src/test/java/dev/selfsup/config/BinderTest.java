package dev.selfsup.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.DefaultType;
import dev.selfsup.config.Shapes.Circle;
import dev.selfsup.config.Shapes.Everything;
import dev.selfsup.config.Shapes.Group;
import dev.selfsup.config.Shapes.Mode;
import dev.selfsup.config.Shapes.Picture;
import dev.selfsup.config.Shapes.Plain;
import dev.selfsup.config.Shapes.Point;
import dev.selfsup.config.Shapes.Striped;
import dev.selfsup.config.Shapes.Tile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How values become records and components, and what is said where they cannot. */
final class BinderTest {
    private static final Plain BLACK = new Plain(new Plain.Config("black"));

    private static Striped striped(Integer... widths) {
        return new Striped(new Striped.Config(List.of(widths)));
    }

    private static <T> T bind(Class<T> type, String yaml) {
        return Config.parse("test", yaml).bind(type, Shapes.INSTALLED);
    }

    private static String mistakes(Class<?> type, String yaml) {
        UsageException e = assertThrows(UsageException.class, () -> bind(type, yaml));
        assertEquals(2, e.status());
        return e.getMessage();
    }

    @Test
    void everyTypeHasItsDefault() {
        Everything all = bind(Everything.class, "");
        assertEquals(1, all.number());
        assertEquals(2L, all.large());
        assertEquals(0.5, all.fraction());
        assertTrue(all.flag());
        assertEquals("text", all.text());
        assertEquals(Mode.FAST, all.mode());
        assertEquals(OptionalInt.empty(), all.maybeInt());
        assertEquals(OptionalDouble.empty(), all.maybeDouble());
        assertEquals(Optional.empty(), all.maybeText());
        assertEquals(Optional.empty(), all.maybeList());
        assertArrayEquals(new int[] {1, 2}, all.ints());
        assertArrayEquals(new double[] {0.1}, all.doubles());
        assertArrayEquals(new int[][] {{1}, {2, 3}}, all.table());
        assertEquals(List.of(1.0, 2.5), all.rates());
        assertEquals(Map.of(), all.points());
        assertEquals(new Point(3, 0), all.point());
        assertEquals(List.of(List.of(BLACK)), all.paths());
        assertEquals(BLACK, all.paint());
        assertEquals(9, all.max());
        assertEquals("null", all.raw().describe());
        assertEquals(BLACK, all.stroke());
    }

    /** A record with a value of any type. */
    record Any(Object value) {}

    @Test
    void aValueOfAnyTypeIsTakenAsItIs() {
        assertEquals("dynamic", bind(Any.class, "value: dynamic").value());
        assertEquals(512.0, bind(Any.class, "value: 512.").value());
        assertEquals(Map.of("init_scale", 512L, "enabled", true, "list", List.of(1.5)),
                bind(Any.class, "value: {init_scale: 512, enabled: true, list: [1.5]}").value());
    }

    @Test
    void valuesAreConverted() {
        Everything all = bind(Everything.class, """
                number: 1e3
                large: 5000000000
                fraction: 1
                mode: very_slow
                maybe_int: 4
                maybe_double: 1e-6
                maybe_text: null
                maybe_list: 7
                ints: 5
                rates: 3
                points: {a: {x: 1}, b: {x: 2, y: 3}}
                paints: {first: Striped, second: null}
                point: {x: 1, y: 1}
                paths: [[Plain], [Plain, {type: Striped, widths: [1]}]]
                paint: {color: red}
                T_max: 10
                raw: [1, {a: b}]
                brush: Striped
                brush_cfg: {widths: 8}
                """);
        assertEquals(1000, all.number());
        assertEquals(5_000_000_000L, all.large());
        assertEquals(1.0, all.fraction());
        assertEquals(Mode.VERY_SLOW, all.mode());
        assertEquals(OptionalInt.of(4), all.maybeInt());
        assertEquals(OptionalDouble.of(1e-6), all.maybeDouble());
        assertEquals(Optional.of(List.of(7)), all.maybeList());
        assertArrayEquals(new int[] {5}, all.ints());
        assertEquals(List.of(3.0), all.rates());
        assertEquals(Map.of("a", new Point(1, 0), "b", new Point(2, 3)), all.points());
        assertEquals(Map.of("first", Optional.of(striped(2, 3)), "second", Optional.empty()), all.paints());
        assertEquals(new Point(1, 1), all.point());
        assertEquals(List.of(List.of(BLACK), List.of(BLACK, striped(1))), all.paths());
        assertEquals(new Plain(new Plain.Config("red")), all.paint());
        assertEquals(10, all.max());
        assertEquals("a list", all.raw().describe());
        assertEquals(striped(8), all.stroke());
    }

    @Test
    void aComponentIsBuiltFromItsType() {
        Picture picture = bind(Picture.class, "shape: {type: Circle, radius: 2, paint: {type: Striped, widths: [1]}}");
        assertEquals(new Picture(new Circle(new Circle.Config(2, 1, Optional.of(striped(1))))), picture);
    }

    @Test
    void aSingleComponentCountsAsAListOfOne() {
        Group group = (Group) bind(Picture.class, "shape: {type: Group, members: {type: Circle, radius: 1}}").shape();
        assertEquals(List.of(new Circle(new Circle.Config(1, 1, Optional.empty()))), group.config().members());
    }

    @Test
    void aPartCanBeBoundByItsPath() {
        Config config = Config.parse("test", "a: [{shape: {type: Circle, radius: 2}}]");
        assertEquals(new Circle(new Circle.Config(2, 1, Optional.empty())), config.bind("a.0.shape", Shapes.Shape.class, Shapes.INSTALLED));
        assertEquals("test:1:1: a.1: missing key",
                assertThrows(UsageException.class, () -> config.bind("a.1", Shapes.Shape.class, Shapes.INSTALLED)).getMessage());
    }

    @Test
    void typesAreLookedUpByPrefixThenNearestScopeThenDefaultScope() {
        assertEquals(new Tile("mmselfsup"), bind(Picture.class, "shape: Tile").shape());
        assertEquals(new Tile("mmcls"), bind(Picture.class, "shape: mmcls.Tile").shape());
        assertEquals(new Tile("mmcls"), bind(Picture.class, "shape: {_scope_: mmcls, type: Tile}").shape());
        Config config = Config.parse("test", """
                default_scope: mmcls
                shape: {type: Group, members: [Tile, {type: Tile, _scope_: mmselfsup}]}
                """);
        Group group = (Group) config.bind("shape", Shapes.Shape.class, Shapes.INSTALLED);
        assertEquals(List.of(new Tile("mmcls"), new Tile("mmselfsup")), group.config().members());
    }

    @Test
    void theScopeOfAMappingReachesWhatIsInIt() {
        Group group = (Group) bind(Picture.class, """
                _scope_: mmcls
                shape: {type: Group, members: [Tile, {_scope_: mmselfsup, type: Tile}]}
                """).shape();
        assertEquals(List.of(new Tile("mmcls"), new Tile("mmselfsup")), group.config().members());
    }

    /** A record with a list of components. */
    record Crowd(@Default("[Tile]") List<Shapes.Shape> members, @Default("[1]") List<Integer> sizes) {}

    @Test
    void nullIsNoComponentWhereThereMayBeSome() {
        assertEquals(new Crowd(List.of(), List.of(1)), bind(Crowd.class, "members: null"));
        assertEquals(new Crowd(List.of(new Tile("mmselfsup")), List.of(2)), bind(Crowd.class, "sizes: 2"));
        assertEquals("test:1:8: sizes: must be a list, not null", mistakes(Crowd.class, "sizes: null"));
    }

    @Test
    void allMistakesOfAFileAreReportedAtOnceWithTheirPlaces() {
        assertEquals("""
                test:2:1: colour: unknown key, did you mean 'color'?
                test:3:1: something_else: unknown key; its keys are color, count, shape
                test:4:8: count: must be a whole number from -2147483648 to 2147483647, not the text 'many'
                test:6:3: shape.radios: unknown key of Circle, did you mean 'radius'?
                test:5:8: shape.radius: missing key of Circle
                test:8:11: shape.paint.type: no paint 'Stripped' is installed, did you mean 'Striped'? Installed: Plain, Striped""",
                mistakes(Poster.class, """
                        color: red
                        colour: red
                        something_else: 1
                        count: many
                        shape: {type: Circle,
                          radios: 1,
                          paint: {
                            type: Stripped}}
                        """));
    }

    record Poster(String color, int count, Shapes.Shape shape) {}

    @Test
    void wrongTypesSayWhatIsExpected() {
        assertEquals("""
                test:1:9: number: must be a whole number from -2147483648 to 2147483647, not the number 5000000000
                test:2:8: large: must be a whole number, not the number 1.5
                test:3:11: fraction: must be a number, not the text 'x'
                test:4:7: flag: must be true or false, not the text 'yes'
                test:5:7: text: must be a text, not the number 1; put it in quotes if a text is meant
                test:6:7: mode: must be one of fast, very_slow, not the text 'fasst', did you mean 'fast'?
                test:7:11: ints.1: must be a whole number from -2147483648 to 2147483647, not null
                test:8:8: table: must be a list, not the number 1
                test:9:8: rates: must be a list, not a mapping
                test:10:9: points: must be a mapping, not a list
                test:11:13: paints.a: must be a mapping with the type of a paint, not the number 3
                test:12:8: point: must be a mapping, not null
                test:13:15: paint.type: must be a text, not the number 1""",
                mistakes(Everything.class, """
                        number: 5000000000
                        large: 1.5
                        fraction: x
                        flag: yes
                        text: 1
                        mode: fasst
                        ints: [1, null]
                        table: 1
                        rates: {a: 1}
                        points: [1]
                        paints: {a: 3}
                        point: null
                        paint: {type: 1}
                        """));
    }

    @Test
    void aRefusalOfARecordStandsAtItsKey() {
        assertEquals("test:1:31: shape.radius: radius must be positive, not -1.0",
                mistakes(Picture.class, "shape: {type: Circle, radius: -1}"));
    }

    @Test
    void aRefusalOfAFactoryStandsAtTheComponent() {
        assertEquals("test:1:8: shape: a group has at most 3 members, not 4",
                mistakes(Picture.class, "shape: {type: Group, members: [Tile, Tile, Tile, Tile]}"));
    }

    @Test
    void aTypeThatIsMissingOrNotInstalled() {
        String installed = ". Installed: Circle, Group, mmcls.Star, mmcls.Tile, mmcv.Star, mmselfsup.Tile";
        assertEquals("test:1:8: shape.type: missing key: name a shape" + installed, mistakes(Picture.class, "shape: {radius: 1}"));
        assertEquals("test:1:15: shape.type: no shape 'Square' is installed" + installed, mistakes(Picture.class, "shape: {type: Square}"));
        assertEquals("test:1:8: shape: no shape 'Plain' is installed ('Plain' is a paint)" + installed,
                mistakes(Picture.class, "shape: Plain"));
        assertEquals("test:1:8: shape: no shape 'mmcls.Circl' is installed, did you mean 'Circle'? " + installed.substring(2),
                mistakes(Picture.class, "shape: mmcls.Circl"));
        assertEquals("test:1:8: shape: several scopes have a shape 'Star': write mmcls.Star or mmcv.Star",
                mistakes(Picture.class, "shape: Star"));
        UsageException none = assertThrows(UsageException.class,
                () -> Config.parse("test", "shape: Tile").bind(Picture.class, new InstalledTypes()));
        assertEquals("test:1:8: shape: no shape 'Tile' is installed. No shape is installed", none.getMessage());
    }

    @Test
    void aMistakeInAnOptionNamesTheOption(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "shape: {type: Circle, radius: 1}");
        Config config = Config.load(file, List.of("shape.radius=big"));
        assertEquals("--cfg-options shape.radius=big: shape.radius: must be a number, not the text 'big'",
                assertThrows(UsageException.class, () -> config.bind(Picture.class, Shapes.INSTALLED)).getMessage());
    }

    @Test
    void fileClientsAreIgnored() {
        assertEquals(new Tile("mmselfsup"), bind(Picture.class, "shape: {type: Tile, file_client_args: {backend: disk}}").shape());
    }

    /** A field with a type of its own where none is given, and a text that stands for one of its keys. */
    record Painted(@DefaultType(value = "Striped", key = "widths") @Default("{}") Shapes.Paint paint) {}

    @Test
    void aFieldMayHaveATypeOfItsOwnAndATextStandForAKey() {
        assertEquals(striped(2, 3), bind(Painted.class, "paint: {}").paint());
        assertEquals(striped(7), bind(Painted.class, "paint: {widths: [7]}").paint());
        assertEquals(new Shapes.Plain(new Shapes.Plain.Config("red")), bind(Painted.class, "paint: {type: Plain, color: red}").paint());
        assertEquals(striped(5), bind(Painted.class, "paint: 5").paint());
    }
}
